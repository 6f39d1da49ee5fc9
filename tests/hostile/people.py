"""People of a hostile afternoon, with passwords that are known, and what they own."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from tests.journeys.guests import LOGIN, REGISTER, Guest, a_showtime, free_block, signed_in
from tests.system import RunningSystem

SET_ROLE = "mutation($i: SetUserRoleInput!) { setUserRole(input: $i) { userErrors { code } } }"
PAYMENT_OF = (
    "query($id: ID!) { booking(id: $id) { reference total { amount currency } payment { id } user { id } } }"
)


@dataclass(frozen=True)
class Owned:
    """What somebody bought, and is holding."""

    bought: str
    reference: str
    payment: str
    held: str
    showtime: str


def an_admin(system: RunningSystem) -> Guest:
    """The demo administrator."""
    return signed_in(system, "admin@lobbycard.example", "curtain-up-admin")


def somebody(
    system: RunningSystem, role: str = "CUSTOMER", cinemas: tuple[str, ...] = (), **changes: Any
) -> Guest:
    """A new person with this role, for these cinemas."""
    email, password = changes.pop("email", f"{secrets.token_hex(6)}@example.org"), secrets.token_urlsafe(12)
    wanted = {"email": email, "password": password, "name": "Ana Costa", **changes}
    made = system.gql(REGISTER, {"input": wanted}).data["register"]
    assert made["userErrors"] == [], made
    if role != "CUSTOMER":
        given = {"userId": made["user"]["id"], "role": role, "cinemaIds": list(cinemas)}
        assert an_admin(system).ask(SET_ROLE, {"i": given}).errors == []
        made = system.gql(LOGIN, {"input": {"email": email, "password": password}}).data["login"]
    return Guest(system, made["user"]["id"], email, made["tokens"]["accessToken"])


def what_is_owned(guest: Guest) -> Owned:
    """Two seats bought, and two more held."""
    showtime = a_showtime(guest.system)
    bought = guest.buys(showtime, free_block(guest.system, showtime, 2))
    held = guest.hold(showtime, free_block(guest.system, showtime, 2)).data["holdSeats"]["booking"]
    seen = guest.ask(PAYMENT_OF, {"id": bought}).data["booking"]
    return Owned(bought, seen["reference"], seen["payment"]["id"], held["id"], showtime)

"""People for journeys: they register, choose a showtime, hold seats and pay, as a browser would."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tests.system import Answer, RunningSystem

REGISTER = """mutation Register($input: RegisterInput!) {
  register(input: $input) {
    tokens { accessToken refreshToken } user { id name email role } userErrors { code message } } }"""
LOGIN = """mutation Login($input: LoginInput!) {
  login(input: $input) { tokens { accessToken } user { id role } userErrors { code message } } }"""
ON_SALE = """query OnSale($after: String) { showtimes(filter: {status: ON_SALE}, first: 50, after: $after) {
  nodes { id movieTitle seatsAvailable startsAt prices { category ticketType price { amount currency } } }
  pageInfo { hasNextPage endCursor } } }"""
SEATS = "query Seats($id: ID!) { showtime(id: $id) { seatMap { seat { id category row number } status } } }"
HOLD = """mutation Hold($input: HoldSeatsInput!) { holdSeats(input: $input) {
  booking { id reference status holdExpiresAt total { amount currency } tickets { seat { id } status qrPayload } }
  userErrors { code message field } } }"""
PAY = """mutation Pay($input: PayBookingInput!) { payBooking(input: $input) {
  booking { id status total { amount currency } payment { id status amount { amount } }
            tickets { code status qrPayload seat { id } } }
  action { clientSecret redirectUrl } userErrors { code message field } } }"""


@dataclass(frozen=True)
class Guest:
    """Somebody who is signed in."""

    system: RunningSystem
    id: str
    email: str
    token: str

    def ask(self, query: str, variables: dict[str, Any] | None = None) -> Answer:
        """Ask as this person."""
        return self.system.gql(query, variables, token=self.token)

    def hold(self, showtime_id: str, seats: Sequence[str]) -> Answer:
        """Ask for these seats."""
        choice = {"showtimeId": showtime_id, "seats": [{"seatId": seat} for seat in seats]}
        return self.ask(HOLD, {"input": choice})

    def pay(self, booking_id: str, token: str = "pm_success") -> Answer:
        """Pay by card."""
        key = secrets.token_hex(16)
        payment = {"bookingId": booking_id, "method": "CARD", "paymentToken": token, "idempotencyKey": key}
        return self.ask(PAY, {"input": payment})

    def buys(self, showtime_id: str, seats: Sequence[str]) -> str:
        """Hold and pay; the confirmed booking's id."""
        held = self.hold(showtime_id, seats)
        assert held.data["holdSeats"]["booking"], held.body
        paid = self.pay(held.data["holdSeats"]["booking"]["id"])
        assert paid.data["payBooking"]["booking"]["status"] == "CONFIRMED", paid.body
        booking_id: str = paid.data["payBooking"]["booking"]["id"]
        return booking_id


def a_guest(system: RunningSystem, name: str = "Ana Costa") -> Guest:
    """A person who has just registered."""
    email = f"{secrets.token_hex(6)}@example.org"
    password = secrets.token_urlsafe(12)
    answer = system.gql(REGISTER, {"input": {"email": email, "password": password, "name": name}})
    assert answer.data, answer.body
    made = answer.data["register"]
    assert made["userErrors"] == [], made
    return Guest(system, made["user"]["id"], email, made["tokens"]["accessToken"])


def a_showtime(system: RunningSystem, seats: int = 100) -> str:
    """A showtime on sale with at least `seats` seats left: room for single guests who must strand nobody."""
    return next(showtimes(system, seats))


def showtimes(system: RunningSystem, seats: int) -> Iterator[str]:
    """Showtimes on sale with at least `seats` seats left. Raises AssertionError when there are no more."""
    after = None
    while True:
        page = system.gql(ON_SALE, {"after": after})
        assert page.errors == [], page.body
        connection = page.data["showtimes"]
        # Later ones first: the next showtime may close while a test runs.
        for node in reversed(connection["nodes"]):
            if node["seatsAvailable"] >= seats:
                yield node["id"]
        assert connection["pageInfo"]["hasNextPage"], "no showtime on sale has that many seats"
        after = connection["pageInfo"]["endCursor"]


def free_block(system: RunningSystem, showtime_id: str, count: int) -> list[str]:
    """`count` free seats together, as the system itself would seat a party."""
    query = "query Best($id: ID!, $count: Int!) { showtime(id: $id) { bestSeats(count: $count) { id } } }"
    answer = system.gql(query, {"id": showtime_id, "count": count})
    assert answer.errors == [], answer.body
    return [seat["id"] for seat in answer.data["showtime"]["bestSeats"]]


def signed_in(system: RunningSystem, email: str, password: str) -> Guest:
    """Somebody who has an account, such as the demo staff."""
    answer = system.gql(LOGIN, {"input": {"email": email, "password": password}})
    assert answer.data["login"]["tokens"], answer.body
    made = answer.data["login"]
    return Guest(system, made["user"]["id"], email, made["tokens"]["accessToken"])

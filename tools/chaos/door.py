"""The public door as one device sees it, and what a run needs before it begins: people, showtimes, a coupon."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import requests

from tools.chaos.house import House

REGISTER = """mutation Register($input: RegisterInput!) {
  register(input: $input) { tokens { accessToken } user { id } userErrors { code } } }"""
LOGIN = """mutation Login($input: LoginInput!) {
  login(input: $input) { tokens { accessToken } user { id } userErrors { code } } }"""
ON_SALE = """query OnSale($from: DateTime!) { showtimes(filter: {status: ON_SALE, from: $from}, first: 50) {
  nodes { id seatsAvailable } } }"""
SEATS = "query Seats($id: ID!) { showtime(id: $id) { seatMap { seat { id category } status } } }"
COUPON = (
    "mutation Coupon($input: CouponInput!) { createCoupon(input: $input) { userErrors { code message } } }"
)
CANCEL_SHOWTIME = """mutation Off($id: ID!) { cancelShowtime(id: $id, reason: "the projector broke") {
  showtime { status } userErrors { code } } }"""
ADMIN = ("admin@lobbycard.example", "curtain-up-admin")
PLAIN = ("STANDARD", "PREMIUM", "RECLINER")
ANSWER_SECONDS = 12
COUPON_USES = 40


@dataclass(frozen=True)
class Answer:
    """What came back; no data: whether anything happened is not known."""

    data: dict[str, Any] | None = None
    codes: tuple[str, ...] = ()

    def field(self, name: str) -> Any:
        """The value of a root field; None when the answer has none."""
        return (self.data or {}).get(name)


class Door:
    """Asks GraphQL with one connection and one person's token; never raises for a lost answer."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self._url = f"{url}/graphql"
        self._session = requests.Session()
        self._session.trust_env = False
        if token:
            self._session.headers["Authorization"] = f"Bearer {token}"

    def ask(self, query: str, variables: dict[str, Any] | None = None) -> Answer:
        """One operation."""
        body = {"query": query, "variables": variables or {}}
        try:
            answer = self._session.post(self._url, json=body, timeout=ANSWER_SECONDS).json()
        except (requests.RequestException, ValueError):
            return Answer()
        if not isinstance(answer, dict):
            return Answer()
        errors = answer.get("errors") or []
        codes = tuple(str(error.get("extensions", {}).get("code")) for error in errors)
        return Answer(answer.get("data"), codes)


def register(house: House, name: str) -> tuple[str, str]:
    """Somebody new: user id and access token."""
    given = {
        "email": f"{secrets.token_hex(8)}@example.org",
        "password": secrets.token_urlsafe(12),
        "name": name,
    }
    made = _must(Door(house.url).ask(REGISTER, {"input": given}), "register")
    return made["user"]["id"], made["tokens"]["accessToken"]


def admin_door(house: House) -> Door:
    """The door as the administrator of the sample data finds it."""
    email, password = ADMIN
    made = _must(Door(house.url).ask(LOGIN, {"input": {"email": email, "password": password}}), "login")
    return Door(house.url, made["tokens"]["accessToken"])


def make_coupon(admin: Door) -> str:
    """The code of a coupon of ten percent that runs out during a run."""
    code = f"CHAOS-{secrets.token_hex(3).upper()}"
    wish = {"code": code, "kind": "PERCENT", "percent": 10, "usageLimit": COUPON_USES, "active": True}
    _must(admin.ask(COUPON, {"input": wish}), "createCoupon")
    return code


def crowded_showtimes(
    house: House, dice: Random, *, showtimes: int, seats: int, hours_ahead: float = 13
) -> dict[str, list[str]]:
    """Free plain seats by showtime, a few of each, so that many meet; at 13 hours a half of the money goes back."""
    door = Door(house.url)
    since = datetime.now(UTC) + timedelta(hours=hours_ahead)
    nodes = (door.ask(ON_SALE, {"from": since.isoformat()}).data or {})["showtimes"]["nodes"]
    roomy = [node for node in nodes if node["seatsAvailable"] >= seats + 20]
    chosen = dice.sample(roomy, min(showtimes, len(roomy)))
    return {node["id"]: _free_seats(door, node["id"])[:seats] for node in chosen}


def _free_seats(door: Door, showtime_id: str) -> list[str]:
    states = (door.ask(SEATS, {"id": showtime_id}).data or {})["showtime"]["seatMap"]
    free = [state["seat"] for state in states if state["status"] == "AVAILABLE"]
    return [seat["id"] for seat in free if seat["category"] in PLAIN]


def _must(answer: Answer, field_name: str) -> Any:
    made = answer.field(field_name)
    if not made or made["userErrors"]:
        raise RuntimeError(f"{field_name}: {made or answer.codes}")
    return made

"""The running system as a stage: people, showtimes nobody else uses, and what the API says of them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from tests.system import RunningSystem

PASSWORD = "a seat in the middle"
LOGIN = "mutation Login($input: LoginInput!) { login(input: $input) { tokens { accessToken } userErrors { code } } }"
REGISTER = """mutation Register($input: RegisterInput!) {
  register(input: $input) { tokens { accessToken } userErrors { code } } }"""
SHOWTIMES = """query Free($from: DateTime!, $to: DateTime!, $after: String) {
  showtimes(filter: { from: $from, to: $to, status: ON_SALE }, first: 100, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { id seatsTotal seatsAvailable movieTitle movie { id } cinema { id } } } }"""
BOOKING = """query Booking($id: ID!) { booking(id: $id) {
  id status reference total { amount currency } tickets { code status qrPayload seat { id } ticketType } } }"""
HOLD = "mutation Hold($input: HoldSeatsInput!) { holdSeats(input: $input) { booking { id } userErrors { code } } }"
PAY = """mutation Pay($input: PayBookingInput!) {
  payBooking(input: $input) { booking { status } userErrors { code } } }"""
BEST = "query Best($id: ID!, $count: Int!) { showtime(id: $id) { bestSeats(count: $count) { id } } }"
POLICY = "query Policy($id: ID!) { cinema(id: $id) { bookingPolicy { holdMinutes } } }"
SET_HOLD = """mutation SetHold($id: ID!, $minutes: Int!) {
  setBookingPolicy(cinemaId: $id, input: { holdMinutes: $minutes }) { userErrors { code } } }"""
PAYMENTS = """query Payments($booking: ID!) {
  payments(filter: { bookingId: $booking }) { totalCount nodes { status amount { amount } refunded { amount } } } }"""


@dataclass(frozen=True)
class Person:
    """Somebody with an account."""

    email: str
    password: str
    token: str


class House:
    """What tests ask of the system beside the browser."""

    def __init__(self, system: RunningSystem) -> None:
        self.system = system
        # Links in mails and of the bank lead to the public address: browsers start there too.
        self.url = f"http://localhost:{system.port}"
        self._numbers = itertools.count(1)
        self._free = iter(self._roomy_showtimes())

    def new_email(self) -> str:
        """An address nobody has yet."""
        return f"guest-{next(self._numbers)}-{datetime.now(UTC):%H%M%S%f}@example.org"

    def new_guest(self) -> Person:
        """A person just registered."""
        email = self.new_email()
        given = {"email": email, "password": PASSWORD, "name": "Ana Guest", "locale": "en"}
        answer = self.system.gql(REGISTER, {"input": given})
        return Person(email, PASSWORD, answer.data["register"]["tokens"]["accessToken"])

    def staff(self, role: str) -> Person:
        """The demo person of a role: staff, manager or admin."""
        email, password = f"{role}@lobbycard.example", f"curtain-up-{role}"
        answer = self.system.gql(LOGIN, {"input": {"email": email, "password": password}})
        return Person(email, password, answer.data["login"]["tokens"]["accessToken"])

    def enter(self, context: BrowserContext, person: Person) -> None:
        """Sign `person` in to a browser, as the pages do it: the server sets the cookie."""
        answer = context.request.post(
            f"{self.url}/graphql",
            headers={"X-Session": "cookie", "Origin": self.url},
            data={
                "query": LOGIN,
                "variables": {"input": {"email": person.email, "password": person.password}},
            },
        )
        assert answer.json()["data"]["login"]["userErrors"] == []
        context.add_init_script("try { localStorage.setItem('lobbycard.signedIn', 'true') } catch {}")

    def showtime(self) -> dict[str, Any]:
        """A showtime on sale with room, that no other test was given."""
        return next(self._free)

    def best_seats(self, showtime_id: str, count: int) -> list[str]:
        """Free seats together."""
        answer = self.system.gql(BEST, {"id": showtime_id, "count": count})
        return [seat["id"] for seat in answer.data["showtime"]["bestSeats"]]

    def hold(self, person: Person, showtime_id: str, seats: list[str]) -> str:
        """Hold seats for `person`; the booking's id."""
        given = {"showtimeId": showtime_id, "seats": [{"seatId": seat} for seat in seats]}
        answer = self.system.gql(HOLD, {"input": given}, token=person.token)
        assert answer.refusals("holdSeats") == []
        return str(answer.data["holdSeats"]["booking"]["id"])

    def booking(self, person: Person, booking_id: str) -> dict[str, Any]:
        """A booking as its owner sees it."""
        found: dict[str, Any] = self.system.gql(BOOKING, {"id": booking_id}, token=person.token).data[
            "booking"
        ]
        return found

    def paid(self, person: Person, count: int) -> dict[str, Any]:
        """A confirmed booking of `count` seats of a showtime nobody else uses, as its owner sees it."""
        showtime = self.showtime()["id"]
        booking_id = self.hold(person, showtime, self.best_seats(showtime, count))
        given = {
            "bookingId": booking_id,
            "method": "CARD",
            "paymentToken": "pm_success",
            "idempotencyKey": booking_id,
        }
        answer = self.system.gql(PAY, {"input": given}, token=person.token)
        assert answer.refusals("payBooking") == []
        return self.booking(person, booking_id)

    def payments_of(self, booking_id: str) -> list[dict[str, Any]]:
        """Every payment that was made for a booking."""
        answer = self.system.gql(PAYMENTS, {"booking": booking_id}, token=self.staff("admin").token)
        found: list[dict[str, Any]] = answer.data["payments"]["nodes"]
        return found

    def refunded(self, booking_id: str) -> int:
        """What went back for a booking, in minor units."""
        return sum(int(payment["refunded"]["amount"]) for payment in self.payments_of(booking_id))

    @contextmanager
    def hold_minutes(self, cinema_id: str, minutes: int) -> Iterator[None]:
        """Let holds of a cinema last that long meanwhile."""
        admin = self.staff("admin")
        before = self.system.gql(POLICY, {"id": cinema_id}).data["cinema"]["bookingPolicy"]["holdMinutes"]
        self.system.gql(SET_HOLD, {"id": cinema_id, "minutes": minutes}, token=admin.token)
        try:
            yield
        finally:
            self.system.gql(SET_HOLD, {"id": cinema_id, "minutes": before}, token=admin.token)

    def _roomy_showtimes(self) -> list[dict[str, Any]]:
        tomorrow = datetime.now(UTC) + timedelta(days=2)
        span = {"from": tomorrow.isoformat(), "to": (tomorrow + timedelta(days=5)).isoformat()}
        found: list[dict[str, Any]] = []
        after = None
        for _ in range(5):
            answer = self.system.gql(SHOWTIMES, {**span, "after": after}).data["showtimes"]
            found += [node for node in answer["nodes"] if node["seatsAvailable"] > 0.6 * node["seatsTotal"]]
            after = answer["pageInfo"]["endCursor"]
            if not answer["pageInfo"]["hasNextPage"]:
                break
        return sorted(found, key=lambda node: -node["seatsAvailable"])


def choose_best_seats(page: Page, showtime_id: str, count: int = 2) -> list[str]:
    """Open the seat map and take the best seats; their ids."""
    page.goto(f"/showtimes/{showtime_id}")
    page.get_by_label("People").select_option(str(count))
    page.get_by_role("button", name="Pick the best seats").click()
    chosen = page.locator("#chosen-seats")
    expect(chosen).to_have_text(re.compile(rf"^\w+(, \w+){{{count - 1}}}$"))
    return chosen.inner_text().split(", ")


def to_checkout(page: Page, showtime_id: str, count: int = 2) -> str:
    """Hold the best seats of a showtime; the booking's id."""
    choose_best_seats(page, showtime_id, count)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1, name="Pay for your seats")).to_be_visible()
    return page.url.split("/bookings/")[1].split("/")[0]


def sideways(page: Page) -> int:
    """By how many pixels the page scrolls sideways."""
    overflow: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return overflow


def tab_to(page: Page, selector: str, most: int = 120) -> None:
    """Press Tab until the focus is on `selector`. Raises AssertionError when it never is."""
    for _ in range(most):
        if page.evaluate("(selector) => document.activeElement?.matches(selector) ?? false", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {selector} on {page.url}")

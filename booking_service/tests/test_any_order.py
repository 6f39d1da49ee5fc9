"""Whatever happens in whatever order: a seat has one owner, and money in is money booked and money returned."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter, defaultdict
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from booking_service.commands import cancel, change_seats, desk, door, expiry, keep
from booking_service.commands.hold import HoldWish, SeatChoice
from booking_service.commands.refunds import pay_refunds_due
from booking_service.commands.settle import abandon_expired_actions, reconcile
from booking_service.lifecycle import OPEN, State
from booking_service.models import Booking, Claim, PaymentAttempt, RefundDue, Showtime, Ticket
from booking_service.settings import BookingSettings
from booking_service.tests.builders import CINEMA, House, Siblings
from booking_service.tests.conftest import TICKET_KEYS
from booking_service.worker import build_worker
from chassis import migrations
from chassis.clock import SetClock
from chassis.database import Database
from chassis.errors import Failure, Refusals, Unavailable
from chassis.events import Envelope
from chassis.testing import NOON, as_user, make_runtime

GUESTS = st.sampled_from(["ana", "ben"])
SEATS = st.sampled_from(
    [
        ("A1", "A2"),
        ("A3", "A4"),
        ("A1", "A2", "A3", "A4"),
        ("C1", "C2"),
        ("C3", "C4", "C5", "C6"),
        ("D1", "D2"),
    ]
)
TOKENS = st.sampled_from(["pm_success", "pm_success", "pm_declined", "pm_3ds", "pm_answer_lost"])
WHICH = st.integers(0, 5)
STAFF, MANAGER = as_user("sam", "STAFF", (CINEMA,)), as_user("mia", "MANAGER", (CINEMA,))


class Books(Siblings):
    """Siblings whose payment provider keeps books by payment, and gives back no more than it has."""

    def __init__(self) -> None:
        super().__init__()
        self.given_back: dict[str, dict[str, int]] = defaultdict(dict)
        self.refuses_refunds = False
        self.coupons = {"TEN": 210}
        self.answers["payment_service", "refundForBooking"] = self._give_back

    def left(self, payment_id: str) -> int:
        """What the provider still holds of a payment."""
        [known] = [known for known in self.payments.values() if known["id"] == payment_id]
        captured = known["amount"]["amount"] if known["outcome"] == "SUCCEEDED" else 0
        return int(captured) - sum(self.given_back[payment_id].values())

    def _give_back(self, variables: dict[str, Any]) -> Any:
        asked = variables["input"]
        if self.refuses_refunds:
            raise Unavailable
        done, amount = self.given_back[asked["paymentId"]], asked["amount"]["amount"]
        if asked["idempotencyKey"] not in done and amount > self.left(asked["paymentId"]):
            fault = {"code": "REFUND_EXCEEDS_PAYMENT", "message": "That is more than is left."}
            return {"refund": None, "userErrors": [fault]}
        done.setdefault(asked["idempotencyKey"], amount)
        return {"refund": {"id": "r", "status": "SUCCEEDED"}, "userErrors": []}


@cache
def _template() -> Path:
    path = Path(tempfile.mkdtemp(prefix="bookings-")) / "template.db"
    database = Database(f"sqlite:///{path}")
    migrations.upgrade(database, "booking_service")
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return path


class CinemaMachine(RuleBasedStateMachine):
    """One showtime that guests, staff, the payers' banks and time push about. Refusals are answers like others."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="bookings-"))
        shutil.copy(_template(), self.folder / "bookings.db")
        self.clock, self.siblings = SetClock(NOON), Books()
        runtime = make_runtime(
            "booking_service", BookingSettings, f"sqlite:///{self.folder / 'bookings.db'}", self.clock, self.siblings,
            TICKET_SIGNING_KEYS=TICKET_KEYS, BOOKING_FEE=100, CHECK_IN_OPENS_MINUTES=100_000,
        )  # fmt: skip
        self.house = House(runtime)
        self.worker = build_worker(runtime)
        self.refused = suppress(Failure, Refusals)
        self.count = 0
        self.version = 0

    def teardown(self) -> None:
        self.everything_comes_to_rest()
        self.house.runtime.close()
        shutil.rmtree(self.folder)

    @initialize(in_hours=st.sampled_from([48, 23, 11]))
    def a_showtime(self, in_hours: int) -> None:
        self.house.locks_end()
        self.showtime = self.house.a_showtime(in_hours=in_hours)

    # Few rules with many cases: Hypothesis leaves some rules out of each run, and without buyers nothing happens.
    @rule(guest=GUESTS, seats=SEATS, token=st.none() | TOKENS)
    def a_guest_holds_and_may_pay(self, guest: str, seats: tuple[str, ...], token: str | None) -> None:
        with self.refused:
            booking_id = self.house.hold(self.showtime, seats, by=guest)
            if token is not None:
                self.house.pay(booking_id, by=guest, token=token, key=self.key())

    @rule(which=WHICH, action=st.sampled_from(["others", "pay", "pay again", "extend", "coupon", "no coupon"]),
          seats=SEATS, token=TOKENS)  # fmt: skip
    def a_guest_goes_on_with_a_hold(
        self, which: int, action: str, seats: tuple[str, ...], token: str
    ) -> None:
        if (held := self.some(which, *OPEN)) is None:
            return
        runtime, guest = self.house.runtime, held.user_id or ""
        with self.refused:
            match action:
                case "others":
                    self.house.hold(self.showtime, seats, by=guest, booking_id=held.id)
                case "pay":
                    self.house.pay(held.id, by=guest, token=token, key=self.key())
                case "pay again":
                    self.house.pay(held.id, by=guest, token=token, key=f"key {self.count}")
                case "extend":
                    keep.extend_hold(runtime, as_user(guest), held.id)
                case "coupon":
                    keep.apply_coupon(runtime, as_user(guest), held.id, "TEN")
                case "no coupon":
                    keep.remove_coupon(runtime, as_user(guest), held.id)

    @rule(which=WHICH, action=st.sampled_from(["cancel", "change", "change"]), seats=SEATS, token=TOKENS)
    def a_guest_thinks_again(self, which: int, action: str, seats: tuple[str, ...], token: str) -> None:
        if (booking := self.some(which, *State)) is None or booking.user_id is None:
            return
        runtime, caller = self.house.runtime, as_user(booking.user_id)
        choices = [SeatChoice(seat, "ADULT") for seat in seats]
        with self.refused:
            if action == "cancel":
                cancel.cancel_booking(runtime, caller, booking.id, reason=None, expected=None)
            else:
                change_seats.change_seats(
                    runtime, caller, booking.id, choices, payment_token=token, key=self.key()
                )

    @rule(which=WHICH, action=st.sampled_from(["CASH", "CARD", "COMP", "admit", "give back", "cancel all"]),
          seats=SEATS, amount=st.sampled_from([1, 300, 5000]))  # fmt: skip
    def the_house_acts(self, which: int, action: str, seats: tuple[str, ...], amount: int) -> None:
        runtime = self.house.runtime
        with self.refused:
            match action:
                case "admit":
                    codes = [ticket.code for ticket in self.rows(Ticket) if ticket.state == "VALID"]
                    for code in codes[which : which + 1]:
                        door.check_in(runtime, STAFF, qr_payload=None, code=code, showtime_id=None, door="1")
                case "give back":
                    for key in list(self.siblings.payments)[which : which + 1]:
                        self.is_given_back_by_hand(key, amount)
                case "cancel all":
                    if which == amount == 1:  # seldom: nothing happens afterwards
                        cancel.cancel_showtime(runtime, MANAGER, self.showtime, "The projector broke")
                case _:
                    wish = HoldWish(self.showtime, tuple(SeatChoice(seat, "CHILD") for seat in seats))
                    desk.sell_at_box_office(
                        runtime, STAFF, wish, method=action, tendered=None, reason="a regular"
                    )

    @rule(
        what=st.sampled_from(
            ["banks agree", "banks refuse", "events", "silence", "no refunds", "all well", "flush"]
        )
    )
    def the_world_turns(self, what: str) -> None:
        match what:
            case "banks agree" | "banks refuse":
                for known in self.siblings.payments.values():
                    if known["outcome"] == "ACTION_REQUIRED":
                        known["outcome"] = "SUCCEEDED" if what == "banks agree" else "DECLINED"
            case "events":
                self.payments_are_told_of()
            case "flush":
                self.house.locks_end()
            case _:
                self.siblings.silent = what == "silence"
                self.siblings.refuses_refunds = what == "no refunds"

    @rule(seconds=st.sampled_from([1, 1, 21, 21, 200, 700]))
    def time_passes(self, seconds: int) -> None:
        self.clock.advance(seconds=seconds)
        for round_ in (expiry.sweep, reconcile, abandon_expired_actions, pay_refunds_due):
            round_(self.house.runtime)

    @rule(really=st.integers(0, 19))
    def the_showtime_is_cancelled(self, really: int) -> None:
        if really == 7:
            with self.refused:
                cancel.cancel_showtime(self.house.runtime, MANAGER, self.showtime, "The projector broke")

    def everything_comes_to_rest(self) -> None:
        """Payers give up, or confirm far too late; siblings answer, all timers run: then both books say the same."""
        if not hasattr(self, "showtime"):
            return
        if self.siblings.refuses_refunds:  # somebody lost patience with those that wait
            for key in self.siblings.payments:
                self.is_given_back_by_hand(key, 300)
        self.siblings.silent = self.siblings.refuses_refunds = False
        self.hours_pass()
        self.the_world_turns("banks agree")
        self.payments_are_told_of()
        self.hours_pass()
        assert {booking.state for booking in self.rows(Booking)} <= {"CONFIRMED", "CANCELLED", "EXPIRED"}
        assert {attempt.outcome for attempt in self.rows(PaymentAttempt)} <= {
            "SUCCEEDED",
            "DECLINED",
            "RETURNED",
        }
        assert {due.state for due in self.rows(RefundDue)} <= {"DONE"}
        held_by_provider: Counter[str] = Counter()
        for key, known in self.siblings.payments.items():
            held_by_provider[key.rpartition(":")[0]] += self.siblings.left(known["id"])
        for booking in self.rows(Booking):
            assert held_by_provider[booking.id] == booking.paid, booking.state

    def hours_pass(self) -> None:
        """Long enough for every hold, action at a bank and pause between tries to end."""
        for _ in range(8):
            self.time_passes(700)

    def is_given_back_by_hand(self, key: str, amount: int) -> None:
        """A manager gives some of a payment back, as far as there is some left."""
        payment_id = self.siblings.payments[key]["id"]
        possible = min(amount, self.siblings.left(payment_id))
        if possible > 0:
            by_hand = f"mia:{self.key()}"
            self.siblings.given_back[payment_id][by_hand] = possible
            self.happens("payment.refunded", {
                "paymentId": payment_id, "refundId": f"r-{self.count}", "idempotencyKey": by_hand,
                "bookingId": key.rpartition(":")[0], "userId": None,
                "amount": {"amount": possible, "currency": "EUR"}, "reason": "a cold coffee",
            })  # fmt: skip

    def payments_are_told_of(self) -> None:
        """The events of all payments that have ended come, late or again."""
        for key, known in self.siblings.payments.items():
            if known["outcome"] != "ACTION_REQUIRED":
                self.happens("payment.settled", {
                    "paymentId": known["id"], "bookingId": key.rpartition(":")[0], "idempotencyKey": key,
                    "outcome": known["outcome"], "amount": known["amount"], "failureCode": None,
                })  # fmt: skip

    def key(self) -> str:
        """A fresh idempotency key."""
        self.count += 1
        return f"key {self.count}"

    def happens(self, name: str, payload: dict[str, Any]) -> None:
        """The event comes, twice."""
        envelope = Envelope(name, payload)
        assert [self.worker.handle(envelope), self.worker.handle(envelope)] == [True, False]

    def some(self, which: int, *states: State) -> Booking | None:
        """One of the bookings in these states, the latest first."""
        bookings = (booking for booking in self.rows(Booking) if booking.state in states)
        latest = sorted(bookings, key=lambda booking: (booking.created_at, booking.id), reverse=True)
        return latest[which % len(latest)] if latest else None

    def rows(self, kind: Any) -> list[Any]:
        return self.house.runtime.database.read(lambda session: list(session.scalars(select(kind))))

    @invariant()
    def each_claim_has_its_ticket_and_each_live_ticket_its_claim(self) -> None:
        bookings = {booking.id: booking for booking in self.rows(Booking)}
        changing = {
            attempt.booking_id
            for attempt in self.rows(PaymentAttempt)
            if attempt.purpose == "SEAT_CHANGE" and attempt.outcome == "OPEN"
        }
        tickets = {
            (ticket.booking_id, ticket.seat_id)
            for ticket in self.rows(Ticket)
            if ticket.state != "VOID" and bookings[ticket.booking_id].state in (*OPEN, State.CONFIRMED)
        }
        claims = {(claim.booking_id, claim.seat_id): claim.state for claim in self.rows(Claim)}
        assert tickets <= claims.keys()
        assert all(booking_id in changing for booking_id, _ in claims.keys() - tickets)
        for (booking_id, seat_id), state in claims.items():
            sold = bookings[booking_id].state == State.CONFIRMED and (booking_id, seat_id) in tickets
            assert state == ("SOLD" if sold else "HELD")

    @invariant()
    def the_seat_map_counts_its_claims_and_its_version_only_grows(self) -> None:
        for showtime in self.rows(Showtime):
            assert showtime.seats_taken == len(self.rows(Claim))
            assert showtime.seat_map_version >= self.version
            self.version = showtime.seat_map_version

    @invariant()
    def figures_add_up_and_nobody_gets_back_more_than_came(self) -> None:
        prices: Counter[str] = Counter()
        for ticket in self.rows(Ticket):
            prices[ticket.booking_id] += ticket.price if ticket.state != "VOID" else 0
        for booking in self.rows(Booking):
            assert booking.subtotal - booking.discount + booking.fee == booking.total >= 0
            assert booking.paid >= 0
            if booking.state in (*OPEN, State.CONFIRMED):
                assert prices[booking.id] == booking.subtotal
        for known in self.siblings.payments.values():
            assert self.siblings.left(known["id"]) >= 0


class LongMachine(CinemaMachine):
    """The same, for longer: `make test-all`."""


TestAnyOrder = CinemaMachine.TestCase
TestAnyOrder.settings = settings(max_examples=20, stateful_step_count=30, deadline=None)
TestAnyOrderAtLength = pytest.mark.slow(LongMachine.TestCase)
TestAnyOrderAtLength.settings = settings(max_examples=200, stateful_step_count=50, deadline=None)

"""Guests who want the same few seats: they hold, pay, ask again, give up, change and cancel, all at once."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tools.chaos.door import Answer, Door
from tools.check_invariants.journal import OK, PENDING, REFUSED, UNKNOWN, Asked, Journal

HOLD = """mutation Hold($input: HoldSeatsInput!) { holdSeats(input: $input) {
  booking { id status total { amount } } userErrors { code } } }"""
PAY = """mutation Pay($input: PayBookingInput!) { payBooking(input: $input) {
  booking { id status total { amount } } userErrors { code } } }"""
CANCEL = """mutation Cancel($id: ID!) { cancelBooking(bookingId: $id) {
  booking { id status total { amount } } userErrors { code } } }"""
CHANGE = """mutation Change($id: ID!, $seats: [SeatChoiceInput!]!, $token: String, $key: String!) {
  changeSeats(bookingId: $id, seats: $seats, paymentToken: $token, idempotencyKey: $key) {
  booking { id status total { amount } } userErrors { code } } }"""
COUPON = """mutation Coupon($id: ID!, $code: String!) { applyCoupon(bookingId: $id, code: $code) {
  booking { id status total { amount } } userErrors { code } } }"""
# What the simulated provider is made to do, and how often beside the others.
CARDS = {
    "pm_success": 10,
    "pm_declined": 2,
    "pm_answer_lost": 3,
    "pm_webhook_late": 2,
    "pm_webhook_twice": 3,
    "pm_slow": 1,
}
TRIES = 4
FEWEST_SHOWTIMES = 3
PATIENCE_SECONDS = (0.2, 0.8)
# Who keeps more than these gives the oldest back: a run is of sales, not of full houses.
MOST_KEPT = 2


@dataclass
class Hall:
    """What the guests fight for: seats by showtime. A cancelled showtime is taken out while they run."""

    seats: dict[str, list[str]]
    coupon: str | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def pick(self, dice: Random) -> tuple[str, list[str]]:
        """A showtime and one to three seats side by side; mostly pairs as others choose them, which leave no gaps."""
        with self.lock:
            showtime_id = dice.choice(sorted(self.seats))
            seats = self.seats[showtime_id]
        start = dice.randrange(len(seats))
        if dice.randrange(3):
            return showtime_id, seats[start // 2 * 2 :][:2]
        return showtime_id, seats[start : start + dice.choice((1, 2, 3))]

    def close_one(self, dice: Random) -> str | None:
        """Take a showtime out, if enough are left for the crowd; its id."""
        with self.lock:
            if len(self.seats) <= FEWEST_SHOWTIMES:
                return None
            showtime_id = dice.choice(sorted(self.seats))
            del self.seats[showtime_id]
            return showtime_id


class Guest:
    """One person with a device of their own."""

    def __init__(self, door: Door, user_id: str, hall: Hall, journal: Journal, dice: Random) -> None:
        self._door, self.user_id, self._hall, self._journal, self._dice = door, user_id, hall, journal, dice
        self._bought: list[str] = []

    def keep_buying(self, stop: threading.Event) -> None:
        """Buy until told to stop."""
        while not stop.is_set():
            self.visit(stop)

    def visit(self, stop: threading.Event) -> None:
        """One visit: seats are held, perhaps paid, perhaps given back."""
        showtime_id, seats = self._hall.pick(self._dice)
        key = self._key()
        held = self._again(stop, lambda: self._hold(showtime_id, seats, key))
        if held.outcome != OK or held.booking_id is None:
            stop.wait(self._dice.uniform(0.0, 0.1))
            return
        if self._chance(8):
            self._hold(showtime_id, seats, key)  # the device sends it once more
        if self._chance(10):
            return  # walks away; the hold ends by itself
        if self._chance(8):
            self._cancel(held.booking_id)
            return
        if self._hall.coupon is not None and self._chance(30):
            self._use_coupon(held.booking_id)
        self._buy(stop, held.booking_id, seats)

    def _buy(self, stop: threading.Event, booking_id: str, seats: Sequence[str]) -> None:
        key = self._key()
        card = self._dice.choices(list(CARDS), list(CARDS.values()))[0]
        tries = 1 if self._chance(10) else TRIES  # some never ask what became of it
        paid = self._again(stop, lambda: self._pay(booking_id, card, key), tries)
        if paid.outcome != OK:
            return
        if self._chance(20):
            self._pay(booking_id, card, key)
        if self._chance(15):
            self._change(booking_id, seats)
        if self._chance(45):
            self._again(stop, lambda: self._cancel(booking_id), 2)
        else:
            self._bought.append(booking_id)
        if len(self._bought) > MOST_KEPT:
            self._cancel(self._bought.pop(0))

    def _again(self, stop: threading.Event, ask: Any, tries: int = TRIES) -> Asked:
        """Ask, and ask the same again while no answer comes; the last answer."""
        for _ in range(tries - 1):
            answer: Asked = ask()
            if answer.outcome not in (UNKNOWN, PENDING) or stop.is_set():
                return answer
            time.sleep(self._dice.uniform(*PATIENCE_SECONDS))
        last: Asked = ask()
        return last

    def _hold(self, showtime_id: str, seats: Sequence[str], key: str) -> Asked:
        choice = {
            "showtimeId": showtime_id,
            "seats": [{"seatId": seat} for seat in seats],
            "idempotencyKey": key,
        }
        answer = self._door.ask(HOLD, {"input": choice})
        return self._note("hold", answer, "holdSeats", key=key, showtime_id=showtime_id, seats=tuple(seats))

    def _pay(self, booking_id: str, card: str, key: str) -> Asked:
        wish = {"bookingId": booking_id, "method": "CARD", "paymentToken": card, "idempotencyKey": key}
        answer = self._door.ask(PAY, {"input": wish})
        return self._note("pay", answer, "payBooking", key=key, booking_id=booking_id, expects="CONFIRMED")

    def _cancel(self, booking_id: str) -> Asked:
        answer = self._door.ask(CANCEL, {"id": booking_id})
        return self._note("cancel", answer, "cancelBooking", booking_id=booking_id, expects="CANCELLED")

    def _use_coupon(self, booking_id: str) -> Asked:
        answer = self._door.ask(COUPON, {"id": booking_id, "code": self._hall.coupon})
        return self._note("coupon", answer, "applyCoupon", booking_id=booking_id)

    def _change(self, booking_id: str, seats: Sequence[str]) -> Asked:
        _, others = self._hall.pick(self._dice)
        wanted = [{"seatId": seat} for seat in (*seats[:-1], others[0])]
        key = self._key()
        answer = self._door.ask(
            CHANGE, {"id": booking_id, "seats": wanted, "token": "pm_success", "key": key}
        )
        return self._note("change", answer, "changeSeats", key=key, booking_id=booking_id)

    def _note(
        self, operation: str, answer: Answer, field_name: str, *, expects: str | None = None, **about: Any
    ) -> Asked:
        """What came of it, written into the journal."""
        told = answer.field(field_name)
        codes = [error["code"] for error in told["userErrors"]] if told else answer.codes
        booking = told["booking"] if told else None
        if told is None:
            outcome = UNKNOWN
        elif codes:
            outcome = PENDING if codes == ["PAYMENT_PENDING"] else REFUSED
        else:
            is_done = booking is not None and expects in (None, booking["status"])
            outcome = OK if is_done else PENDING
        if booking is not None and outcome == OK:
            about["booking_id"] = booking["id"]
            about["total"] = booking["total"]["amount"] if operation in ("hold", "pay") else None
        asked = Asked(
            user_id=self.user_id, operation=operation, outcome=outcome, code=codes[0] if codes else None, **about
        )  # fmt: skip
        self._journal.note(asked)
        return asked

    def _chance(self, percent: int) -> bool:
        return self._dice.randrange(100) < percent

    def _key(self) -> str:
        return str(uuid.UUID(int=self._dice.getrandbits(128), version=4))

"""Guests who book, pay, change their minds and their seats, and lose their connection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from booking_service.commands import cancel, change_seats, hold, keep, pay
from booking_service.commands.hold import HoldWish, SeatChoice
from chassis.errors import Failure, Refusals
from chassis.testing import as_user
from tests.simulation.filling import COUPONS, GUESTS, SEATS
from tests.simulation.scheduler import Task
from tests.simulation.world import BOOKING, Owner, World
from tools.check_invariants.journal import OK, PENDING, REFUSED, UNKNOWN, Asked

TOKENS = (
    "pm_success", "pm_success", "pm_success", "pm_success", "pm_answer_lost", "pm_answer_lost", "pm_webhook_late",
    "pm_webhook_twice", "pm_declined", "pm_slow", "pm_3ds", "pm_3ds",
)  # fmt: skip
TAKEN = """
    SELECT seat_id FROM claims WHERE booking_id IS NOT ?
    AND (state != 'HELD' OR expires_at IS NULL OR expires_at > utc_timestamp(6))"""
GONE = ("HOLD_EXPIRED", "BOOKING_UNKNOWN", "NOT_CANCELLABLE", "NOT_FOUND")


@dataclass(frozen=True)
class Wish:
    """What a guest asks for: in words, as the journal names it, how, and what to do with a yes."""

    words: str
    operation: str
    run: Callable[[], Any]
    told: Callable[[Any], None]
    key: str | None = None


class Guest:
    """One guest with one browser: does one thing at a time and remembers what was answered."""

    def __init__(self, name: str, world: World, journal: list[Asked], owns: Owner | None = None) -> None:
        self.name, self.world, self.journal = name, world, journal
        self.caller = as_user(name)
        self.runtime = world.runtimes[BOOKING]
        self.is_busy = False
        self.booking = owns.booking_id if owns else None
        self.is_sold = owns.is_sold if owns else False
        self.unanswered: Wish | None = None
        self._pays = self._holds = 0

    def act(self) -> None:
        """Begin the next thing; what got no answer is often asked again, word for word."""
        draw = self.world.sim.random
        if self.unanswered is not None and draw.randrange(10) < 7:
            self._begin(self.unanswered)
        elif self.booking is None:
            self._hold()
        elif self.is_sold:
            draw.choice((self._change_seats,) * 5 + (self._cancel,) * 3 + (self._leave,))()
        else:
            draw.choice(
                (self._pay,) * 12
                + (self._coupon,) * 4
                + (self._no_coupon, self._extend, self._hold, self._cancel)
            )()

    def _begin(self, wish: Wish) -> None:
        self.is_busy = True
        self.unanswered = wish
        booking = self.booking

        def ended(task: Task) -> None:
            self.is_busy = False
            error = task.error.refusals[0] if isinstance(task.error, Refusals) else task.error
            if task.is_crashed or _is_silence(error):
                self._note(wish, booking, UNKNOWN)
                return
            self.unanswered = None
            if isinstance(error, Failure):
                self.world.sim.note(f"  {task.name} refused: {error.code}")
                self._note(wish, booking, REFUSED)
                self._refused(error.code)
            elif error is not None:
                self.world.bugs.append(f"{task.name} answered with {error!r}")
            else:
                self._answered(wish, task.result)

        self.world.sim.start(f"{self.name} {wish.words}", wish.run, ended)

    def _answered(self, wish: Wish, answer: Any) -> None:
        if isinstance(answer, pay.Paid):
            is_done = answer.refusal is None and answer.redirect_url is None and answer.client_secret is None
            self._note(wish, answer.booking_id, OK if is_done else PENDING)
        else:
            self._note(wish, answer if isinstance(answer, str) else self.booking, OK)
        wish.told(answer)

    def _note(self, wish: Wish, booking: str | None, outcome: str) -> None:
        self.journal.append(
            Asked(
                user_id=self.name, operation=wish.operation, key=wish.key, booking_id=booking, outcome=outcome
            )
        )

    def _refused(self, code: str) -> None:
        """What is over is left alone; what was paid meanwhile, says the page, is the guest's."""
        if code == "NOT_HELD":
            mine = self.world.rows(
                BOOKING, "SELECT 1 FROM bookings WHERE id = ? AND state = 'CONFIRMED'", self.booking
            )
            if mine and not self.is_sold:
                self.is_sold = True
                return
        if code == "NOT_HELD" or code in GONE:
            self._leave()

    def _leave(self) -> None:
        self.booking, self.unanswered, self.is_sold = None, None, False

    def _seats(self) -> tuple[SeatChoice, ...]:
        """One or two seats: mostly such as the map shows as free or one's own, else any."""
        draw = self.world.sim.random
        wanted: list[str] = []
        if draw.randrange(10) < 7:
            taken = self.world.rows(BOOKING, TAKEN, self.booking)
            others = {row["seat_id"] for row in taken}
            wanted = [seat for seat in SEATS if seat not in others]
        seats = draw.sample(wanted or SEATS, min(draw.choice((1, 1, 2)), len(wanted or SEATS)))
        return tuple(SeatChoice(seat, draw.choice(("ADULT", "CHILD"))) for seat in seats)

    def _hold(self) -> None:
        self._holds += 1
        key = f"{self.name}-{self._holds}"
        wish = HoldWish("showtime-1", self._seats(), self.booking, idempotency_key=key)

        def told(booking_id: str) -> None:
            self.booking, self.is_sold = booking_id, False

        words = f"holds {' '.join(seat.seat_id for seat in wish.seats)}"
        self._begin(Wish(words, "hold", lambda: hold.hold_seats(self.runtime, self.caller, wish), told, key))

    def _pay(self) -> None:
        self._pays += 1
        booking, key = self.booking or "", f"{self.name}-pays-{self._pays}"
        token = self.world.sim.random.choice(TOKENS)
        wish = pay.PayWish(booking, "CARD", token, key)

        def told(paid: pay.Paid) -> None:
            self.is_sold = paid.refusal is None and paid.client_secret is None and paid.redirect_url is None
            if paid.refusal is not None:
                self._refused(paid.refusal.code)

        run = partial(pay.pay_booking, self.runtime, self.caller, wish)
        self._begin(Wish(f"pays {token}", "pay", run, told, key))

    def _coupon(self) -> None:
        code = self.world.sim.random.choice(tuple(COUPONS))
        self._change(f"applies {code}", partial(keep.apply_coupon, code=code))

    def _no_coupon(self) -> None:
        self._change("takes the coupon off", keep.remove_coupon)

    def _extend(self) -> None:
        self._change("extends", keep.extend_hold)

    def _change(self, words: str, command: Callable[..., Any]) -> None:
        run = partial(command, self.runtime, self.caller, self.booking or "")
        self._begin(Wish(words, "coupon", run, lambda _: None))

    def _cancel(self) -> None:
        run = partial(
            cancel.cancel_booking, self.runtime, self.caller, self.booking or "", reason=None, expected=None
        )
        self._begin(Wish("cancels", "cancel", run, lambda _: self._leave()))

    def _change_seats(self) -> None:
        self._pays += 1
        seats, key = self._seats(), f"{self.name}-changes-{self._pays}"
        token = self.world.sim.random.choice(TOKENS)
        run = partial(
            change_seats.change_seats,
            self.runtime,
            self.caller,
            self.booking or "",
            seats,
            payment_token=token,
            key=key,
        )
        words = f"changes to {' '.join(seat.seat_id for seat in seats)} with {token}"
        self._begin(Wish(words, "change", run, lambda _: None, key))


def _is_silence(error: Exception | None) -> bool:
    return isinstance(error, Failure) and error.code in ("SERVICE_UNAVAILABLE", "CONFLICT", "PAYMENT_PENDING")


def guests(world: World, journal: list[Asked], count: int) -> list[Guest]:
    """So many guests of a schedule, with what they had from the morning."""
    return [Guest(name, world, journal, world.morning.owners.get(name)) for name in GUESTS[:count]]

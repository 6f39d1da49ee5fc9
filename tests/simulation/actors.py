"""Who wants something: guests who book, pay, change their minds and lose their connection, staff, the bank, timers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from redis import RedisError

from booking_service.commands import cancel, change_seats, desk, door, hold, keep, pay
from booking_service.commands.hold import HoldWish, SeatChoice
from chassis import outbox
from chassis.broker import BrokerDown
from chassis.errors import Failure, Refusals
from chassis.identity import Caller, Role
from chassis.money import Money
from chassis.testing import as_user
from payment_service.providers.simulated import SimulatedProvider
from tests.simulation.filling import COUPONS, GUESTS, SEATS
from tests.simulation.ports import Delivery
from tests.simulation.scheduler import Task
from tests.simulation.world import BOOKING, COUPON, NOTIFICATION, PAYMENT, World
from tools.check_invariants.journal import OK, PENDING, REFUSED, UNKNOWN, Asked

TOKENS = (
    "pm_success", "pm_success", "pm_success", "pm_answer_lost", "pm_answer_lost", "pm_webhook_late", "pm_webhook_twice",
    "pm_declined", "pm_slow", "pm_3ds",
)  # fmt: skip
STAFF = Caller("sam", Role.ADMIN, frozenset(), "session-1")
TIMERS = {
    (BOOKING, "sweep"): 3, (BOOKING, "reconcile"): 3, (BOOKING, "abandon"): 1, (BOOKING, "refunds"): 3,
    (BOOKING, "locks"): 1, (PAYMENT, "reconcile payments"): 3, (PAYMENT, "retry refunds"): 1,
    (PAYMENT, "deliver webhooks"): 3, (NOTIFICATION, "deliver EMAIL"): 1, (NOTIFICATION, "deliver IN_APP"): 1,
}  # fmt: skip
RELAYS = (BOOKING, PAYMENT, COUPON)
EXPECTED = (Failure, Refusals, BrokerDown, RedisError)


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

    def __init__(self, name: str, world: World, journal: list[Asked]) -> None:
        self.name, self.world, self.journal = name, world, journal
        self.caller = as_user(name)
        self.runtime = world.runtimes[BOOKING]
        self.is_busy = False
        self.booking: str | None = None
        self.unanswered: Wish | None = None
        self._pays = self._holds = 0
        self.is_sold = False

    def act(self) -> None:
        """Begin the next thing; what got no answer is often asked again, word for word."""
        draw = self.world.sim.random
        if self.unanswered is not None and draw.randrange(10) < 7:
            self._begin(self.unanswered)
        elif self.booking is None:
            self._hold()
        elif self.is_sold:
            draw.choice((self._cancel, self._cancel, self._change_seats, self._leave))()
        else:
            draw.choice(
                (self._pay,) * 5
                + (self._coupon,) * 3
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
        if code in ("HOLD_EXPIRED", "BOOKING_UNKNOWN", "NOT_HELD", "NOT_CANCELLABLE", "NOT_FOUND"):
            self._leave()

    def _leave(self) -> None:
        self.booking, self.unanswered, self.is_sold = None, None, False

    def _seats(self) -> tuple[SeatChoice, ...]:
        draw = self.world.sim.random
        seats = draw.sample(SEATS, draw.choice((1, 1, 2)))
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


class House:
    """Everybody who is not a guest: staff, the payers' bank, and the background work of the services."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._sales = 0

    def start(self, name: str, run: Callable[[], Any]) -> Task:
        """Begin something whose only answer is that it went wrong."""

        def ended(task: Task) -> None:
            error = task.error
            if error is not None and not isinstance(error, EXPECTED):
                self.world.bugs.append(f"{task.name} raised {error!r}")

        return self.world.sim.start(name, run, ended)

    def timer(self, service: str, name: str) -> Task:
        """One round of a timer of a service's worker."""
        worker = self.world.workers[service]
        timer = next(timer for timer in worker.timers if timer.name == name)
        return self.start(f"{service} {name}", lambda: timer.run(worker.runtime))

    def relay(self, service: str) -> Task:
        """One look into a service's outbox."""
        return self.start(
            f"{service} relay", lambda: outbox.relay(self.world.databases[service], self.world.broker)
        )

    def deliver(self, delivery: Delivery) -> Task:
        """Hand an event to its subscriber; it is gone from the broker only when all of this has been survived."""
        world = self.world

        def run() -> None:
            try:
                world.workers[delivery.subscriber].handle(delivery.envelope)
            except Failure:
                return  # its database did not answer: comes again, as often as it takes
            except Exception as error:
                world.broker.failed(delivery)
                if delivery.failures > 1:
                    world.bugs.append(
                        f"{delivery.subscriber} can't handle {delivery.envelope.name}: {error!r}"
                    )
                return
            world.sim.port("consumer: before the acknowledgement")
            if delivery in world.broker.waiting:
                world.broker.waiting.remove(delivery)

        def ended(_task: Task) -> None:
            delivery.in_hand -= 1

        delivery.in_hand += 1
        return world.sim.start(f"{delivery.subscriber} on {delivery.envelope.name}", run, ended)

    def staff(self) -> None:
        """A member of staff does something."""
        draw = self.world.sim.random
        draw.choice((self._sell, self._sell, self._admit, self._cancel_showtime))()

    def bank(self) -> None:
        """A payer confirms or refuses a payment at the bank."""
        waiting = self.world.rows(
            PAYMENT, "SELECT reference, client_secret FROM simulated_charges WHERE state = 'ACTION_REQUIRED'"
        )
        if waiting:
            runtime, charge = self.world.runtimes[PAYMENT], waiting[0]
            agreed = self.world.sim.random.randrange(10) < 8
            provider = SimulatedProvider(runtime.database, runtime.settings)
            self.start(
                f"bank {'agrees' if agreed else 'refuses'}",
                lambda: provider.confirm(charge["reference"], charge["client_secret"], agreed=agreed),
            )

    def _sell(self) -> None:
        draw = self.world.sim.random
        self._sales += 1
        seat, method = draw.choice(SEATS), draw.choice(("CASH", "CARD", "COMP"))
        wish = HoldWish("showtime-1", (SeatChoice(seat, "ADULT"),), idempotency_key=f"desk-{self._sales}")
        self.start(
            f"desk sells {seat} {method}",
            lambda: desk.sell_at_box_office(
                self.world.runtimes[BOOKING], STAFF, wish, method=method, tendered=Money(5000, "EUR"), reason="press"
            ),
        )  # fmt: skip

    def _admit(self) -> None:
        known = self.world.rows(BOOKING, "SELECT code FROM tickets ORDER BY id")
        if known:
            code = self.world.sim.random.choice(known)["code"]
            run = partial(door.check_in, self.world.runtimes[BOOKING], STAFF, qr_payload=None, code=code)
            self.start(f"door sees {code}", partial(run, showtime_id=None, door=None))

    def _cancel_showtime(self) -> None:
        if self.world.sim.random.randrange(2) == 0:
            self.start(
                "house cancels the showtime",
                lambda: cancel.cancel_showtime(self.world.runtimes[BOOKING], STAFF, "showtime-1", "no light"),
            )


def guests(world: World, journal: list[Asked]) -> list[Guest]:
    """The guests of a schedule."""
    return [Guest(name, world, journal) for name in GUESTS]

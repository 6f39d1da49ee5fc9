"""Everybody who is not a guest: the desk, the office, the door, the payers' bank, and the timers of the services."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from redis import RedisError

from booking_service.commands import cancel, desk, door
from booking_service.commands.hold import HoldWish, SeatChoice
from chassis import outbox
from chassis.broker import BrokerDown
from chassis.errors import Failure, Refusals
from chassis.identity import Caller, Role
from chassis.money import Money
from payment_service.commands.refunding import RefundWish, refund_payment
from payment_service.providers.simulated import SimulatedProvider
from tests.simulation.filling import SEATS
from tests.simulation.ports import Delivery
from tests.simulation.scheduler import Task
from tests.simulation.world import BOOKING, COUPON, NOTIFICATION, PAYMENT, World

STAFF = Caller("sam", Role.ADMIN, frozenset(), "session-1")
TIMERS = {
    (BOOKING, "sweep"): 3, (BOOKING, "reconcile"): 3, (BOOKING, "abandon"): 1, (BOOKING, "refunds"): 3,
    (BOOKING, "locks"): 1, (PAYMENT, "reconcile payments"): 3, (PAYMENT, "retry refunds"): 1,
    (PAYMENT, "deliver webhooks"): 3, (NOTIFICATION, "deliver EMAIL"): 1, (NOTIFICATION, "deliver IN_APP"): 1,
}  # fmt: skip
RELAYS = (BOOKING, PAYMENT, COUPON)
EXPECTED = (Failure, Refusals, BrokerDown, RedisError)
TICKETS = """
    SELECT t.id, t.code, t.qr_payload, t.state, EXISTS (
        SELECT 1 FROM payment_attempts a
        WHERE a.booking_id = t.booking_id AND a.purpose = 'SEAT_CHANGE' AND a.outcome = 'OPEN'
    ) AS is_changing
    FROM tickets t JOIN bookings b ON b.id = t.booking_id WHERE b.confirmed_at IS NOT NULL ORDER BY t.id"""


class House:
    """What the house does, and what its doors have seen: `admitted` and `taken_back` count by ticket."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.admitted: Counter[str] = Counter()
        self.taken_back: Counter[str] = Counter()
        self._deeds = 0

    def start(self, name: str, run: Callable[[], Any], done: Callable[[], None] | None = None) -> Task:
        """Begin something whose only answer is that it went wrong; `done` hears of what was answered with a yes."""

        def ended(task: Task) -> None:
            error = task.error
            if error is not None and not isinstance(error, EXPECTED):
                self.world.bugs.append(f"{task.name} raised {error!r}")
            if error is None and not task.is_crashed and done is not None:
                done()

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

    def staff(self) -> None:
        """Somebody in the office or at the desk does something."""
        self._deeds += 1
        deeds = (self.sell,) * 5 + (self._give_back,) * 3 + (self._cancel,) * 3 + (self._cancel_showtime,)
        self.world.sim.random.choice(deeds)()

    def sell(self) -> None:
        """Sell a seat at the desk; now and then the button is pressed twice."""
        draw = self.world.sim.random
        seat, method = draw.choice(SEATS), draw.choice(("CASH", "CARD", "CARD", "COMP"))
        wish = HoldWish("showtime-1", (SeatChoice(seat, "ADULT"),), idempotency_key=f"desk-{self._deeds}")
        for _ in range(draw.choice((1, 1, 1, 2))):
            self.start(
                f"desk sells {seat} {method}",
                lambda: desk.sell_at_box_office(
                    self.world.runtimes[BOOKING], STAFF, wish, method=method, tendered=Money(5000, "EUR"),
                    reason="press",
                ),
            )  # fmt: skip

    def _give_back(self) -> None:
        """A manager gives back a part of a payment by hand, or all that is left of it."""
        payments = self.world.rows(
            PAYMENT, "SELECT id, amount_value, currency FROM payments WHERE promised_back < amount_value ORDER BY id"
        )  # fmt: skip
        if payments:
            draw = self.world.sim.random
            paid = draw.choice(payments)
            amount = draw.choice(
                (Money(100, paid["currency"]), Money(paid["amount_value"] // 2, paid["currency"]), None)
            )
            wish = RefundWish(payment_id=paid["id"], amount=amount, reason="cold", key=f"hand-{self._deeds}")
            for _ in range(draw.choice((1, 1, 1, 2))):
                self.start(
                    f"staff give back {amount or 'the rest'} of {paid['id'][-4:]}",
                    lambda: refund_payment(self.world.runtimes[PAYMENT], STAFF, wish),
                )

    def _cancel(self) -> None:
        living = self.world.rows(BOOKING, "SELECT id FROM bookings WHERE state = 'CONFIRMED' ORDER BY id")
        if living:
            booking_id = self.world.sim.random.choice(living)["id"]
            run = partial(cancel.cancel_booking, self.world.runtimes[BOOKING], STAFF, booking_id)
            self.start(f"staff cancel {booking_id[-4:]}", partial(run, reason="a call", expected=None))

    def _cancel_showtime(self) -> None:
        self.start(
            "staff cancel the showtime",
            lambda: cancel.cancel_showtime(self.world.runtimes[BOOKING], STAFF, "showtime-1", "no light"),
        )

    def door(self) -> None:
        """A ticket is scanned, at two doors at once now and then, or an admission is taken back.

        Mostly one that may go in; where seats are being changed, more often one of those.
        """
        tickets = self.world.rows(BOOKING, TICKETS)
        if not tickets:
            return
        draw = self.world.sim.random
        changing = [ticket for ticket in tickets if ticket["is_changing"]]
        used = [ticket for ticket in tickets if ticket["state"] == "USED"]
        if used and draw.randrange(10) < 3:
            self._undo(draw.choice(used))
            return
        valid = [ticket for ticket in tickets if ticket["state"] == "VALID"]
        likely = changing if changing and draw.randrange(4) else valid
        ticket = draw.choice(likely if likely and draw.randrange(8) else tickets)
        for entrance in ("left", "right")[: draw.choice((1, 1, 1, 2))]:
            self._admit(ticket, entrance)

    def _admit(self, ticket: dict[str, Any], entrance: str) -> None:
        def done() -> None:
            self.admitted[ticket["id"]] += 1

        is_scanned = ticket["qr_payload"] is not None and self.world.sim.random.randrange(2) == 0
        shown = {"qr_payload": ticket["qr_payload"]} if is_scanned else {"code": ticket["code"]}
        run = partial(door.check_in, self.world.runtimes[BOOKING], STAFF, showtime_id=None, door=entrance)
        self.start(
            f"door sees {ticket['code']}", partial(run, **{"qr_payload": None, "code": None, **shown}), done
        )

    def _undo(self, ticket: dict[str, Any]) -> None:
        self.taken_back[ticket["id"]] += 1  # also where no answer comes
        self.start(
            f"door takes back {ticket['code']}",
            lambda: door.undo_check_in(self.world.runtimes[BOOKING], STAFF, ticket["id"], "wrong guest"),
        )

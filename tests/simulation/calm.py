"""After chance: relays, consumers and timers work until nothing is left to do."""

from __future__ import annotations

from collections.abc import Callable

from tests.simulation.house import RELAYS, House
from tests.simulation.world import BOOKING, NOTIFICATION, PAYMENT, World

ROUNDS = 60


def run_dry(world: World, house: House, *, letters: bool, before_round: Callable[[int], bool]) -> bool:
    """Whether all came to an end. `letters`: also send them, which costs much and says little.

    `before_round` may bring in what was held up, and tells whether more is to come.
    """
    for number, jump in enumerate((1, 25, 25, 60, 601, 700, *[310] * ROUNDS)):
        more = before_round(number)
        carry_events(world, house)
        for (service, name), question in _DUE.items():
            if (service != NOTIFICATION or letters) and _has(world, service, question):
                house.timer(service, name)
                carry_events(world, house)
        if not more and not any(_has(world, service, question) for service, question in _OPEN.items()):
            return True
        world.clock.advance(seconds=jump)
    return False


def carry_events(world: World, house: House) -> None:
    """From the outboxes to their subscribers, until none is on its way."""
    waiting = world.broker.waiting
    while True:
        unsent = [service for service in RELAYS if _has(world, service, _UNSENT)]
        if not unsent and not waiting:
            return
        for service in unsent:
            house.relay(service)
        for delivery in list(waiting):
            house.deliver(delivery)


def _has(world: World, service: str, question: str) -> bool:
    return world.databases[service].raw.execute(question).fetchone()[0] == 1


def _any(*rows: str) -> str:
    return "SELECT " + " OR ".join(f"EXISTS (SELECT 1 FROM {row})" for row in rows)


_UNSENT = _any("outbox WHERE sent_at IS NULL")
# What each timer may find to do now. Wider than its own question, so that it alone decides; asked first, for
# a round that finds nothing costs as much as ten of these.
_DUE = {
    (BOOKING, "sweep"): _any("bookings WHERE state = 'HELD' AND expires_at <= utc_timestamp(6)"),
    (BOOKING, "reconcile"): _any("payment_attempts WHERE outcome = 'OPEN' AND at < utc_timestamp(6)"),
    (BOOKING, "abandon"): _any(
        "payment_attempts WHERE outcome = 'OPEN' AND (client_secret IS NOT NULL OR redirect_url IS NOT NULL)"
    ),
    (BOOKING, "refunds"): _any("refunds_due WHERE state = 'DUE' AND next_try_at <= utc_timestamp(6)"),
    (PAYMENT, "reconcile payments"): _any("payments WHERE status = 'PENDING'"),
    (PAYMENT, "retry refunds"): _any("refunds WHERE status = 'PENDING'"),
    (PAYMENT, "deliver webhooks"):
        _any("simulated_deliveries WHERE delivered_at IS NULL AND due_at <= utc_timestamp(6)"),
    (NOTIFICATION, "deliver EMAIL"): _any("notifications WHERE status = 'QUEUED' AND channel = 'EMAIL'"),
    (NOTIFICATION, "deliver IN_APP"): _any("notifications WHERE status = 'QUEUED' AND channel = 'IN_APP'"),
}  # fmt: skip
# While one of these is there, the system is not quiet.
_OPEN = {
    BOOKING: _any(
        "bookings WHERE state IN ('HELD', 'PAYING')",
        "payment_attempts WHERE outcome = 'OPEN'",
        "refunds_due WHERE state = 'DUE'",
    ),
    PAYMENT: _any(
        "payments WHERE status = 'PENDING'",
        "refunds WHERE status = 'PENDING'",
        "simulated_deliveries WHERE delivered_at IS NULL AND attempts < 12",
    ),
}

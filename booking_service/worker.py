"""Background work of booking_service: outbox relay, reactions, and timers that keep its promises."""

from __future__ import annotations

from booking_service.commands.expiry import sweep
from booking_service.commands.exports import TOPIC as EXPORTS
from booking_service.commands.exports import forget_exports, make_exports
from booking_service.commands.refunds import pay_refunds_due
from booking_service.commands.seat_locks import tidy_locks
from booking_service.commands.settle import abandon_expired_actions, reconcile
from booking_service.reactions import REACTIONS
from booking_service.settings import BookingSettings
from chassis.runtime import Runtime
from chassis.settings import load
from chassis.worker import Timer, Worker

EXPORT_SECONDS = 15.0  # for those that a crash left behind: a new one is told of
OLD_EXPORT_SECONDS = 3600.0
REFUND_SECONDS = 2.0


def build_worker(runtime: Runtime[BookingSettings]) -> Worker:
    """The worker with this service's reactions and timers."""
    settings = runtime.settings
    timers = (
        Timer("sweep", settings.sweep_seconds, sweep),
        Timer("reconcile", settings.reconcile_seconds, reconcile),
        Timer("abandon", settings.reconcile_seconds, abandon_expired_actions),
        Timer("locks", settings.reconcile_seconds, tidy_locks),
        Timer("refunds", REFUND_SECONDS, pay_refunds_due),
        Timer("exports", EXPORT_SECONDS, make_exports, topic=EXPORTS),
        Timer("old exports", OLD_EXPORT_SECONDS, forget_exports),
    )
    return Worker(runtime, REACTIONS, timers)


def main() -> None:
    """Work until told to stop; for a process of its own."""
    build_worker(Runtime.start("booking_service", load(BookingSettings))).run_forever()


if __name__ == "__main__":
    main()

"""Background work of notification_service: react to events, send what is queued."""

from __future__ import annotations

from chassis.runtime import Runtime
from chassis.settings import load
from chassis.worker import Timer, Worker
from notification_service.commands import delivery
from notification_service.reactions import REACTIONS
from notification_service.settings import NotificationRuntime, NotificationSettings

TIDY_SECONDS = 3600.0


def build_worker(runtime: NotificationRuntime) -> Worker:
    """The worker, not yet started."""
    timers = (
        Timer("deliver", runtime.settings.delivery_seconds, delivery.deliver_due),
        Timer("tidy mailbox", TIDY_SECONDS, delivery.tidy_mailbox),
    )
    return Worker(runtime, REACTIONS, timers)


def main() -> None:
    """Run as a process of its own."""
    build_worker(Runtime.start("notification_service", load(NotificationSettings))).run_forever()


if __name__ == "__main__":
    main()

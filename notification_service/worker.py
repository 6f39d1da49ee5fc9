"""Background work of notification_service: react to events, send what is queued."""

from __future__ import annotations

from functools import partial

from chassis.runtime import Runtime
from chassis.settings import load
from chassis.worker import Timer, Worker
from notification_service.commands import delivery
from notification_service.commands.telling import delivery_topic
from notification_service.reactions import REACTIONS, prepare
from notification_service.rules import CHANNELS
from notification_service.settings import NotificationRuntime, NotificationSettings

TIDY_SECONDS = 3600.0


def build_worker(runtime: NotificationRuntime) -> Worker:
    """The worker, not yet started."""
    # One for each channel: a slow mail server holds up mails alone.
    timers = [
        Timer(
            f"deliver {channel}",
            runtime.settings.delivery_seconds,
            partial(delivery.deliver_due, channel=channel),
            topic=delivery_topic(channel),
        )
        for channel in CHANNELS
    ]
    return Worker(runtime, REACTIONS, [*timers, Timer("tidy", TIDY_SECONDS, delivery.tidy)], prepare=prepare)


def main() -> None:
    """Run as a process of its own."""
    build_worker(Runtime.start("notification_service", load(NotificationSettings))).run_forever()


if __name__ == "__main__":
    main()

"""The second door: relays the outbox, reacts to events, reconciles, and sends the simulated provider's webhooks."""

from __future__ import annotations

from chassis.runtime import Runtime
from chassis.settings import load
from chassis.worker import Timer, Worker
from payment_service.commands.carrying_out import retry_refunds
from payment_service.commands.settling import forget_notices, reconcile
from payment_service.providers.deliveries import deliver
from payment_service.reactions import REACTIONS
from payment_service.settings import PaymentSettings

DELIVERY_SECONDS = 1.0
FORGET_SECONDS = 3600.0


def build_worker(runtime: Runtime[PaymentSettings]) -> Worker:
    """The worker of this service, not yet started."""
    every = runtime.settings.reconcile_every_seconds
    return Worker(
        runtime,
        REACTIONS,
        [
            Timer("reconcile payments", every, reconcile),
            Timer("retry refunds", every, retry_refunds),
            Timer("deliver webhooks", DELIVERY_SECONDS, deliver),
            Timer("forget webhooks", FORGET_SECONDS, forget_notices),
        ],
    )


def main() -> None:
    """Run until told to stop."""
    build_worker(Runtime.start("payment_service", load(PaymentSettings))).run_forever()


if __name__ == "__main__":
    main()

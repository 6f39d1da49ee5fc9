"""The second door: relays the outbox and reacts to events."""

from __future__ import annotations

from chassis.runtime import Runtime
from chassis.settings import load
from chassis.worker import Worker
from coupon_service.reactions import REACTIONS
from coupon_service.settings import CouponSettings


def build_worker(runtime: Runtime[CouponSettings]) -> Worker:
    """The worker of this service, not yet started."""
    return Worker(runtime, REACTIONS)


def main() -> None:
    """Run until told to stop."""
    build_worker(Runtime.start("coupon_service", load(CouponSettings))).run_forever()


if __name__ == "__main__":
    main()

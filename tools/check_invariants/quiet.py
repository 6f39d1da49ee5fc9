"""Waits until all that was begun has come to an end: by conditions, with a deadline."""

from __future__ import annotations

import time
from collections.abc import Callable

from tools.check_invariants.facts import Facts
from tools.check_invariants.histories import OPEN_STATES
from tools.check_invariants.telling import every_event_arrived_once

LOOK_AGAIN_SECONDS = 1.0
TRIES_OF_THE_POSTMAN = 12


def unfinished(facts: Facts) -> dict[str, int]:
    """What is still under way, by kind; empty when all is quiet."""
    at_the_bank = {a.provider_key for a in facts.attempts if a.outcome == "OPEN" and a.redirect_url}
    waiting = {attempt.booking_id for attempt in facts.attempts if attempt.provider_key in at_the_bank}
    counts = {
        "events on their way": len(list(every_event_arrived_once(facts))),
        "holds": sum(b.state in OPEN_STATES and b.id not in waiting for b in facts.bookings),
        "tries to pay": sum(
            a.outcome == "OPEN" and a.provider_key not in at_the_bank for a in facts.attempts
        ),
        "refunds owed": sum(due.state == "DUE" for due in facts.refunds_due),
        "payments": sum(
            p.status == "PENDING" and p.idempotency_key not in at_the_bank for p in facts.payments
        ),
        "refunds": sum(refund.status == "PENDING" for refund in facts.refunds),
        "webhooks": sum(
            d.delivered_at is None and d.attempts < TRIES_OF_THE_POSTMAN for d in facts.deliveries
        ),
        "coupons": sum(use.state == "RESERVED" for use in facts.coupon_uses),
        "messages": sum(notification.status == "QUEUED" for notification in facts.notifications),
    }
    return {what: count for what, count in counts.items() if count}


def wait_for_quiet(read: Callable[[], Facts], *, seconds: float) -> tuple[Facts, dict[str, int]]:
    """The facts once all is quiet, or as they are at the deadline with what was still under way."""
    deadline = time.monotonic() + seconds
    while True:
        facts = read()
        rest = unfinished(facts)
        if not rest or time.monotonic() > deadline:
            return facts, rest
        time.sleep(LOOK_AGAIN_SECONDS)

"""Waits until all that was begun has come to an end: by conditions, with a deadline.

Problem: tables are read one after the other, seven databases take seconds, and a request whose client has long given up
may still be at work: it cancels between the look at its booking and the look at its payment, and the books seem to
differ. Idea: a quiet house counts only when a second look finds every row as the first one did; then there was a moment
between the two at which all rows were so (the double collect of Afek and others, 1993). Price: one more look.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from tools.check_invariants.facts import Facts
from tools.check_invariants.histories import OPEN_STATES
from tools.check_invariants.telling import every_event_arrived_once

LOOK_AGAIN_SECONDS = 1.0
TRIES_OF_THE_POSTMAN = 12
MOVING = (
    "bookings", "claims", "tickets", "attempts", "refunds_due", "steps", "payments", "refunds", "charges",
    "provider_refunds", "coupon_uses", "coupon_counts", "members", "notifications", "visits",
)  # fmt: skip


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
    """The facts once all is quiet and nothing moves, or as they are at the deadline with what was still under way."""
    deadline = time.monotonic() + seconds
    before: Facts | None = None
    while True:
        facts = read()
        rest = unfinished(facts)
        if not rest and before is not None and _stands_still(before, facts):
            return facts, rest
        if time.monotonic() > deadline:
            return facts, rest
        before = None if rest else facts
        if rest:
            time.sleep(LOOK_AGAIN_SECONDS)


def _stands_still(first: Facts, second: Facts) -> bool:
    return all(list(getattr(first, name)) == list(getattr(second, name)) for name in MOVING)

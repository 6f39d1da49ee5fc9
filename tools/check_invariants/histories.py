"""Histories: nothing hangs, and every booking came to its state by permitted moves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from booking_service.lifecycle import MOVES, State
from tools.check_invariants.facts import Facts, Row, Violation, by, is_sample

OPEN_STATES = ("HELD", "PAYING")
MOVED_TO = {
    "hold": "HELD",
    "pay": "PAYING",
    "confirm": "CONFIRMED",
    "expire": "EXPIRED",
    "cancel": "CANCELLED",
}


def nothing_hangs(facts: Facts) -> Iterator[Violation]:
    """I10: no payment, refund or booking that is being paid for is open longer than it may be."""
    stuck, slow = facts.now - facts.limits.stuck, facts.now - facts.limits.payer
    at_the_bank = {a.booking_id for a in facts.attempts if a.outcome == "OPEN" and a.redirect_url}
    for booking in facts.bookings:
        since = slow if booking.id in at_the_bank else stuck
        if booking.state == "PAYING" and (booking.paying_since is None or booking.paying_since < since):
            yield Violation("late", booking.id, f"PAYING since {booking.paying_since}")
    for attempt in facts.attempts:
        since = slow if attempt.booking_id in at_the_bank else stuck
        if attempt.outcome == "OPEN" and attempt.at < since:
            yield Violation("late", attempt.provider_key, f"unanswered since {attempt.at}")
    for due in facts.refunds_due:
        if due.state == "DUE" and due.next_try_at < stuck:
            yield Violation("late", due.key, f"{due.amount} {due.currency} are owed since {due.next_try_at}")
    waiting = {attempt.provider_key for attempt in facts.attempts if attempt.redirect_url}
    for payment in facts.payments:
        since = slow if payment.idempotency_key in waiting else stuck
        if payment.status == "PENDING" and payment.created_at < since:
            yield Violation("late", payment.id, f"PENDING since {payment.created_at}")
    for refund in facts.refunds:
        if refund.status == "PENDING" and refund.created_at < stuck:
            yield Violation("late", refund.id, f"PENDING since {refund.created_at}")


def histories_are_legal(facts: Facts) -> Iterator[Violation]:
    """I12: each booking's timeline is a permitted path to its state, and its version counts its changes."""
    timelines = by(sorted(facts.steps, key=lambda step: step.seq), lambda step: step.booking_id)
    tries = Counter(attempt.booking_id for attempt in facts.attempts)
    for booking in facts.bookings:
        if is_sample(booking.id):
            continue
        steps = timelines.get(booking.id, [])
        path = _path(steps)
        if not path or path[0] != "HELD":
            yield Violation("missing", booking.id, "its timeline does not begin with a hold")
        for before, after in pairwise(path):
            if (State(before), State(after)) not in MOVES:
                yield Violation("wrong", booking.id, f"moved {before} → {after}")
        if path and path[-1] != booking.state:
            yield Violation("wrong", booking.id, f"its timeline ends {path[-1]}, it is {booking.state}")
        fewest, most = max(1, len(path)), 1 + len(steps) + tries[booking.id]
        if not fewest <= booking.version <= most:
            words = f"version {booking.version} after {len(steps)} steps"
            yield Violation("wrong", booking.id, words)


def _path(steps: list[Row]) -> list[str]:
    """The states that a timeline went through, without standing still."""
    path: list[str] = []
    for index, step in enumerate(steps):
        now = path[-1] if path else None
        then = MOVED_TO.get(step.step, now)
        if step.step == "desk":
            then = "PAYING" if _is_paid_for(steps[index + 1 :]) else now
        elif step.step == "charge" and now == "PAYING" and step.outcome in ("DECLINED", "RETURNED"):
            ending = steps[index + 1].step if index + 1 < len(steps) else None
            then = now if ending == "expire" else "HELD"
        if then is not None and then != now:
            path.append(then)
    return path


def _is_paid_for(later: list[Row]) -> bool:
    """Whether a sale at the desk asked for money: then it goes through PAYING, else straight to its end."""
    return any(step.step == "charge" for step in later)

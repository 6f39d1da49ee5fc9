"""What is told: every fact leaves once, reaches each subscriber once, and each guest hears of it once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tools.check_invariants.facts import Facts, Violation, by, is_sample

AUDIT = "audit.recorded"
# A booking that ended a certain way says so once in its timeline and once to the others.
ENDINGS = {
    "confirm": ("confirmed_at", "booking.confirmed"),
    "cancel": ("cancelled_at", "booking.cancelled"),
}


def one_confirmation_a_booking(facts: Facts) -> Iterator[Violation]:
    """I6: each booking that was confirmed has exactly one confirmation message a channel, no other has any."""
    told = by((n for n in facts.notifications if n.kind == "booking.confirmed"), lambda n: n.booking_id)
    confirmed = {b.id for b in facts.bookings if b.confirmed_at is not None and not is_sample(b.id)}
    reachable = {b.id for b in facts.bookings if b.user_id or b.contact_email or b.contact_phone}
    for booking_id in sorted(confirmed & reachable - told.keys()):
        yield Violation("missing", booking_id, "confirmed, and nobody was told")
    for booking_id, messages in told.items():
        if booking_id not in confirmed:
            yield Violation("wrong", str(booking_id), "a confirmation without a confirmed booking")
        for channel, count in Counter(message.channel for message in messages).items():
            if count > 1:
                yield Violation("doubled", str(booking_id), f"{count} confirmations by {channel}")


def every_event_arrived_once(facts: Facts) -> Iterator[Violation]:
    """I9: outboxes are empty, each subscriber noted each event once, and no queue holds anything."""
    noted = {service: Counter(row.event_id for row in rows) for service, rows in facts.inboxes.items()}
    for service, rows in facts.outboxes.items():
        for event in rows:
            if event.sent_at is None:
                kind = "late" if event.occurred_at < facts.now - facts.limits.unsent else "missing"
                yield Violation(kind, event.event_id, f"{event.name} of {service} was not sent")
                continue
            for subscriber in sorted(facts.subscribers.get(event.name, ())):
                if not noted.get(subscriber, {}).get(event.event_id):
                    words = f"{event.name} of {service} did not arrive at {subscriber}"
                    yield Violation("missing", event.event_id, words)
    for service, counts in noted.items():
        for event_id, count in counts.items():
            if count > 1:
                yield Violation("doubled", event_id, f"{service} noted it {count} times")
    for service, depth in (facts.depths or {}).items():
        if depth:
            yield Violation("late", service, f"{depth} events wait in its queue")


def dead_letters_hold_only_poison(facts: Facts) -> Iterator[Violation]:
    """I11: no event was laid aside but those a test had poisoned."""
    for service, events in (facts.dead_letters or {}).items():
        for event_id in events:
            if event_id not in facts.poison:
                yield Violation("wrong", event_id, f"laid aside by {service}")


def every_change_is_on_record_once(facts: Facts) -> Iterator[Violation]:
    """I19: each change of a booking stands once in its timeline and its events, each audit entry once in the trail."""
    steps = Counter((step.booking_id, step.step) for step in facts.steps)
    for step, (column, event) in ENDINGS.items():
        told = Counter(row.payload["bookingId"] for row in facts.events(event))
        for booking in facts.bookings:
            if is_sample(booking.id):
                continue
            due = 0 if getattr(booking, column) is None else 1
            yield from _counted(booking.id, f"lines of its timeline say {step}", steps[booking.id, step], due)
            yield from _counted(booking.id, f"events {event}", told[booking.id], due)
    yield from _unsigned(facts)
    entries = {entry.id: entry for entry in facts.audit}
    for event in facts.events(AUDIT):
        entry = entries.get(event.event_id)
        if entry is None:
            yield Violation("missing", event.event_id, f"{event.payload['action']} is not on the audit trail")
        elif (entry.actor_id, entry.action) != (event.payload["actorId"], event.payload["action"]):
            yield Violation("wrong", event.event_id, "the audit trail tells of somebody or something else")


def _unsigned(facts: Facts) -> Iterator[Violation]:
    """What guests did with their bookings is on the trail under their own name, as often as they did it."""
    done: Counter[tuple[str, str]] = Counter()
    for step in facts.steps:
        if step.step == "hold":
            done[step.booking_id, "booking.hold"] += 1
    for attempt in facts.attempts:
        action = "booking.pay" if attempt.purpose == "BOOKING" else "booking.change_seats"
        done[attempt.booking_id, action] += 1
    signed = Counter((entry.object_id, entry.action, entry.actor_id) for entry in facts.audit)
    online = {b.id: b.user_id for b in facts.bookings if b.channel == "WEB" and not is_sample(b.id)}
    for (booking_id, action), times in done.items():
        if booking_id in online:
            count = signed[booking_id, action, online[booking_id]]
            yield from _counted(booking_id, f"entries {action} by its guest", count, times)


def _counted(subject: str, what: str, count: int, due: int) -> Iterator[Violation]:
    if count != due:
        yield Violation("missing" if count < due else "doubled", subject, f"{count} {what}, not {due}")

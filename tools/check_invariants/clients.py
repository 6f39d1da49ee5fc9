"""The client's side: what it was told is so, and nothing happened that nobody asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import orjson

from tools.check_invariants.facts import Facts, Row, Violation, is_sample
from tools.check_invariants.journal import OK, Asked


def every_success_is_stored(facts: Facts) -> Iterator[Violation]:
    """I13: each success that the client was told is in the database."""
    bookings = {booking.id: booking for booking in facts.bookings}
    changed = {(a.booking_id, a.client_key): a.outcome for a in facts.attempts if a.purpose == "SEAT_CHANGE"}
    for asked in facts.journal or ():
        booking = bookings.get(asked.booking_id or "")
        if asked.outcome != OK:
            continue
        if booking is None or booking.user_id != asked.user_id:
            yield Violation("missing", str(asked.booking_id), f"{asked.operation} succeeded, no such booking")
        elif asked.operation == "pay" and booking.confirmed_at is None:
            yield Violation("missing", booking.id, f"the client paid, it is {booking.state}")
        elif asked.operation == "cancel" and booking.state != "CANCELLED":
            yield Violation("missing", booking.id, f"the client cancelled, it is {booking.state}")
        elif asked.operation == "change" and changed.get((booking.id, asked.key or "")) != "SUCCEEDED":
            yield Violation("missing", booking.id, "the client changed seats, there is no such change")


def every_booking_was_asked_for(facts: Facts) -> Iterator[Violation]:
    """I14: each booking was asked for, and once for each key, also where the answer was lost."""
    if facts.journal is None:
        return
    asked = {(line.user_id, line.key) for line in facts.journal if line.operation == "hold" and line.key}
    guests = {line.user_id for line in facts.journal}
    keys = _holds_by_booking(facts)
    for booking in facts.bookings:
        if is_sample(booking.id) or booking.user_id not in guests:
            continue  # of somebody who keeps no journal
        known = [key for key in keys.get(booking.id, ()) if (booking.user_id, key) in asked]
        if not known:
            yield Violation("wrong", booking.id, "held without a request, or twice for one")


def _holds_by_booking(facts: Facts) -> dict[str, list[str]]:
    keys: dict[str, list[str]] = defaultdict(list)
    for answer in facts.answers:
        if answer.operation == "holdSeats":
            keys[str(orjson.loads(answer.answer))].append(answer.idempotency_key)
    return keys


def a_key_has_one_answer(facts: Facts) -> Iterator[Violation]:
    """I20: for each person and key one outcome is stored, and every replay was told the same."""
    tries: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for attempt in facts.attempts:
        tries[attempt.owner, attempt.client_key].append(attempt)
    for (_owner, key), rows in tries.items():
        if len(rows) > 1:
            yield Violation("doubled", key, f"{len(rows)} tries to pay under one key")
    stored = {(a.owner, a.idempotency_key): str(orjson.loads(a.answer)) for a in facts.answers}
    told: dict[tuple[str, str, str], list[Asked]] = defaultdict(list)
    for line in facts.journal or ():
        if line.key is not None and line.outcome == OK:
            told[line.operation, line.user_id, line.key].append(line)
    for (operation, user_id, key), lines in told.items():
        answers = {(line.booking_id, line.total) for line in lines}
        if len(answers) > 1:
            yield Violation("wrong", key, f"{operation} was answered {sorted(map(str, answers))}")
        if operation == "hold" and stored.get((user_id, key)) != lines[0].booking_id:
            yield Violation("missing", key, f"the answer {lines[0].booking_id} is not stored")

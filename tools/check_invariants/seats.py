"""Seats: sold once, given back in time, and every table that speaks of them says the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import orjson

from tools.check_invariants.facts import LIVE, Facts, Row, Violation, by, is_sample

LETTERS = {"HELD": "h", "SOLD": "s", "BLOCKED": "b"}


def one_booking_a_seat(facts: Facts) -> Iterator[Violation]:
    """I1: no seat of a showtime is in more than one live booking."""
    live = {booking.id for booking in facts.bookings if booking.state in LIVE}
    standing = (t for t in facts.tickets if t.state != "VOID" and t.booking_id in live)
    for seat, tickets in by(standing, lambda ticket: (ticket.showtime_id, ticket.seat_id)).items():
        owners = {ticket.booking_id for ticket in tickets}
        if len(owners) > 1:
            yield Violation("doubled", "/".join(seat), f"in bookings {', '.join(sorted(owners))}")
    for seat, claims in by(facts.claims, lambda claim: (claim.showtime_id, claim.seat_id)).items():
        if len(claims) > 1:
            yield Violation("doubled", "/".join(seat), f"{len(claims)} claims")


def no_hold_outlives_its_time(facts: Facts) -> Iterator[Violation]:
    """I7: no hold is live later than its time and a round of the sweeper."""
    states = {booking.id: booking.state for booking in facts.bookings}
    for booking in facts.bookings:
        if booking.state == "HELD" and _is_over(booking, facts, "hold"):
            yield Violation("late", booking.id, f"still HELD, its time was {booking.expires_at}")
    for claim in facts.claims:
        patience = "stuck" if states.get(claim.booking_id) == "CONFIRMED" else "hold"
        if claim.state == "HELD" and _is_over(claim, facts, patience):
            seat = f"{claim.showtime_id}/{claim.seat_id}"
            yield Violation("late", seat, f"still claimed, its time was {claim.expires_at}")


def _is_over(row: Row, facts: Facts, patience: str) -> bool:
    return row.expires_at is not None and row.expires_at < facts.now - getattr(facts.limits, patience)


def claims_and_bookings_agree(facts: Facts) -> Iterator[Violation]:
    """I8: each seat of a live booking has its claim, and each claim its live booking, in the state that fits."""
    bookings = {booking.id: booking for booking in facts.bookings}
    tickets = by((t for t in facts.tickets if t.state != "VOID"), lambda ticket: ticket.booking_id)
    claims = by(facts.claims, lambda claim: claim.booking_id)
    for booking in facts.bookings:
        if booking.state not in LIVE:
            continue
        claimed = {claim.seat_id for claim in claims.get(booking.id, ())}
        for ticket in tickets.get(booking.id, ()):
            if ticket.seat_id not in claimed:
                seat = f"{booking.showtime_id}/{ticket.seat_id}"
                yield Violation("missing", seat, f"{booking.state} in {booking.id} without a claim")
        if len(tickets.get(booking.id, ())) != booking.ticket_count:
            yield Violation("wrong", booking.id, f"{booking.ticket_count} tickets are counted, others stand")
    changing = _kept_for_a_change(facts)
    for claim in facts.claims:
        fault = _fault_of_claim(claim, bookings, tickets, changing)
        if fault:
            yield Violation("wrong", f"{claim.showtime_id}/{claim.seat_id}", fault)


def _kept_for_a_change(facts: Facts) -> set[tuple[str, str]]:
    """Seats that a paid booking holds beside its own until the difference is paid."""
    waiting = (a for a in facts.attempts if a.purpose == "SEAT_CHANGE" and a.outcome == "OPEN")
    return {(a.booking_id, seat[0]) for a in waiting for seat in orjson.loads(a.seats or "[]")}


def _fault_of_claim(
    claim: Row, bookings: dict[str, Row], tickets: dict[str, list[Row]], changing: set[tuple[str, str]]
) -> str | None:
    if claim.booking_id is None:
        return None if claim.state == "BLOCKED" else f"{claim.state} for nobody"
    booking = bookings.get(claim.booking_id)
    if booking is None or booking.state not in LIVE:
        return f"claimed by {claim.booking_id}, which is {booking.state if booking else 'unknown'}"
    if (booking.id, claim.seat_id) in changing:
        return None
    if claim.seat_id not in {ticket.seat_id for ticket in tickets.get(booking.id, ())}:
        return f"claimed by {booking.id}, which has no ticket for it"
    fitting = "SOLD" if booking.state == "CONFIRMED" else "HELD"
    return None if claim.state == fitting else f"{claim.state} by {booking.id}, which is {booking.state}"


def every_count_of_seats_agrees(facts: Facts) -> Iterator[Violation]:
    """I15: free, held and sold make the room; the public map and the locks in Redis agree with the claims."""
    claims = by(facts.claims, lambda claim: claim.showtime_id)
    for showtime in facts.showtimes:
        mine = claims.get(showtime.id, [])
        seats = facts.plans.get(showtime.plan_id, frozenset())
        if showtime.seats_taken != len(mine):
            words = f"{showtime.seats_taken} seats are counted as taken, {len(mine)} are claimed"
            yield Violation("wrong", showtime.id, words)
        if showtime.seats_total != len(seats) or any(claim.seat_id not in seats for claim in mine):
            yield Violation("wrong", showtime.id, "claims or count do not fit the seating plan")
    yield from _wrong_locks(facts)
    yield from _wrong_maps(facts, claims)


def _wrong_locks(facts: Facts) -> Iterator[Violation]:
    for claim in facts.claims:
        owner = (facts.locks or {}).get((claim.showtime_id, claim.seat_id))
        if owner is not None and claim.booking_id is not None and owner != claim.booking_id:
            seat = f"{claim.showtime_id}/{claim.seat_id}"
            yield Violation("wrong", seat, f"claimed by {claim.booking_id}, locked for {owner}")


def _wrong_maps(facts: Facts, claims: dict[str, list[Row]]) -> Iterator[Violation]:
    for showtime_id, shown in (facts.seat_maps or {}).items():
        true = {claim.seat_id: LETTERS[claim.state] for claim in claims.get(showtime_id, ())}
        for seat_id, letter in shown.items():
            if letter != true.get(seat_id, "a"):
                words = f"the map shows {letter}, the claims say {true.get(seat_id, 'a')}"
                yield Violation("wrong", f"{showtime_id}/{seat_id}", words)


def one_ticket_a_seat(facts: Facts) -> Iterator[Violation]:
    """I16: each confirmed seat has one signed ticket with a code of its own, which is admitted at most once."""
    for code, count in Counter(ticket.code for ticket in facts.tickets).items():
        if count > 1:
            yield Violation("doubled", code, f"{count} tickets have this code")
    confirmed = {booking.id for booking in facts.bookings if booking.state == "CONFIRMED"}
    standing = [t for t in facts.tickets if t.booking_id in confirmed and t.state != "VOID"]
    for (booking_id, seat_id), tickets in by(standing, lambda t: (t.booking_id, t.seat_id)).items():
        if len(tickets) > 1:
            yield Violation("doubled", f"{booking_id}/{seat_id}", f"{len(tickets)} tickets for the seat")
        if not is_sample(booking_id) and any(ticket.qr_payload is None for ticket in tickets):
            yield Violation("missing", f"{booking_id}/{seat_id}", "the ticket was not signed")
    used = by((t for t in facts.tickets if t.state == "USED"), lambda ticket: ticket.booking_id)
    entries = by((s for s in facts.steps if s.step == "check_in"), lambda step: step.booking_id)
    for booking_id, steps in entries.items():
        admitted = sum({"USED": 1, "UNDONE": -1}.get(step.outcome, 0) for step in steps)
        if admitted > len(used.get(booking_id, ())):
            yield Violation("doubled", booking_id, f"{admitted} admissions, {len(used[booking_id])} tickets")

"""Figures: what dashboards show and what other rooms count equals the bookings themselves."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

from tools.check_invariants.facts import Facts, Row, Violation, is_sample

KEYS: dict[str, Callable[[Row], str]] = {
    "total": lambda _: "",
    "day": lambda booking: str(booking.sold_on),
    "movie": lambda booking: str(booking.movie_id),
    "cinema": lambda booking: str(booking.cinema_id),
    "hour": lambda booking: str(booking.sold_hour),
}


def reports_equal_their_rows(facts: Facts) -> Iterator[Violation]:
    """I18: every line of a sales report, every visit and every loyalty count equals a recount of the bookings."""
    yield from _wrong_reports(facts)
    yield from _wrong_visits(facts)
    yield from _wrong_members(facts)


def _wrong_reports(facts: Facts) -> Iterator[Violation]:
    recount: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for booking in facts.bookings:
        if booking.sold_on is None:
            continue
        kept = booking.state == "CONFIRMED"
        values = (booking.paid, booking.refunded, int(kept), booking.ticket_count if kept else 0)
        for report, key in KEYS.items():
            line = recount[report, booking.currency, key(booking)]
            for index, value in enumerate(values):
                line[index] += value
    shown = {(figure.report, figure.currency, figure.key): figure.values for figure in facts.figures}
    if not shown:
        return
    for name in sorted({*shown, *recount}):
        is_so, due = shown.get(name, (0, 0, 0, 0)), tuple(recount.get(name, (0, 0, 0, 0)))
        if is_so != due:
            yield Violation("wrong", "/".join(name), f"the report says {is_so}, the rows {due}")


def _wrong_visits(facts: Facts) -> Iterator[Violation]:
    visits = {visit.booking_id: visit for visit in facts.visits}
    for booking in facts.bookings:
        if is_sample(booking.id) or booking.confirmed_at is None:
            continue
        visit = visits.get(booking.id)
        if visit is None:
            yield Violation("missing", booking.id, "the catalogue does not know of the visit")
        elif visit.cancelled != (booking.state == "CANCELLED"):
            yield Violation("wrong", booking.id, f"it is {booking.state}, the catalogue says otherwise")


def _wrong_members(facts: Facts) -> Iterator[Violation]:
    paid = Counter(
        booking.user_id
        for booking in facts.bookings
        if not is_sample(booking.id)
        and booking.state == "CONFIRMED"
        and booking.user_id
        and booking.total > 0
    )
    counts = {member.user_id: member.paid_bookings for member in facts.members}
    for user_id, number in paid.items():
        if counts.get(user_id, 0) != number and not is_sample(user_id):
            words = f"{counts.get(user_id, 0)} paid bookings are counted, there are {number}"
            yield Violation("wrong", user_id, words)

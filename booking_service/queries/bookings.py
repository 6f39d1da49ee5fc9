"""Reads of bookings: one's own, and those of the cinemas one works for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, false, func, or_, select
from sqlalchemy.orm import Session

from booking_service.models import Booking, BookingStep, Showtime, Ticket
from booking_service.rules.seats import in_the_room
from chassis.database import sql_now
from chassis.errors import Forbidden
from chassis.folding import fold
from chassis.identity import Caller, Role
from chassis.paging import Page, page_of

MOST_FOUND = 500
REFERENCE_LETTERS = 8


@dataclass(frozen=True)
class BookingFilter:
    """What a list of bookings is narrowed to; None: any."""

    search: str | None = None
    status: str | None = None
    cinema_id: str | None = None
    movie_id: str | None = None
    showtime_id: str | None = None
    user_id: str | None = None
    made_from: datetime | None = None
    made_before: datetime | None = None


def may_see(caller: Caller, booking: Booking) -> bool:
    """Whether the booking is the caller's own, of a cinema they work for, or a sibling asks."""
    own = caller.user_id is not None and booking.user_id == caller.user_id
    return own or caller.is_peer or caller.has_role(Role.STAFF, scope=booking.cinema_id)


def bookings_by_id(session: Session, ids: Iterable[str], caller: Caller) -> dict[str, Booking]:
    """Bookings that the caller may see, by id."""
    rows = session.scalars(select(Booking).where(Booking.id.in_(list(ids))))
    return {booking.id: booking for booking in rows if may_see(caller, booking)}


def booking_by_reference(session: Session, reference: str, caller: Caller) -> Booking | None:
    """The booking of a code that somebody reads out; spaces, hyphen and case do not matter."""
    plain = "".join(letter for letter in reference.upper() if letter.isalnum())
    booking = session.scalar(select(Booking).where(Booking.reference == f"{plain[:4]}-{plain[4:]}"))
    return booking if booking is not None and may_see(caller, booking) else None


def bookings_of_user(
    session: Session,
    user_id: str,
    *,
    when: str | None,
    status: str | None,
    first: int | None,
    after: str | None,
) -> Page[Booking]:
    """A person's bookings by the showtime's start: UPCOMING soonest first, else latest first."""
    query = select(Booking).where(Booking.user_id == user_id)
    if status is not None:
        query = query.where(Booking.state == status)
    if when is not None:
        ended = select(Showtime.ends_at).where(Showtime.id == Booking.showtime_id).scalar_subquery()
        query = query.where(ended > sql_now() if when == "UPCOMING" else ended <= sql_now())
    way = "asc" if when == "UPCOMING" else "desc"
    return page_of(session, query, [(Booking.starts_at, way), (Booking.id, way)], first, after)


def bookings(
    session: Session, wanted: BookingFilter, caller: Caller, first: int | None, after: str | None
) -> Page[Booking]:
    """A page of the bookings of the caller's cinemas, newest first; of a search the newest MOST_FOUND.

    Raises Forbidden for guests.
    """
    query = filtered(replace(wanted, search=None), caller)
    if wanted.search:
        query = select(Booking).where(Booking.id.in_(_found(session, query, wanted.search)))
    return page_of(session, query, [(Booking.created_at, "desc"), (Booking.id, "desc")], first, after)


def _found(session: Session, query: Select[Booking], search: str) -> list[str]:
    """Ids of what a search finds, newest first.

    What stands in an index is looked up first: a code, a whole mail address or number, a seat. Only when there is
    nothing like that, all bookings are read through for the words, in an index that has all it takes.
    """
    ids = (
        query.with_only_columns(Booking.id)
        .order_by(Booking.created_at.desc(), Booking.id.desc())
        .limit(MOST_FOUND)
    )
    for lookup in (*_lookups(search), _in_words(search)):
        found = list(session.scalars(ids.where(lookup)))
        if found:
            return found
    return []


def _lookups(search: str) -> list[Any]:
    """Conditions that an index answers, for what the search may be."""
    plain, text = _letters(search), search.strip()
    seats = select(Ticket.booking_id).where(Ticket.seat_id == plain, Ticket.state != "VOID")
    conditions: list[Any] = []
    if len(plain) == REFERENCE_LETTERS:
        conditions.append(Booking.reference == f"{plain[:4]}-{plain[4:]}")
    if "@" in text:
        conditions.append(Booking.contact_email == text.lower())
    if any(letter.isdigit() for letter in plain):
        conditions += [Booking.contact_phone == text, Booking.id.in_(seats)]
    return conditions


def filtered(wanted: BookingFilter, caller: Caller) -> Select[Booking]:
    """The bookings that the filter asks for, within the caller's cinemas. Raises Forbidden for guests."""
    caller.require_role(Role.STAFF)
    query = select(Booking)
    if not caller.sees_all():
        if wanted.cinema_id is not None and wanted.cinema_id not in caller.scope:
            raise Forbidden
        query = query.where(Booking.cinema_id.in_(sorted(caller.scope)))
    equal: tuple[tuple[Any, str | None], ...] = (
        (Booking.state, wanted.status),
        (Booking.cinema_id, wanted.cinema_id),
        (Booking.movie_id, wanted.movie_id),
        (Booking.showtime_id, wanted.showtime_id),
        (Booking.user_id, wanted.user_id),
    )
    for column, value in equal:
        if value is not None:
            query = query.where(column == value)
    if wanted.made_from is not None:
        query = query.where(Booking.created_at >= wanted.made_from)
    if wanted.made_before is not None:
        query = query.where(Booking.created_at < wanted.made_before)
    return query if not wanted.search else query.where(_matches(wanted.search))


def _matches(search: str) -> Any:
    """Reference, mail, phone, name, or a seat: what a caller on the telephone can say."""
    return or_(_in_words(search), *_lookups(search))


def _in_words(search: str) -> Any:
    text = fold(search)
    return Booking.search_text.contains(text, autoescape=True) if text else false()


def _letters(text: str) -> str:
    return "".join(letter for letter in text.upper() if letter.isalnum())


def tickets_of(session: Session, booking_ids: Sequence[str]) -> Mapping[str, list[Ticket]]:
    """Tickets by booking id, in seat order; replaced ones (VOID in a live booking) are left out."""
    rows = session.execute(
        select(Ticket, Booking.state)
        .join(Booking, Booking.id == Ticket.booking_id)
        .where(Ticket.booking_id.in_(list(booking_ids)))
        .order_by(Ticket.id)
    )
    found: dict[str, list[Ticket]] = defaultdict(list)
    for ticket, state in rows:
        if ticket.state != "VOID" or state in ("CANCELLED", "EXPIRED"):
            found[ticket.booking_id].append(ticket)
    for tickets in found.values():
        tickets.sort(key=lambda ticket: in_the_room(ticket.seat_id))
    return found


def steps_of(session: Session, booking_ids: Sequence[str]) -> Mapping[str, list[BookingStep]]:
    """Timelines by booking id, oldest first."""
    found: dict[str, list[BookingStep]] = defaultdict(list)
    rows = select(BookingStep).where(BookingStep.booking_id.in_(list(booking_ids))).order_by(BookingStep.seq)
    for step in session.scalars(rows):
        found[step.booking_id].append(step)
    return found


def tickets_sold(session: Session, showtime_ids: Sequence[str]) -> dict[str, int]:
    """Tickets of confirmed bookings by showtime id; none for a showtime without any."""
    query = (
        select(Booking.showtime_id, func.sum(Booking.ticket_count))
        .where(Booking.showtime_id.in_(list(showtime_ids)), Booking.state == "CONFIRMED")
        .group_by(Booking.showtime_id)
    )
    return {showtime_id: int(count) for showtime_id, count in session.execute(query)}

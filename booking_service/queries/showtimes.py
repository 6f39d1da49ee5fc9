"""Reads of the programme."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from booking_service.models import MovieCopy, PriceRow, Showtime
from chassis.database import sql_now
from chassis.identity import Caller, Role
from chassis.paging import Page, check_first, page_of


@dataclass(frozen=True)
class ShowtimeFilter:
    """What a list of showtimes is narrowed to; None: any."""

    movie_id: str | None = None
    cinema_id: str | None = None
    auditorium_id: str | None = None
    city: str | None = None
    starts_from: datetime | None = None
    starts_before: datetime | None = None
    format: str | None = None
    status: str | None = None


def visible(query: Select[Any], caller: Caller) -> Select[Any]:
    """Leave out drafts, except those of the cinemas that the caller works for."""
    if caller.sees_all():
        return query
    public = Showtime.state != "DRAFT"
    if caller.has_role(Role.STAFF):
        return query.where(or_(public, Showtime.cinema_id.in_(sorted(caller.scope))))
    return query.where(public)


def showtimes_by_id(session: Session, ids: Iterable[str], caller: Caller) -> dict[str, Showtime]:
    """Showtimes that the caller may see, by id."""
    query = visible(select(Showtime).where(Showtime.id.in_(list(ids))), caller)
    return {showtime.id: showtime for showtime in session.scalars(query)}


def showtimes(
    session: Session, wanted: ShowtimeFilter, caller: Caller, first: int | None, after: str | None
) -> Page[Showtime]:
    """A page of the programme by start."""
    query = _filtered(visible(select(Showtime), caller), wanted)
    return page_of(session, query, [(Showtime.starts_at, "asc"), (Showtime.id, "asc")], first, after)


def showtimes_of_parents(
    session: Session,
    column: InstrumentedAttribute[str],
    parent_ids: Sequence[str],
    wanted: ShowtimeFilter,
    caller: Caller,
    first: int | None,
) -> Mapping[str, list[Showtime]]:
    """At most `first` showtimes of each parent by start; `column` is the parent's id in showtimes.

    Without a lower bound only those that have not ended: a film's page is about what is to come.
    """
    limit = check_first(first, 500)
    query = _filtered(visible(select(Showtime).where(column.in_(parent_ids)), caller), wanted)
    if wanted.starts_from is None:
        query = query.where(Showtime.ends_at > sql_now(), Showtime.state != "CANCELLED")
    rank = (
        func.row_number().over(partition_by=column, order_by=(Showtime.starts_at, Showtime.id)).label("place")
    )
    ranked = query.add_columns(rank).with_only_columns(Showtime.id, rank).subquery()
    rows = session.scalars(
        select(Showtime).join(ranked, ranked.c.id == Showtime.id).where(ranked.c.place <= limit)
        .order_by(Showtime.starts_at, Showtime.id)
    )  # fmt: skip
    found: dict[str, list[Showtime]] = defaultdict(list)
    for showtime in rows:
        found[getattr(showtime, column.key)].append(showtime)
    return found


def prices_of(session: Session, showtime_ids: Iterable[str]) -> Mapping[str, list[PriceRow]]:
    """Prices by showtime id."""
    rows = session.scalars(
        select(PriceRow).where(PriceRow.showtime_id.in_(list(showtime_ids)))
        .order_by(PriceRow.showtime_id, PriceRow.amount.desc(), PriceRow.category, PriceRow.ticket_type)
    )  # fmt: skip
    found: dict[str, list[PriceRow]] = defaultdict(list)
    for row in rows:
        found[row.showtime_id].append(row)
    return found


def programme(
    session: Session,
    *,
    cinema_id: str | None,
    city: str | None,
    starts_from: datetime,
    starts_before: datetime,
    genres: Sequence[str] | None,
    limit: int = 2000,
) -> list[tuple[str, str, list[Showtime]]]:
    """What is on, as (movie id, title, showtimes by start), in title order."""
    wanted = ShowtimeFilter(
        cinema_id=cinema_id, city=city, starts_from=starts_from, starts_before=starts_before
    )
    query = _filtered(select(Showtime).where(Showtime.state == "PUBLISHED"), wanted)
    if genres:
        any_genre = or_(*(MovieCopy.genres.contains(f"|{genre}|", autoescape=True) for genre in genres))
        query = query.join(MovieCopy, MovieCopy.id == Showtime.movie_id).where(any_genre)
    films: dict[str, list[Showtime]] = defaultdict(list)
    for showtime in session.scalars(query.order_by(Showtime.starts_at, Showtime.id).limit(limit)):
        films[showtime.movie_id].append(showtime)
    listed = [(movie_id, shows[0].movie_title, shows) for movie_id, shows in films.items()]
    return sorted(listed, key=lambda film: (film[1].casefold(), film[0]))


def showtime_days(
    session: Session, *, cinema_id: str | None, movie_id: str | None, first_day: date, last_day: date
) -> list[date]:
    """Days of the cinemas' calendars, both bounds included, that have published showtimes."""
    query = select(Showtime.business_day).distinct().where(
        Showtime.business_day.between(first_day, last_day), Showtime.state == "PUBLISHED"
    )  # fmt: skip
    if cinema_id is not None:
        query = query.where(Showtime.cinema_id == cinema_id)
    if movie_id is not None:
        query = query.where(Showtime.movie_id == movie_id)
    return sorted(session.scalars(query))


def _filtered(query: Select[Any], wanted: ShowtimeFilter) -> Select[Any]:
    equal = (
        (Showtime.movie_id, wanted.movie_id),
        (Showtime.cinema_id, wanted.cinema_id),
        (Showtime.auditorium_id, wanted.auditorium_id),
        (Showtime.city, wanted.city),
        (Showtime.format, wanted.format),
    )
    for column, value in equal:
        if value is not None:
            query = query.where(column == value)
    if wanted.starts_from is not None:
        query = query.where(Showtime.starts_at >= wanted.starts_from)
    if wanted.starts_before is not None:
        query = query.where(Showtime.starts_at < wanted.starts_before)
    return query if wanted.status is None else query.where(_has_status(wanted.status))


def _has_status(status: str) -> Any:
    """The SQL twin of rules.schedule.status."""
    published = Showtime.state == "PUBLISHED"
    is_open = and_(published, Showtime.sales_close_at > sql_now())
    begun = or_(Showtime.sales_open_at.is_(None), Showtime.sales_open_at <= sql_now())
    free = Showtime.seats_taken < Showtime.seats_total
    return {
        "DRAFT": Showtime.state == "DRAFT",
        "CANCELLED": Showtime.state == "CANCELLED",
        "CLOSED": and_(published, Showtime.sales_close_at <= sql_now()),
        "SCHEDULED": and_(is_open, Showtime.sales_open_at > sql_now()),
        "ON_SALE": and_(is_open, begun, free),
        "SOLD_OUT": and_(is_open, begun, ~free),
    }[status]

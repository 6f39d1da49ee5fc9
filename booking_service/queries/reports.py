"""Sales figures, computed in SQL over indexed columns.

Revenue is what was kept: paid totals of bookings sold in the period less what went back. Occupancy is tickets
over seats of the showtimes that began in the period.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement

from booking_service.lifecycle import State
from booking_service.models import Booking, CinemaCopy, Showtime
from chassis.errors import Forbidden
from chassis.identity import Caller, Role


@dataclass(frozen=True)
class Scope:
    """What a report is about: days (both included), a currency, and cinemas; None: all."""

    first_day: date
    last_day: date
    currency: str
    cinema_ids: tuple[str, ...] | None
    movie_id: str | None


@dataclass(frozen=True)
class Figures:
    """Sums of a group: minor units, counts, occupancy 0 to 1."""

    key: Any
    name: str
    revenue: int
    refunded: int
    bookings: int
    tickets: int
    occupancy: float


def scope_for(
    caller: Caller,
    *,
    first_day: date,
    last_day: date,
    currency: str,
    cinema_id: str | None,
    movie_id: str | None,
) -> Scope:
    """The report that the caller may see: MANAGER for the own cinemas, ADMIN for all. Raises Forbidden."""
    caller.require_role(Role.MANAGER, scope=cinema_id)
    cinemas: tuple[str, ...] | None = (cinema_id,) if cinema_id else tuple(sorted(caller.scope))
    if cinema_id is None and caller.sees_all():
        cinemas = None
    elif not cinemas:
        raise Forbidden
    return Scope(first_day, last_day, currency, cinemas, movie_id)


def sold(session: Session, scope: Scope) -> Figures:
    """Sales of the whole period in one line; see `occupancy` for how full the rooms were."""
    found = _sales(session, scope, ())
    return _figures(None, "", found[0] if found else None, 0, 0)


def occupancy(session: Session, scope: Scope) -> float:
    """Tickets over seats of the period's showtimes, 0 to 1."""
    offered, taken = _offered(session, scope, ())[0]
    return _share(taken, offered)


def by_day(session: Session, scope: Scope) -> list[Figures]:
    """By day of the sale where the cinema is; occupancy by the day of the showtimes."""
    sold = {row[0]: row for row in _sales(session, scope, (Booking.sold_on,))}
    offered = {row[0]: row for row in _offered(session, scope, (Showtime.business_day,))}
    return [
        _joined(day, str(day), sold.get(day), offered.get(day)) for day in sorted(set(sold) | set(offered))
    ]


def by_movie(session: Session, scope: Scope) -> list[Figures]:
    """By film, most revenue first."""
    sold = {row[0]: row for row in _sales(session, scope, (Booking.movie_id,))}
    offered = {
        row[0]: row for row in _offered(session, scope, (Showtime.movie_id, func.max(Showtime.movie_title)))
    }
    titles = _names(session, Showtime.movie_id, Showtime.movie_title, list(sold.keys() - offered.keys()))
    figures = [
        _joined(
            key, offered[key][1] if key in offered else titles.get(key, ""), sold.get(key), offered.get(key)
        )
        for key in set(sold) | set(offered)
    ]
    return sorted(figures, key=lambda line: (-line.revenue, line.name, line.key))


def by_cinema(session: Session, scope: Scope) -> list[Figures]:
    """By cinema, most revenue first."""
    sold = {row[0]: row for row in _sales(session, scope, (Booking.cinema_id,))}
    offered = {
        row[0]: row for row in _offered(session, scope, (Showtime.cinema_id, func.max(Showtime.cinema_name)))
    }
    names = _names(session, Showtime.cinema_id, Showtime.cinema_name, list(sold.keys() - offered.keys()))
    figures = [
        _joined(
            key, offered[key][1] if key in offered else names.get(key, ""), sold.get(key), offered.get(key)
        )
        for key in set(sold) | set(offered)
    ]
    return sorted(figures, key=lambda line: (-line.revenue, line.name, line.key))


def by_hour(session: Session, scope: Scope) -> list[Figures]:
    """By hour of the sale where the cinema is."""
    return [
        _figures(row[0], str(row[0]), row, 0, 0)
        for row in sorted(_sales(session, scope, (Booking.sold_hour,)))
    ]


def occupancy_by_hour(session: Session, scope: Scope) -> list[tuple[str, str, int, int, float]]:
    """(auditorium id, name, weekday, hour, occupancy) of the showtimes in the period."""
    groups = (
        Showtime.auditorium_id,
        func.max(Showtime.auditorium_name),
        Showtime.local_weekday,
        Showtime.local_hour,
    )
    return [
        (row[0], row[1], row[2], row[3], _share(row[-1], row[-2]))
        for row in sorted(_offered(session, scope, groups), key=lambda row: (row[1], row[0], row[2], row[3]))
    ]


def currencies(session: Session, cinema_ids: tuple[str, ...] | None) -> list[str]:
    """Currencies of the cinemas' prices (None: of all), in alphabetical order."""
    query = select(CinemaCopy.currency).distinct()
    if cinema_ids is not None:
        query = query.where(CinemaCopy.id.in_(cinema_ids))
    return sorted(session.scalars(query))


def _sales(session: Session, scope: Scope, groups: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Rows of group columns, then revenue, refunded, bookings, tickets."""
    kept = case((Booking.state == State.CONFIRMED.value, 1), else_=0)
    query = select(
        *groups,
        func.coalesce(func.sum(Booking.paid), 0),
        func.coalesce(func.sum(Booking.refunded), 0),
        func.coalesce(func.sum(kept), 0),
        func.coalesce(func.sum(kept * Booking.ticket_count), 0),
    ).where(Booking.sold_on.between(scope.first_day, scope.last_day), Booking.currency == scope.currency)
    if scope.cinema_ids is not None:
        query = query.where(Booking.cinema_id.in_(scope.cinema_ids))
    if scope.movie_id is not None:
        query = query.where(Booking.movie_id == scope.movie_id)
    return [tuple(row) for row in session.execute(query.group_by(*groups) if groups else query)]


def _offered(session: Session, scope: Scope, groups: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Rows of group columns, then seats offered and seats sold."""
    confirmed = (
        select(Booking.showtime_id, func.sum(Booking.ticket_count).label("tickets"))
        .where(Booking.state == State.CONFIRMED.value)
        .group_by(Booking.showtime_id)
    )
    # Only the period's showtimes: the rest of the table stays unread.
    sold = confirmed.where(Booking.showtime_id.in_(_in_period(select(Showtime.id), scope))).subquery()
    query = _in_period(
        select(
            *groups,
            func.coalesce(func.sum(Showtime.seats_total), 0),
            func.coalesce(func.sum(sold.c.tickets), 0),
        ),
        scope,
    ).outerjoin(sold, sold.c.showtime_id == Showtime.id)
    plain = [group for group in groups if not isinstance(group, FunctionElement)]
    return [tuple(row) for row in session.execute(query.group_by(*plain) if plain else query)]


def _in_period(query: Any, scope: Scope) -> Any:
    query = query.where(
        Showtime.business_day.between(scope.first_day, scope.last_day),
        Showtime.currency == scope.currency,
        Showtime.state == "PUBLISHED",
    )
    if scope.cinema_ids is not None:
        query = query.where(Showtime.cinema_id.in_(scope.cinema_ids))
    if scope.movie_id is not None:
        query = query.where(Showtime.movie_id == scope.movie_id)
    return query


def _names(session: Session, key: Any, name: Any, keys: Sequence[str]) -> dict[str, str]:
    return {
        row[0]: row[1]
        for row in session.execute(select(key, func.max(name)).where(key.in_(keys)).group_by(key))
    }


def _joined(key: Any, name: str, sold: tuple[Any, ...] | None, offered: tuple[Any, ...] | None) -> Figures:
    seats, taken = (offered[-2], offered[-1]) if offered is not None else (0, 0)
    return _figures(key, name, sold, seats, taken)


def _figures(key: Any, name: str, sold: tuple[Any, ...] | None, offered: int, taken: int) -> Figures:
    revenue, refunded, bookings, tickets = (
        int(value) for value in (sold[-4:] if sold is not None else (0, 0, 0, 0))
    )
    return Figures(key, name, revenue, refunded, bookings, tickets, _share(taken, offered))


def _share(part: int, whole: int) -> float:
    return round(float(part) / float(whole), 4) if whole else 0.0

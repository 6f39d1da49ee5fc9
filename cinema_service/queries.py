"""Reads: by ids for batches, pages for lists. No writes, no rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from chassis.database import utc_now
from chassis.errors import Invalid
from chassis.finding import holds_words
from chassis.paging import Page, page_of, page_of_list
from cinema_service.geography import HALF_ROUND_KM, Point, box_around, distance_km
from cinema_service.models import Auditorium, Cinema, PlannedShowtime
from cinema_service.rules import city_key_of, name_key_of
from cinema_service.seating import Seat, SeatRow, expand


@dataclass(frozen=True)
class Near:
    """A circle on the map."""

    point: Point
    radius_km: float


@dataclass(frozen=True)
class FoundCinema:
    """A cinema, and how far it lies from the point asked for (None when none was)."""

    cinema: Cinema
    distance_km: float | None = None


def cinemas_page(
    session: Session,
    *,
    search: str | None,
    city: str | None,
    near: Near | None,
    first: int | None,
    after: str | None,
) -> Page[FoundCinema]:
    """Cinemas by name, or nearest first when `near` is given. Raises Invalid for a bad page or circle."""
    query = _matching(search, city)
    if near is None:
        page = page_of(session, query, [(Cinema.name_key, "asc"), (Cinema.id, "asc")], first, after)
        return Page([FoundCinema(cinema) for cinema in page.nodes], page.page_info, page.total_count)
    _check_circle(near)
    spots = session.execute(
        query.with_only_columns(Cinema.id, Cinema.latitude, Cinema.longitude).where(_inside_box(near))
    )
    measured = (
        (distance_km(near.point, Point(spot.latitude, spot.longitude)), str(spot.id)) for spot in spots
    )
    nearest = page_of_list(sorted(spot for spot in measured if spot[0] <= near.radius_km), first, after)
    cinemas = cinemas_by_ids(session, [cinema_id for _, cinema_id in nearest.nodes])
    found = [FoundCinema(cinemas[cinema_id], round(away, 3)) for away, cinema_id in nearest.nodes]
    return Page(found, nearest.page_info, nearest.total_count)


def cinemas_by_ids(session: Session, ids: Iterable[str]) -> dict[str, Cinema]:
    """Cinemas by id; unknown ids are left out."""
    rows = session.scalars(select(Cinema).where(Cinema.id.in_(set(ids))))
    return {cinema.id: cinema for cinema in rows}


def auditoriums_by_ids(session: Session, ids: Iterable[str]) -> dict[str, Auditorium]:
    """Auditoriums by id; unknown ids are left out."""
    rows = session.scalars(select(Auditorium).where(Auditorium.id.in_(set(ids))))
    return {auditorium.id: auditorium for auditorium in rows}


def auditoriums_of(session: Session, cinema_ids: Iterable[str]) -> dict[str, list[Auditorium]]:
    """Auditoriums of each cinema, by name."""
    wanted = set(cinema_ids)
    rows = session.scalars(
        select(Auditorium)
        .where(Auditorium.cinema_id.in_(wanted))
        .order_by(Auditorium.name_key, Auditorium.id)
    )
    found: dict[str, list[Auditorium]] = {cinema_id: [] for cinema_id in wanted}
    for auditorium in rows:
        found[auditorium.cinema_id].append(auditorium)
    return found


def capacities_of(session: Session, cinema_ids: Iterable[str]) -> dict[str, int]:
    """Seats of all auditoriums of each cinema; a cinema without any is left out."""
    rows = session.execute(
        select(Auditorium.cinema_id, func.sum(Auditorium.capacity))
        .where(Auditorium.cinema_id.in_(set(cinema_ids)))
        .group_by(Auditorium.cinema_id)
    )
    return {cinema_id: int(seats) for cinema_id, seats in rows}


def cities(session: Session) -> list[str]:
    """Cities that have a cinema, in alphabetical order; spelt as the first cinema spells it."""
    rows = session.execute(select(func.min(Cinema.city)).group_by(Cinema.city_key).order_by(Cinema.city_key))
    return [name for (name,) in rows]


def seats_of(auditorium: Auditorium) -> tuple[Seat, ...]:
    """The seats of the present plan, front to back and left to right."""
    return _seats(orjson.dumps(auditorium.plan))


def rows_of(auditorium: Auditorium) -> list[SeatRow]:
    """The plan as it was written."""
    return [SeatRow.from_json(line) for line in auditorium.plan]


def has_name(session: Session, cinema_id: str, name: str, *, but: str | None = None) -> bool:
    """Whether another auditorium of the cinema is called `name`."""
    query = select(Auditorium.id).where(
        Auditorium.cinema_id == cinema_id, Auditorium.name_key == name_key_of(name)
    )
    return any(found != but for found in session.scalars(query))


def has_future_showtimes(
    session: Session, *, cinema_id: str | None = None, auditorium_id: str | None = None
) -> bool:
    """Whether a showtime that is not over, and not cancelled, is planned there."""
    place: ColumnElement[bool] = (
        PlannedShowtime.cinema_id == cinema_id
        if auditorium_id is None
        else PlannedShowtime.auditorium_id == auditorium_id
    )
    query = select(PlannedShowtime.showtime_id).where(
        place, PlannedShowtime.cancelled.is_(False), PlannedShowtime.ends_at > utc_now(session)
    )
    return session.execute(query.limit(1)).first() is not None


def planned_showtime(session: Session, showtime_id: str) -> PlannedShowtime | None:
    """What is known of a showtime."""
    return session.get(PlannedShowtime, showtime_id)


def told_before(known: PlannedShowtime | None, at: datetime) -> bool:
    """Whether something later than `at` is already known."""
    return known is not None and known.told_at > at


def _matching(search: str | None, city: str | None) -> Select[Cinema]:
    query = select(Cinema).where(holds_words(Cinema.search_text, search))
    return query.where(Cinema.city_key == city_key_of(city)) if city else query


def _check_circle(near: Near) -> None:
    if not near.point.is_on_earth:
        raise Invalid("Latitude is -90 to 90 and longitude -180 to 180 degrees.")
    if not 0 < near.radius_km <= HALF_ROUND_KM + 1:
        raise Invalid("radiusKm must be above 0 and at most half way round the earth.")


def _inside_box(near: Near) -> ColumnElement[bool]:
    box = box_around(near.point, near.radius_km)
    west, east = Cinema.longitude >= box.west, Cinema.longitude <= box.east
    across = and_(west, east) if box.west <= box.east else or_(west, east)
    return and_(Cinema.latitude.between(box.south, box.north), across)


@lru_cache(maxsize=256)
def _seats(plan: bytes) -> tuple[Seat, ...]:
    lines: list[dict[str, Any]] = orjson.loads(plan)
    return expand([SeatRow.from_json(line) for line in lines])

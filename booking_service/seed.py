"""Sample data: a programme that rolls on, and sixty days of sales behind it. Idempotent.

Everything follows from the auditorium and the day, so a second run adds only the days that are missing. Films,
places and their ids come from contracts/seed; the payments of the sales are written to SEED_SALES_FILE, which
payment_service reads.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from booking_service.events import showtime_scheduled
from booking_service.lifecycle import State
from booking_service.models import (
    AuditoriumCopy,
    Booking,
    CinemaCopy,
    Claim,
    MovieCopy,
    Plan,
    PriceRow,
    Showtime,
    Ticket,
    UserCopy,
)
from booking_service.queries.seat_maps import write_plan
from booking_service.rules.schedule import local_times, slot_of
from booking_service.rules.seats import Seat
from booking_service.seed_sales import DEMO_EMAIL, DEMO_GUEST, Sale, sales_of
from booking_service.settings import BookingSettings
from chassis.database import utc_now
from chassis.ids import fixed_id
from chassis.money import minor_digits
from chassis.outbox import publish
from chassis.runtime import Runtime

DAYS_AHEAD = 14
# Of the past a few showtimes a day will do: it is there so that no report is empty.
PAST_SHOWTIMES_A_DAY = 3
PORTION = 4000
_FOLDER = Path(__file__).parents[1] / "contracts" / "seed"
FIRST_START, LAST_START = time(13, 30), time(22, 15)
# An adult's standard seat, in whole units of the currency.
BASE_PRICE = {"EUR": 12, "GBP": 11, "USD": 15, "JPY": 1900, "CHF": 19, "SEK": 145}
CATEGORY_PERCENT = {
    "STANDARD": 100,
    "PREMIUM": 125,
    "RECLINER": 150,
    "LOVESEAT": 130,
    "ACCESSIBLE": 80,
    "COMPANION": 0,
}
TYPE_PERCENT = {"ADULT": 100, "STUDENT": 80, "SENIOR": 80, "CHILD": 65}


@dataclass(frozen=True)
class Room:
    """An auditorium of the sample data with its cinema."""

    id: str
    name: str
    formats: tuple[str, ...]
    cinema: dict[str, Any]
    plan_id: str
    seats: tuple[Seat, ...]

    @property
    def zone(self) -> ZoneInfo:
        """The cinema's time zone."""
        return ZoneInfo(self.cinema["timeZone"])


def run(runtime: Runtime[BookingSettings]) -> None:
    """Add what is missing between SEED_DAYS_BEHIND and a fortnight ahead. Nothing in production."""
    if runtime.settings.is_production:
        return
    runtime.database.transact(_copies)
    now = runtime.database.read(utc_now)
    known = runtime.database.read(_known_days)
    sales_file = runtime.settings.seed_sales_file
    behind = runtime.settings.seed_days_behind
    for room in rooms():
        today = local_times(now, room.cinema["timeZone"]).business_day
        span = (today + timedelta(days=number) for number in range(-behind, DAYS_AHEAD))
        missing = [day for day in span if (room.id, day) not in known]
        if missing:
            shows = [
                show
                for day in missing
                for show in programme(runtime.settings, room, day)[
                    : None if day >= today else PAST_SHOWTIMES_A_DAY
                ]
            ]
            sales = [
                sale
                for show in shows
                for sale in sales_of(runtime.settings, room.seats, show, price_table(room), now)
            ]
            runtime.database.transact(partial(_write, room=room, shows=shows, sales=sales, now=now))
            if sales_file is not None:
                _append(sales_file, sales)


@cache
def rooms() -> tuple[Room, ...]:
    """The auditoriums of contracts/seed/places.json."""
    places = orjson.loads((_FOLDER / "places.json").read_bytes())
    cinemas = {cinema["id"]: cinema for cinema in places["cinemas"]}
    fields = places["seatFields"]
    return tuple(
        Room(
            room["id"], room["name"], tuple(room["formats"]), cinemas[room["cinemaId"]],
            f"{room['id']}:{room['layoutVersion']}",
            tuple(Seat(**dict(zip(fields, seat, strict=True))) for seat in room["seats"]),
        )
        for room in places["auditoriums"]
    )  # fmt: skip


@cache
def films() -> tuple[dict[str, Any], ...]:
    """The films of contracts/seed/films.json that are in the programme."""
    listed = orjson.loads((_FOLDER / "films.json").read_bytes())
    return tuple(film for film in listed if film["status"] == "NOW_SHOWING")


def price_table(room: Room) -> dict[tuple[str, str], int]:
    """Prices of the room in minor units, rounded to half a unit (whole ones where there is no smaller coin)."""
    currency = room.cinema["currency"]
    unit = 10 ** minor_digits(currency)
    step = unit // 2 if unit > 1 else 50
    base = BASE_PRICE[currency] * unit
    return {
        (category, kind): round(base * CATEGORY_PERCENT[category] * share / 10_000 / step) * step
        for category in sorted({seat.category for seat in room.seats})
        for kind, share in TYPE_PERCENT.items()
    }


def programme(settings: BookingSettings, room: Room, day: date) -> list[dict[str, Any]]:
    """The room's showtimes of one day, as rows; the same for the same day, whenever it is asked."""
    dice = random.Random(f"{room.id}:{day}")
    chosen = films()
    weights = [film["weight"] for film in chosen]
    shows = []
    starts = datetime.combine(day, FIRST_START, room.zone) + timedelta(minutes=15 * dice.randrange(5))
    while starts <= datetime.combine(day, LAST_START, room.zone):
        film = dice.choices(chosen, weights)[0]
        slot = slot_of(
            starts.astimezone(UTC),
            duration_minutes=film["minutes"],
            pre_show_minutes=settings.pre_show_minutes,
        )
        shows.append(_row(settings, room, film, slot.starts_at, slot.ends_at, dice))
        free_from = slot.ends_at + timedelta(minutes=settings.turnaround_minutes + 5 * dice.randrange(4))
        starts = _on_the_quarter(free_from.astimezone(room.zone))
    return shows


def _on_the_quarter(at: datetime) -> datetime:
    over = timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)
    return at if not over else at - over + timedelta(minutes=15)


def _row(
    settings: BookingSettings,
    room: Room,
    film: dict[str, Any],
    starts_at: datetime,
    ends_at: datetime,
    dice: random.Random,
) -> dict[str, Any]:
    local = local_times(starts_at, room.cinema["timeZone"])
    return {
        "id": fixed_id("showtime", f"{room.id}:{starts_at.isoformat()}"),
        "movie_id": film["id"],
        "movie_title": film["title"],
        "cinema_id": room.cinema["id"],
        "cinema_name": room.cinema["name"],
        "city": room.cinema["city"],
        "auditorium_id": room.id,
        "auditorium_name": room.name,
        "time_zone": room.cinema["timeZone"],
        "currency": room.cinema["currency"],
        "plan_id": room.plan_id,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "business_day": local.business_day,
        "local_weekday": local.weekday,
        "local_hour": local.hour,
        "sales_close_at": starts_at - timedelta(minutes=settings.sales_close_minutes),
        "format": dice.choice(room.formats) if room.formats else "2D",
        "audio_language": film.get("language", "zxx"),
        "state": "PUBLISHED",
        "seats_total": len(room.seats),
        "seats_taken": 0,
        "seats_blocked": 0,
        "seat_map_version": 0,
        "checked_in": 0,
        "weight": film["weight"],
    }


def _copies(session: Session) -> None:
    """Cinemas, auditoriums, films and plans as their owners have them."""
    for room in rooms():
        cinema = room.cinema
        if session.get(CinemaCopy, cinema["id"]) is None:
            session.add(
                CinemaCopy(
                    id=cinema["id"], name=cinema["name"], city=cinema["city"], time_zone=cinema["timeZone"],
                    currency=cinema["currency"],
                )
            )  # fmt: skip
        if session.get(AuditoriumCopy, room.id) is None:
            session.add(AuditoriumCopy(id=room.id, cinema_id=cinema["id"], name=room.name, changes=0))
        if session.get(Plan, room.plan_id) is None:
            session.add(Plan(id=room.plan_id, seats=write_plan(room.seats), seats_total=len(room.seats)))
        session.flush()
    for film in films():
        if session.get(MovieCopy, film["id"]) is None:
            genres = f"|{'|'.join(film['genres'])}|"
            session.add(
                MovieCopy(id=film["id"], title=film["title"], duration_minutes=film["minutes"], genres=genres)
            )
    _demo_guest(session)


def _demo_guest(session: Session) -> None:
    if session.get(UserCopy, DEMO_GUEST) is None:
        session.add(UserCopy(id=DEMO_GUEST, email=DEMO_EMAIL, phone=None, name="Gus Guest"))


def _known_days(session: Session) -> set[tuple[str, date]]:
    query = select(Showtime.auditorium_id, Showtime.business_day).distinct()
    return {(row[0], row[1]) for row in session.execute(query)}


def _write(
    session: Session, room: Room, shows: Sequence[dict[str, Any]], sales: Sequence[Sale], now: datetime
) -> None:
    """Everything of one room in bulk; showtimes to come are told to the siblings."""
    sold: dict[str, int] = {}
    used: dict[str, int] = {}
    for sale in sales:
        showtime_id = sale.booking["showtime_id"]
        if sale.booking["state"] == State.CONFIRMED.value:
            sold[showtime_id] = sold.get(showtime_id, 0) + len(sale.tickets)
        used[showtime_id] = used.get(showtime_id, 0) + sum(
            ticket["state"] == "USED" for ticket in sale.tickets
        )
    rows = [
        {
            **{name: value for name, value in show.items() if name != "weight"},
            "seats_taken": sold.get(show["id"], 0),
            "seat_map_version": sold.get(show["id"], 0),
            "checked_in": used.get(show["id"], 0),
        }
        for show in shows
    ]
    table = price_table(room)
    prices = [
        {"showtime_id": show["id"], "category": category, "ticket_type": kind, "amount": amount}
        for show in shows
        for (category, kind), amount in table.items()
    ]
    _bulk(session, Showtime, rows)
    _bulk(session, PriceRow, prices)
    _bulk(session, Booking, [sale.booking for sale in sales])
    _bulk(session, Ticket, [ticket for sale in sales for ticket in sale.tickets])
    _bulk(session, Claim, [claim for sale in sales for claim in sale.claims])
    for show in rows:
        if show["starts_at"] > now:
            publish(session, showtime_scheduled(Showtime(**show), "SCHEDULED"))


def _bulk(session: Session, table: Any, rows: Sequence[dict[str, Any]]) -> None:
    for start in range(0, len(rows), PORTION):
        session.execute(insert(table.__table__), list(rows[start : start + PORTION]))


def _append(path: Path, sales: Sequence[Sale]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        for line in _payment_lines(sales):
            file.write(line + b"\n")


def _payment_lines(sales: Sequence[Sale]) -> Iterator[bytes]:
    for sale in sales:
        if sale.payment is not None:
            yield orjson.dumps(sale.payment)

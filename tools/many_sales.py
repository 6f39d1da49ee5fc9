"""Very many made-up sales for measuring: `python -m tools.many_sales --database URL --bookings 200000`.

Fills an empty booking database in bulk, past all commands: no events, no claims, nothing to sell by. The same numbers
give the same sales. Real programmes have a few big cinemas, evenings that sell better than mornings, and most bookings
of the last weeks; so has this one.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from booking_service.models import Base, Booking, CinemaCopy, Plan, Showtime, Ticket
from booking_service.queries.seat_maps import write_plan
from booking_service.rules.schedule import local_times
from booking_service.rules.seats import Seat
from chassis import migrations
from chassis.database import Database
from chassis.folding import fold
from chassis.ids import fixed_id

ZONE = "Europe/Berlin"
ROOMS_OF_A_CINEMA, SHOWS_A_DAY, SEATS = 8, 5, 160
FILMS = 24
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
PORTION = 2000


@dataclass(frozen=True)
class Made:
    """What was filled in, and what to search for."""

    cinemas: tuple[str, ...]
    bookings: int
    tickets: int
    showtimes: int
    last_day: date
    reference: str
    email: str
    phone: str


def fill(
    database: Database, *, bookings: int, cinemas: int = 4, days: int = 90, now: datetime | None = None
) -> Made:
    """Fill an empty database, made ready before, with so many bookings of the last `days`."""
    now = now or datetime.now(UTC).replace(microsecond=0)
    dice = random.Random(2026)  # noqa: S311  # made-up sales, no secret
    places = [fixed_id("cinema", f"many {number}") for number in range(cinemas)]
    plan = [
        Seat(f"{chr(65 + row)}{n}", chr(65 + row), n, "STANDARD", float(n), float(row))
        for row in range(10)
        for n in range(1, 17)
    ]
    _store(database, CinemaCopy, (
        {"id": place, "name": f"House {number}", "city": "Berlin", "time_zone": ZONE, "currency": "EUR"}
        for number, place in enumerate(places)
    ))  # fmt: skip
    _store(database, Plan, [{"id": "many:1", "seats": write_plan(plan), "seats_total": SEATS}])
    shows = list(_showtimes(places, days, now))
    _store(database, Showtime, shows)
    made = list(_bookings(dice, shows, bookings, now))
    _store(database, Booking, made)
    tickets = sum(row["ticket_count"] for row in made)
    _store(database, Ticket, _tickets(dice, made))
    _tell_statistics(database)
    asked = made[len(made) // 2]
    known = (asked["reference"], asked["contact_email"], asked["contact_phone"])
    return Made(tuple(places), len(made), tickets, len(shows), now.date(), *known)


def _showtimes(places: list[str], days: int, now: datetime) -> Iterator[dict[str, Any]]:
    first = now.replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=days - 1)
    for number, place in enumerate(places):
        for day in range(days + 3):
            for room in range(ROOMS_OF_A_CINEMA):
                for show in range(SHOWS_A_DAY):
                    starts_at = first + timedelta(days=day, hours=2.75 * show, minutes=5 * room)
                    yield _showtime(number, place, room, (room + show + day // 7) % FILMS, starts_at)


def _showtime(number: int, place: str, room: int, film: int, starts_at: datetime) -> dict[str, Any]:
    local = local_times(starts_at, ZONE)
    return {
        "id": fixed_id("showtime", f"{place} {room} {starts_at}"), "movie_id": fixed_id("movie", f"many {film}"),
        "movie_title": f"Film {film}", "cinema_id": place, "cinema_name": f"House {number}", "city": "Berlin",
        "auditorium_id": fixed_id("auditorium", f"{place} {room}"), "auditorium_name": f"Screen {room + 1}",
        "time_zone": ZONE, "currency": "EUR", "plan_id": "many:1", "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=2), "business_day": local.business_day, "local_weekday": local.weekday,
        "local_hour": local.hour, "sales_close_at": starts_at, "format": "2D", "audio_language": "en",
        "state": "PUBLISHED", "seats_total": SEATS, "seats_taken": 0, "seats_blocked": 0, "seat_map_version": 0,
        "checked_in": 0,
    }  # fmt: skip


def _bookings(
    dice: random.Random, shows: list[dict[str, Any]], count: int, now: datetime
) -> Iterator[dict[str, Any]]:
    weights = [(1 + show["local_hour"] / 6) * (2 if show["local_weekday"] > 4 else 1) for show in shows]
    for number, show in enumerate(dice.choices(shows, weights, k=count)):
        bought = min(show["starts_at"], now) - timedelta(minutes=dice.expovariate(1 / 500))
        yield _booking(dice, number, show, bought)


def _booking(dice: random.Random, number: int, show: dict[str, Any], bought: datetime) -> dict[str, Any]:
    digits, code = number, ""
    for _ in range(8):
        digits, place = divmod(digits, len(LETTERS))
        code = LETTERS[place] + code
    reference = f"{code[:4]}-{code[4:]}"
    party = dice.choices((1, 2, 3, 4, 5), (18, 52, 14, 12, 4))[0]
    total = 1250 * party
    cancelled = number % 33 == 0
    local = local_times(bought + timedelta(hours=5), ZONE)  # calendar day, not the cinema's
    guest = number % 30_000
    email, phone = f"guest.{guest}@example.org", f"+49 30 {guest:08d}"
    return {
        "id": fixed_id("booking", f"many {number}"), "reference": reference, "user_id": fixed_id("user", email),
        "showtime_id": show["id"], "cinema_id": show["cinema_id"], "movie_id": show["movie_id"],
        "starts_at": show["starts_at"], "state": "CANCELLED" if cancelled else "CONFIRMED", "version": 3,
        "extensions_left": 10, "channel": "WEB", "currency": "EUR", "subtotal": total, "discount": 0, "fee": 0,
        "total": total, "paid": 0 if cancelled else total, "refunded": total if cancelled else 0, "attempts": 1,
        "contact_email": email, "contact_phone": phone, "search_text": fold(f"{code} {reference} {email} {phone} Guest"),
        "sold_on": local.business_day, "sold_hour": dice.choices(range(24), [1] * 8 + [3] * 8 + [8] * 8)[0],
        "ticket_count": party, "created_at": bought - timedelta(minutes=2), "confirmed_at": bought,
        "cancelled_at": bought if cancelled else None,
    }  # fmt: skip


def _tickets(dice: random.Random, bookings: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for booking in bookings:
        row, first = dice.randrange(10), dice.randrange(1, 12)
        for place in range(booking["ticket_count"]):
            name = f"{booking['id']} {place}"
            yield {
                "id": fixed_id("ticket", name), "code": fixed_id("code", name)[:16].upper(), "booking_id": booking["id"],
                "showtime_id": booking["showtime_id"], "seat_id": f"{chr(65 + row)}{first + place}", "category": "STANDARD",
                "ticket_type": "ADULT", "price": 1250, "state": "VOID" if booking["state"] == "CANCELLED" else "VALID",
            }  # fmt: skip


def _store(database: Database, kind: type[Base], rows: Iterable[dict[str, Any]]) -> None:
    """Insert in portions, each one statement of many rows in a transaction of its own."""
    waiting = iter(rows)
    while portion := list(islice(waiting, PORTION)):
        database.transact(partial(_insert, kind, portion))


def _insert(kind: type[Base], rows: list[dict[str, Any]], session: Session) -> None:
    session.execute(insert(kind), rows)


def _tell_statistics(database: Database) -> None:
    """Let the engine count what it has: a fresh bulk load is what its planner knows least about."""
    names = ("bookings", "tickets", "showtimes")
    with database.engine.connect() as connection:
        for name in names:
            connection.exec_driver_sql(f"ANALYZE {name}" if database.is_sqlite else f"ANALYZE TABLE {name}")
        connection.commit()


def main() -> None:
    """Fill the database that the command line names; it is made if it is not there."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.many_sales", description="Fill a booking database."
    )
    parser.add_argument("--database", required=True, metavar="URL")
    parser.add_argument("--bookings", type=int, default=200_000)
    choice = parser.parse_args()
    database = Database(choice.database, synchronous="OFF")
    migrations.upgrade(database, "booking_service")
    begun = time.perf_counter()
    made = fill(database, bookings=choice.bookings)
    took = time.perf_counter() - begun
    print(f"{made.bookings} bookings, {made.tickets} tickets, {made.showtimes} showtimes in {took:.0f} s")
    database.close()


if __name__ == "__main__":
    main()

"""Sample data: seven cinemas in real cities, eighteen auditoriums. Idempotent; ids follow from the names.

`python -m cinema_service.seed` prints contracts/seed/places.json: what other rooms' sample data needs to know.
"""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.database import utc_now
from chassis.ids import fixed_id
from chassis.runtime import Runtime
from cinema_service.commands.auditoriums import tell_auditorium
from cinema_service.commands.cinemas import tell_cinema
from cinema_service.models import Auditorium, Cinema
from cinema_service.rules import city_key_of, name_key_of, search_text_of
from cinema_service.seating import SeatRow, capacity, expand
from cinema_service.settings import CinemaSettings

_FILE = Path(__file__).with_name("seed_places.json")


def run(runtime: Runtime[CinemaSettings]) -> None:
    """Add the sample cinemas that are missing; those that exist are left as people changed them."""
    runtime.database.transact(_add_missing)


@cache
def places() -> list[dict[str, Any]]:
    """The cinemas of seed_places.json with `id`, their auditoriums with `id`."""
    cinemas: list[dict[str, Any]] = json.loads(_FILE.read_text("utf-8"))
    for cinema in cinemas:
        cinema["id"] = fixed_id("cinema", cinema["slug"])
        for auditorium in cinema["auditoriums"]:
            auditorium["id"] = fixed_id("auditorium", f"{cinema['slug']}/{auditorium['name']}")
    return cinemas


def shared() -> dict[str, Any]:
    """What other rooms' sample data may know: cinemas, and auditoriums with all seats."""
    return {
        "cinemas": [
            {key: cinema[key] for key in ("id", "name", "city", "countryCode", "timeZone", "currency")}
            for cinema in places()
        ],
        "seatFields": ["id", "row", "number", "category", "x", "y"],
        "auditoriums": [
            _shared_auditorium(cinema["id"], auditorium)
            for cinema in places()
            for auditorium in cinema["auditoriums"]
        ],
    }


def _shared_auditorium(cinema_id: str, auditorium: dict[str, Any]) -> dict[str, Any]:
    rows = _rows(auditorium)
    return {
        "id": auditorium["id"],
        "cinemaId": cinema_id,
        "name": auditorium["name"],
        "formats": auditorium["formats"],
        "layoutVersion": 1,
        "capacity": capacity(rows),
        "rows": auditorium["rows"],
        "seats": [[seat.id, seat.row, seat.number, seat.category, seat.x, seat.y] for seat in expand(rows)],
    }


def _rows(auditorium: dict[str, Any]) -> list[SeatRow]:
    return [SeatRow(line["row"], line["places"]) for line in auditorium["rows"]]


def _add_missing(session: Session) -> None:
    known = set(session.scalars(select(Cinema.id)))
    for place in places():
        if place["id"] not in known:
            _add(session, place)


def _add(session: Session, place: dict[str, Any]) -> None:
    cinema = Cinema(
        id=place["id"],
        name=place["name"],
        address=place["address"],
        city=place["city"],
        country_code=place["countryCode"],
        time_zone=place["timeZone"],
        currency=place["currency"],
        latitude=place["latitude"],
        longitude=place["longitude"],
        phone=place["phone"],
        facilities=place["facilities"],
        name_key=name_key_of(place["name"]),
        city_key=city_key_of(place["city"]),
        search_text=search_text_of(place["name"], place["city"], place["address"]),
        changed_at=utc_now(session),
    )
    session.add(cinema)
    session.flush()
    tell_cinema(session, cinema)
    for room in place["auditoriums"]:
        rows = _rows(room)
        auditorium = Auditorium(
            id=room["id"],
            cinema_id=cinema.id,
            name=room["name"],
            name_key=name_key_of(room["name"]),
            formats=room["formats"],
            plan=[row.as_json() for row in rows],
            capacity=capacity(rows),
            layout_version=1,
        )
        session.add(auditorium)
        tell_auditorium(session, auditorium)


if __name__ == "__main__":
    json.dump(shared(), sys.stdout, ensure_ascii=False, separators=(",", ":"))
    sys.stdout.write("\n")

"""Cinemas and auditoriums for tests; each test names only what matters to it."""

from __future__ import annotations

from typing import Any

from cinema_service.geography import Point
from cinema_service.seating import SeatRow

PARIS = Point(48.8566, 2.3522)
VERSAILLES = Point(48.8049, 2.1204)
LYON = Point(45.7640, 4.8357)


def a_cinema_form(**changes: Any) -> dict[str, Any]:
    """A good form's fields by name."""
    values: dict[str, Any] = {
        "name": "Le Grand Bleu",
        "address": "1 rue de Rivoli, 75001 Paris",
        "city": "Paris",
        "country_code": "FR",
        "time_zone": "Europe/Paris",
        "currency": "EUR",
        "location": PARIS,
        "phone": "+33 1 99 00 18 95",
        "facilities": ("Bar",),
    }
    return {**values, **changes}


def an_auditorium_form(cinema_id: str, *places: str, **changes: Any) -> dict[str, Any]:
    """A good form's fields by name, with one row, A upwards, for each of `places`."""
    rows = tuple(SeatRow(chr(ord("A") + index), line) for index, line in enumerate(places or ("SSS", "PPP")))
    values: dict[str, Any] = {"cinema_id": cinema_id, "name": "Salle 1", "formats": ("2D",), "rows": rows}
    return {**values, **changes}


def cinema_input(**changes: Any) -> dict[str, Any]:
    """A good CinemaInput."""
    values: dict[str, Any] = {
        "name": "Le Grand Bleu",
        "address": "1 rue de Rivoli, 75001 Paris",
        "city": "Paris",
        "countryCode": "FR",
        "timeZone": "Europe/Paris",
        "currency": "EUR",
        "location": {"latitude": 48.8566, "longitude": 2.3522},
        "facilities": ["Bar"],
    }
    return {**values, **changes}


def showtime_payload(cinema_id: str, auditorium_id: str, **changes: Any) -> dict[str, Any]:
    """What booking_service tells of a showtime; this evening by default (tests' noon: 2026-11-21 12:00 UTC)."""
    values: dict[str, Any] = {
        "showtimeId": "show-1",
        "movieId": "movie-1",
        "movieTitle": "Metropolis",
        "cinemaId": cinema_id,
        "cinemaName": "Le Grand Bleu",
        "auditoriumId": auditorium_id,
        "auditoriumName": "Salle 1",
        "startsAt": "2026-11-21T19:30:00+00:00",
        "endsAt": "2026-11-21T22:00:00+00:00",
        "timeZone": "Europe/Paris",
        "status": "ON_SALE",
    }
    return {**values, **changes}

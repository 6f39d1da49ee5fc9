"""Films, facts and pictures for tests; each test names only what matters to it."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from typing import Any

from PIL import Image

from chassis.events import Envelope
from chassis.testing import NOON, as_user
from movie_service.commands.catalogue import MovieRuntime, create_movie
from movie_service.models import Movie
from movie_service.rules import CastMember
from movie_service.worker import build_worker

MANAGER = as_user("mia", "MANAGER")
VIEWER = as_user("ana")


def a_movie_form(**changes: Any) -> dict[str, Any]:
    """A good form's fields by name."""
    values: dict[str, Any] = {
        "title": "Metropolis",
        "synopsis": "A city above, a city below.",
        "duration_minutes": 148,
        "genres": ("Science Fiction", "Drama"),
        "directors": ("Fritz Lang",),
        "cast": (CastMember("Brigitte Helm", "Maria"),),
        "release_date": date(1927, 1, 10),
        "original_language": "de",
        "age_rating": "PG",
    }
    return {**values, **changes}


def movie_input(**changes: Any) -> dict[str, Any]:
    """A good MovieInput."""
    values: dict[str, Any] = {
        "title": "Metropolis",
        "synopsis": "A city above, a city below.",
        "durationMinutes": 148,
        "genres": ["Science Fiction", "Drama"],
        "directors": ["Fritz Lang"],
        "cast": [{"name": "Brigitte Helm", "character": "Maria"}],
        "releaseDate": "1927-01-10",
        "originalLanguage": "de",
        "ageRating": "PG",
    }
    return {**values, **changes}


def a_movie(runtime: MovieRuntime, **changes: Any) -> Movie:
    """A film in the catalogue."""
    return create_movie(runtime, MANAGER, a_movie_form(**changes))


def showtime_payload(movie_id: str, **changes: Any) -> dict[str, Any]:
    """What booking_service tells of a showtime; this evening by default (tests' noon: 2026-11-21 12:00 UTC)."""
    values: dict[str, Any] = {
        "showtimeId": "show-1",
        "movieId": movie_id,
        "movieTitle": "Metropolis",
        "cinemaId": "cinema-1",
        "cinemaName": "Le Grand Bleu",
        "auditoriumId": "room-1",
        "auditoriumName": "Salle 1",
        "startsAt": "2026-11-21T19:30:00+00:00",
        "endsAt": "2026-11-21T22:00:00+00:00",
        "timeZone": "Europe/Paris",
        "status": "ON_SALE",
    }
    return {**values, **changes}


def booking_payload(movie_id: str, **changes: Any) -> dict[str, Any]:
    """What booking_service tells of a confirmed booking of Ana's for this evening."""
    values: dict[str, Any] = {
        "bookingId": "booking-1",
        "reference": "K7QM-2ZPX",
        "userId": "ana",
        "contactEmail": "ana@example.org",
        "contactPhone": None,
        "showtimeId": "show-1",
        "movieId": movie_id,
        "movieTitle": "Metropolis",
        "cinemaId": "cinema-1",
        "cinemaName": "Le Grand Bleu",
        "auditoriumName": "Salle 1",
        "startsAt": "2026-11-21T19:30:00+00:00",
        "timeZone": "Europe/Paris",
        "seats": ["A1", "A2"],
        "total": {"amount": 2500, "currency": "EUR"},
        "couponCode": None,
        "paymentId": "payment-1",
    }
    return {**values, **changes}


def happened(runtime: MovieRuntime, name: str, payload: dict[str, Any], *, at: datetime = NOON) -> bool:
    """The event arrives; whether the service acted on it."""
    return build_worker(runtime).handle(Envelope(name, payload, occurred_at=at))


def saw(runtime: MovieRuntime, movie_id: str, user_id: str = "ana", booking_id: str = "booking-1") -> None:
    """The person had a confirmed booking for yesterday evening."""
    yesterday = (NOON - timedelta(days=1)).isoformat()
    payload = booking_payload(
        movie_id,
        userId=user_id,
        bookingId=booking_id,
        startsAt=yesterday,
        showtimeId="show-0",
    )
    happened(runtime, "booking.confirmed", payload)


def a_picture(
    kind: str = "PNG", size: tuple[int, int] = (40, 60), mode: str = "RGB", **options: Any
) -> bytes:
    """An image file."""
    written = io.BytesIO()
    Image.new(mode, size, "maroon").save(written, kind, **options)
    return written.getvalue()

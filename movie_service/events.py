"""Facts that this service publishes (contracts/events)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chassis.events import Event


def movie_changed(*, movie_id: str, title: str, duration_minutes: int, status: str) -> Event:
    """A film was added or changed; the whole new state that others need."""
    return Event(
        "movie.changed",
        {"movieId": movie_id, "title": title, "durationMinutes": duration_minutes, "status": status},
    )


def movie_deleted(*, movie_id: str) -> Event:
    """A film left the catalogue."""
    return Event("movie.deleted", {"movieId": movie_id})


def showings_announced(showtime: Mapping[str, Any], *, user_id: str) -> Event:
    """A film that this person wished for has a showing; `showtime`: what booking_service told of it."""
    told = ("movieId", "movieTitle", "showtimeId", "cinemaName", "startsAt", "timeZone")
    return Event("movie.showings_announced", {**{name: showtime[name] for name in told}, "userId": user_id})

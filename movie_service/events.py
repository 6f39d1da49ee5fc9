"""Facts that this service publishes (contracts/events)."""

from __future__ import annotations

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

"""Facts that this service publishes (contracts/events)."""

from __future__ import annotations

from chassis.events import Event


def cinema_changed(*, cinema_id: str, name: str, city: str, time_zone: str, currency: str) -> Event:
    """A cinema was added or changed; the whole new state."""
    return Event(
        "cinema.changed",
        {"cinemaId": cinema_id, "name": name, "city": city, "timeZone": time_zone, "currency": currency},
    )


def auditorium_changed(*, auditorium_id: str, cinema_id: str, name: str, layout_version: int) -> Event:
    """An auditorium was added, renamed or got another seating plan."""
    return Event(
        "auditorium.changed",
        {
            "auditoriumId": auditorium_id,
            "cinemaId": cinema_id,
            "name": name,
            "layoutVersion": layout_version,
        },
    )

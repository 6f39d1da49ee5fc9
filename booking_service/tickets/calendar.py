"""The showtime as a calendar entry (RFC 5545), in the cinema's own time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event


@dataclass(frozen=True)
class Appointment:
    """What the entry says."""

    booking_id: str
    reference: str
    movie_title: str
    cinema_name: str
    auditorium_name: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    seats: tuple[str, ...]
    made_at: datetime
    address: str | None = None


def calendar_file(appointment: Appointment) -> bytes:
    """The text of an .ics file with one event."""
    zone = ZoneInfo(appointment.time_zone)
    event = Event()
    event.add("uid", f"{appointment.booking_id}@lobbycard")
    event.add("dtstamp", appointment.made_at.astimezone(UTC))
    event.add("dtstart", appointment.starts_at.astimezone(zone))
    event.add("dtend", appointment.ends_at.astimezone(zone))
    event.add("summary", appointment.movie_title)
    places = (appointment.cinema_name, appointment.auditorium_name, appointment.address)
    event.add("location", ", ".join(place for place in places if place))
    event.add("description", f"Booking {appointment.reference}, seats {', '.join(appointment.seats)}")
    calendar = Calendar()
    calendar.add("prodid", "-//Lobbycard//Tickets//EN")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())

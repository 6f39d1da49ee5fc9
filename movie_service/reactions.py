"""What happened elsewhere and concerns films: showtimes, bookings, people who left."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis.database import utc_now
from chassis.events import Envelope
from chassis.runtime import Runtime
from chassis.worker import Reaction
from movie_service.commands import copies, wishes
from movie_service.models import PlannedShowtime, Visit

Payload = Mapping[str, Any]


def showtime_told(_runtime: Runtime[Any], session: Session, payload: Payload, envelope: Envelope) -> None:
    """Keep the showtime's film and end, whichever of its facts arrives; tell who wished for one to come."""
    told = PlannedShowtime(
        showtime_id=payload["showtimeId"],
        movie_id=payload["movieId"],
        ends_at=datetime.fromisoformat(payload["endsAt"]),
        cancelled=envelope.name == "showtime.cancelled" or payload["status"] == "CANCELLED",
        told_at=envelope.occurred_at,
    )
    is_news = copies.remember_showtime(session, told)
    is_on_sale = envelope.name == "showtime.scheduled" and payload["status"] == "SCHEDULED"
    if is_news and is_on_sale and datetime.fromisoformat(payload["startsAt"]) > utc_now(session):
        wishes.announce_showings(session, payload)


def booking_told(_runtime: Runtime[Any], session: Session, payload: Payload, envelope: Envelope) -> None:
    """Keep who may rate the film, and how many seats it sold."""
    told = Visit(
        booking_id=payload["bookingId"],
        movie_id=payload["movieId"],
        showtime_id=payload["showtimeId"],
        user_id=payload["userId"],
        starts_at=datetime.fromisoformat(payload["startsAt"]),
        seat_count=len(payload["seats"]),
        cancelled=envelope.name == "booking.cancelled",
        told_at=envelope.occurred_at,
    )
    copies.remember_visit(session, told)


def user_erased(_runtime: Runtime[Any], session: Session, payload: Payload, _envelope: Envelope) -> None:
    """Forget the person."""
    copies.forget_person(session, payload["userId"])


REACTIONS: dict[str, Reaction] = {
    "showtime.scheduled": showtime_told,
    "showtime.rescheduled": showtime_told,
    "showtime.cancelled": showtime_told,
    "booking.confirmed": booking_told,
    "booking.cancelled": booking_told,
    "user.erased": user_erased,
}

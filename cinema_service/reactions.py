"""What happened elsewhere and concerns places: showtimes that are planned, moved or called off."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis.events import Envelope
from chassis.runtime import Runtime
from chassis.worker import Reaction
from cinema_service.commands.copies import remember_showtime


def showtime_told(
    _runtime: Runtime[Any], session: Session, payload: Mapping[str, Any], envelope: Envelope
) -> None:
    """Keep the showtime's place and end, whichever of its facts arrives."""
    remember_showtime(
        session,
        showtime_id=payload["showtimeId"],
        cinema_id=payload["cinemaId"],
        auditorium_id=payload["auditoriumId"],
        ends_at=datetime.fromisoformat(payload["endsAt"]),
        cancelled=envelope.name == "showtime.cancelled" or payload["status"] == "CANCELLED",
        told_at=envelope.occurred_at,
    )


REACTIONS: dict[str, Reaction] = {
    "showtime.scheduled": showtime_told,
    "showtime.rescheduled": showtime_told,
    "showtime.cancelled": showtime_told,
}

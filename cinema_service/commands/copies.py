"""What booking_service told of showtimes, kept as far as places need it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from cinema_service import queries
from cinema_service.models import PlannedShowtime


def remember_showtime(
    session: Session,
    *,
    showtime_id: str,
    cinema_id: str,
    auditorium_id: str,
    ends_at: datetime,
    cancelled: bool,
    told_at: datetime,
) -> None:
    """Keep what was told of a showtime; a fact that is older than the one known changes nothing."""
    known = queries.planned_showtime(session, showtime_id)
    if queries.told_before(known, told_at):
        return
    session.merge(
        PlannedShowtime(
            showtime_id=showtime_id,
            cinema_id=cinema_id,
            auditorium_id=auditorium_id,
            ends_at=ends_at,
            cancelled=cancelled,
            told_at=told_at,
        )
    )

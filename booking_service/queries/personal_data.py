"""What this service holds about one person, for the export that they may ask for."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking_service.models import Booking, Showtime, UserCopy, WaitingListEntry
from booking_service.queries.bookings import tickets_of


def of_person(session: Session, user_id: str) -> str:
    """JSON text: contact copy, bookings with their tickets, waiting lists."""
    rows = session.execute(
        select(Booking, Showtime).join(Showtime, Showtime.id == Booking.showtime_id).where(Booking.user_id == user_id)
        .order_by(Booking.created_at)
    ).all()  # fmt: skip
    tickets = tickets_of(session, [booking.id for booking, _ in rows])
    contact = session.get(UserCopy, user_id)
    waiting = session.scalars(select(WaitingListEntry.showtime_id).where(WaitingListEntry.user_id == user_id))
    held: dict[str, Any] = {
        "contact": None
        if contact is None
        else {"email": contact.email, "phone": contact.phone, "name": contact.name},
        "bookings": [
            {
                "reference": booking.reference,
                "status": booking.state,
                "film": showtime.movie_title,
                "cinema": showtime.cinema_name,
                "startsAt": showtime.starts_at,
                "seats": [ticket.seat_id for ticket in tickets.get(booking.id, [])],
                "total": {"amount": booking.total, "currency": booking.currency},
                "contactEmail": booking.contact_email,
                "contactPhone": booking.contact_phone,
                "createdAt": booking.created_at,
            }
            for booking, showtime in rows
        ],
        "waitingLists": list(waiting),
    }
    return orjson.dumps(held).decode()

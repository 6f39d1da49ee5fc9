"""Sell what was held: tickets signed, claims kept for good, everybody told."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking_service.commands.moves import News, Running, mark_seats, move, note, seat_ids_of
from booking_service.events import booking_confirmed
from booking_service.lifecycle import State
from booking_service.models import Booking, Showtime, Ticket
from booking_service.tickets.signing import TicketKeys, TicketText
from chassis.database import utc_now
from chassis.kill_points import reached
from chassis.links import sign
from chassis.outbox import publish

# A showtime may be put off after its guests got their mail.
MAILED_LINK_SPARE = timedelta(days=7)


def confirm(
    session: Session,
    runtime: Running,
    booking: Booking,
    showtime: Showtime,
    news: News,
    *,
    payment_id: str | None,
    paid: int,
) -> None:
    """Sell the seats: tickets signed, claims kept for good, everybody told. Booking and showtime are locked."""
    now = utc_now(session)
    local = now.astimezone(ZoneInfo(showtime.time_zone))
    move(
        session, booking, State.CONFIRMED, confirmed_at=now, expires_at=None, paying_since=None, payment_id=payment_id,
        paid=paid, sold_on=local.date(), sold_hour=local.hour,
    )  # fmt: skip
    mark_seats(session, showtime, booking.id, "SOLD", None, news)
    sign_tickets(session, runtime, booking)
    note(session, booking.id, "confirm", "CONFIRMED", attempt=max(1, booking.attempts))
    fact = booking_confirmed(
        booking, showtime, seat_ids_of(session, booking.id),
        tickets_url=_mailed_link(runtime, booking, showtime, "/files/tickets/{}.pdf"),
        calendar_url=_mailed_link(runtime, booking, showtime, "/files/calendar/{}.ics"),
    )  # fmt: skip
    publish(session, fact)
    news.bookings.append((booking.cinema_id, booking.id))
    reached("booking.before_confirm_commit")


def _mailed_link(runtime: Running, booking: Booking, showtime: Showtime, path: str) -> str:
    """A signed address of a file of the booking, good until the show is over."""
    settings = runtime.settings
    until = showtime.ends_at + MAILED_LINK_SPARE
    return sign(settings.public_url, path.format(booking.id), settings.internal_secret, expires_at=until)


def sign_tickets(session: Session, runtime: Running, booking: Booking) -> None:
    """Give each live ticket of the booking its signed text."""
    keys = TicketKeys(runtime.settings.ticket_signing_keys)
    for ticket in session.scalars(
        select(Ticket).where(Ticket.booking_id == booking.id, Ticket.state != "VOID")
    ):
        text = TicketText(
            ticket.id, booking.reference, ticket.showtime_id, ticket.seat_id, ticket.ticket_type
        )
        ticket.qr_payload = keys.sign(text)
    session.flush()

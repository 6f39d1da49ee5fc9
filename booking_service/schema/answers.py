"""What mutations read from their input and answer with."""

from __future__ import annotations

from booking_service.commands import (
    door,
    hold,
    schedule,
)
from booking_service.models import Booking as BookingRow
from booking_service.models import ExportRow
from booking_service.schema import views
from booking_service.schema.enums import text
from booking_service.schema.payloads import (
    CheckInPayload,
    PayBookingPayload,
)
from chassis.errors import Invalid
from chassis.graphql_types import user_error
from chassis.money import Money


def booking(info, booking_id):
    """The booking as it is now; whoever changed it may see it."""
    found = info.context.runtime.database.read(lambda session: session.get(BookingRow, booking_id))
    return None if found is None else views.views([found])[0]


def export(info, export_id):
    """The export as it stands."""
    return info.context.runtime.database.read(lambda session: session.get(ExportRow, export_id))


def paid(info, done):
    """How far a payment has come, as a payload."""
    action = None
    if done.client_secret is not None or done.redirect_url is not None:
        action = {"client_secret": done.client_secret, "redirect_url": done.redirect_url}
    errors = [] if done.refusal is None else [user_error(done.refusal)]
    return PayBookingPayload(booking=booking(info, done.booking_id), action=action, user_errors=errors)


def checked_in(info, ids):
    """The admitted ticket with its booking, as a payload."""
    ticket_id, booking_id = ids
    seen = booking(info, booking_id)
    ticket = next((found for found in views.tickets(seen, info) if found["id"] == ticket_id), None)
    return CheckInPayload(ticket=ticket, booking=seen)


def refused_at_the_door(info, refusal, qr_payload, code):
    """Why somebody can't go in, with the ticket that was shown where it is one of the caller's cinemas."""
    ids = door.shown(info.context.runtime, info.context.caller, qr_payload, code)
    payload = CheckInPayload() if ids is None else checked_in(info, ids)
    payload.user_errors = [user_error(refusal)]
    return payload


def merged(info, found):
    """What became of late admissions, with the tickets as they stand."""
    ids = list(dict.fromkeys(one.booking_id for one in found if one.booking_id is not None))
    seen = [booking for booking in views.bookings(info, ids) if booking is not None]
    tickets = {ticket["id"]: ticket for booking in seen for ticket in views.tickets(booking, info)}
    return [{**vars(one), "ticket": tickets.get(one.ticket_id)} for one in found]


def choices(seats):
    """Seats and ticket types of the input."""
    return tuple(hold.SeatChoice(seat.seat_id, text(seat.ticket_type) or "ADULT") for seat in seats)


def wish(input):
    """What somebody asks to hold."""
    return hold.HoldWish(
        input.showtime_id, choices(input.seats), input.booking_id, input.place_token, input.idempotency_key
    )


def money(given):
    """An amount of the input. Raises Invalid for a currency that is none."""
    if given is None:
        return None
    try:
        return Money(given.amount, given.currency)
    except ValueError:
        raise Invalid("A currency has three capital letters, e.g. EUR.") from None


def entry(input, *, auditorium_id=None, starts_at=None):
    """What the house wants to show."""
    return schedule.Entry(
        movie_id=input.movie_id,
        auditorium_id=input.auditorium_id if auditorium_id is None else auditorium_id,
        starts_at=input.starts_at if starts_at is None else starts_at,
        prices=tuple(
            schedule.Price(
                price.category.value, price.ticket_type.value, price.price.amount, price.price.currency
            )
            for price in input.prices
        ),
        format=input.format,
        audio_language=input.audio_language,
        subtitle_language=input.subtitle_language,
        sales_open_at=input.sales_open_at,
        publish=bool(input.publish),
    )

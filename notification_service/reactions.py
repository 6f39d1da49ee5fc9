"""What notification_service does when something has happened elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from chassis.events import Envelope
from chassis.runtime import Runtime
from chassis.worker import Reaction
from notification_service.commands import contacts
from notification_service.commands.contacts import Addressee
from notification_service.commands.telling import Occasion, tell
from notification_service.models import BookingRow

Payload = Mapping[str, Any]


def welcome(runtime: Runtime[Any], session: Session, payload: Payload, envelope: Envelope) -> None:
    """A person made an account."""
    contacts.remember(session, payload, envelope.occurred_at)
    to = contacts.addressee(session, payload["userId"], None, None)
    tell(runtime, session, Occasion(envelope.id, envelope.name, payload, _page(runtime, "/")), to)


def note_contact(_runtime: Runtime[Any], session: Session, payload: Payload, envelope: Envelope) -> None:
    """A person changed."""
    contacts.remember(session, payload, envelope.occurred_at)


def forget_person(_runtime: Runtime[Any], session: Session, payload: Payload, _envelope: Envelope) -> None:
    """A person is to be erased."""
    contacts.forget(session, payload["userId"])


def send_link(runtime: Runtime[Any], session: Session, payload: Payload, envelope: Envelope) -> None:
    """A link that works once goes to the address it was made for, whatever else we know."""
    to = Addressee(payload["userId"], payload["email"], None, payload["name"], payload["locale"])
    facts = {**payload, "occurredAt": envelope.occurred_at.isoformat()}
    tell(runtime, session, Occasion(envelope.id, envelope.name, facts, payload["link"]), to)


def warn_owner(runtime: Runtime[Any], session: Session, payload: Payload, envelope: Envelope) -> None:
    """The way into an account changed: told to the address that the owner had until then."""
    to = Addressee(payload["userId"], payload["email"], None, payload["name"], payload["locale"])
    link = _page(runtime, "/forgot-password")
    tell(runtime, session, Occasion(envelope.id, envelope.name, payload, link), to)


def tell_of_booking(runtime: Runtime[Any], session: Session, payload: Payload, envelope: Envelope) -> None:
    """A booking was confirmed or cancelled."""
    contacts.remember_booking(session, payload)
    _tell_booker(runtime, session, payload, envelope, payload["cinemaId"])


def tell_of_expiry(runtime: Runtime[Any], session: Session, payload: Payload, envelope: Envelope) -> None:
    """A hold ran out; nobody but a person with an account would look for it."""
    if payload["userId"] is None:
        return
    to = contacts.addressee(session, payload["userId"], None, None)
    link = _page(runtime, f"/showtimes/{payload['showtimeId']}")
    tell(runtime, session, Occasion(envelope.id, envelope.name, payload, link, payload["bookingId"]), to)


def tell_of_refund(runtime: Runtime[Any], session: Session, payload: Payload, envelope: Envelope) -> None:
    """Money went back; the booking's own copy says to whom and for what."""
    known = session.get(BookingRow, payload["bookingId"])
    facts: dict[str, Any] = {**payload, "contactEmail": None, "contactPhone": None}
    if known is not None:
        facts |= {
            "reference": known.reference,
            "movieTitle": known.movie_title,
            "contactEmail": known.email,
            "contactPhone": known.phone,
            "userId": payload["userId"] or known.user_id,
        }
    if facts["userId"] is None and not (facts["contactEmail"] or facts["contactPhone"]):
        return
    _tell_booker(runtime, session, facts, envelope, known.cinema_id if known else None)


def tell_of_showtime(runtime: Runtime[Any], session: Session, payload: Payload, envelope: Envelope) -> None:
    """A showtime changed: each guest is told once, with all their bookings of it."""
    together: dict[Any, list[Mapping[str, Any]]] = {}
    for booking in payload["bookings"]:
        guest = booking["userId"] or (booking["contactEmail"] or "").lower() or booking["contactPhone"]
        together.setdefault(guest, []).append(booking)
    for guest, bookings in together.items():
        if guest is not None:
            references = ", ".join(booking["reference"] for booking in bookings)
            all_back = all(booking.get("fullRefund", False) for booking in bookings)
            facts = {**payload, **bookings[0], "reference": references, "fullRefund": all_back}
            _tell_booker(runtime, session, facts, envelope, payload["cinemaId"])


def tell_of_free_seats(runtime: Runtime[Any], session: Session, payload: Payload, envelope: Envelope) -> None:
    """Seats somebody waits for came free."""
    to = contacts.addressee(session, payload["userId"], payload["contactEmail"], None)
    link = _page(runtime, f"/showtimes/{payload['showtimeId']}")
    tell(runtime, session, Occasion(envelope.id, envelope.name, payload, link), to)


def tell_of_showings(runtime: Runtime[Any], session: Session, payload: Payload, envelope: Envelope) -> None:
    """A film somebody wished for has a showing."""
    to = contacts.addressee(session, payload["userId"], None, None)
    link = _page(runtime, f"/films/{payload['movieId']}")
    tell(runtime, session, Occasion(envelope.id, envelope.name, payload, link), to)


def tell_of_coupon(runtime: Runtime[Any], session: Session, payload: Payload, envelope: Envelope) -> None:
    """A coupon was given to one person."""
    to = contacts.addressee(session, payload["userId"], None, None)
    tell(runtime, session, Occasion(envelope.id, envelope.name, payload, _page(runtime, "/")), to)


def prepare(runtime: Runtime[Any], envelope: Envelope) -> None:
    """Before a reaction: learn who the event is about, unless it tells that itself."""
    if envelope.name not in SELF_EXPLAINING:
        contacts.ask_for_unknown(runtime, envelope)


def _tell_booker(
    runtime: Runtime[Any], session: Session, payload: Payload, envelope: Envelope, cinema_id: str | None
) -> None:
    to = contacts.addressee(session, payload["userId"], payload["contactEmail"], payload["contactPhone"])
    booking_id = payload["bookingId"]
    link = _page(runtime, f"/bookings/{booking_id}")
    tell(runtime, session, Occasion(envelope.id, envelope.name, payload, link, booking_id, cinema_id), to)


def _page(runtime: Runtime[Any], path: str) -> str:
    return f"{runtime.settings.public_url.rstrip('/')}{path}"


REACTIONS: dict[str, Reaction] = {
    "user.registered": welcome,
    "user.updated": note_contact,
    "user.erased": forget_person,
    "email.verification_requested": send_link,
    "password.reset_requested": send_link,
    "user.invited": send_link,
    "email.changed": warn_owner,
    "password.changed": warn_owner,
    "booking.confirmed": tell_of_booking,
    "booking.cancelled": tell_of_booking,
    "booking.expired": tell_of_expiry,
    "payment.refunded": tell_of_refund,
    "showtime.rescheduled": tell_of_showtime,
    "showtime.cancelled": tell_of_showtime,
    "waiting_list.seats_free": tell_of_free_seats,
    "movie.showings_announced": tell_of_showings,
    "coupon.granted": tell_of_coupon,
}

# Events from user_service carry the contact, and go to the address that they name.
SELF_EXPLAINING = frozenset(name for name in REACTIONS if name.split(".")[0] in {"user", "email", "password"})

"""Copies of contacts and bookings, fed by events: whom to tell, in which language, and what about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from notification_service import peers
from notification_service.models import (
    BookingRow,
    ContactRow,
    DeviceRow,
    MailRow,
    NotificationRow,
    PreferenceRow,
)
from notification_service.settings import NotificationRuntime


@dataclass(frozen=True)
class Addressee:
    """Somebody to tell: with an account, or a guest known by address or number alone."""

    user_id: str | None
    email: str | None
    phone: str | None
    name: str
    locale: str


def remember(session: Session, contact: Mapping[str, Any]) -> None:
    """Keep a contact (keys userId, email, name, phone, locale); nothing about who was erased."""
    row = session.get(ContactRow, contact["userId"])
    if row is None:
        row = ContactRow(user_id=contact["userId"], is_erased=False)
        session.add(row)
    if row.is_erased:
        return
    row.email, row.phone = contact["email"], contact["phone"]
    row.name, row.locale = contact["name"], contact["locale"]
    session.flush()


def remember_booking(session: Session, payload: Mapping[str, Any]) -> None:
    """Keep what is needed to speak of a booking when a later event names only its id."""
    row = session.get(BookingRow, payload["bookingId"])
    if row is None:
        row = BookingRow(booking_id=payload["bookingId"])
        session.add(row)
    row.reference, row.user_id = payload["reference"], payload["userId"]
    row.email, row.phone = payload["contactEmail"], payload["contactPhone"]
    row.cinema_id, row.movie_title = payload["cinemaId"], payload["movieTitle"][:300]
    session.flush()


def addressee(
    runtime: NotificationRuntime, session: Session, user_id: str | None, email: str | None, phone: str | None
) -> Addressee:
    """Whom an event is for: what it says itself, completed by what is known of the account."""
    if user_id is None:
        return Addressee(None, email, phone, "", "en")
    row = session.get(ContactRow, user_id)
    if row is None:
        asked = peers.contact(runtime, user_id)
        if asked is not None:
            remember(session, {"userId": user_id, **asked})
            row = session.get(ContactRow, user_id)
    if row is None:
        return Addressee(user_id, email, phone, "", "en")
    if row.is_erased:
        return Addressee(user_id, None, None, "", "en")
    return Addressee(user_id, email or row.email, phone or row.phone, row.name, row.locale)


def forget(session: Session, user_id: str) -> None:
    """Drop everything about a person; only that there was one stays, so that nothing late brings it back."""
    row = session.get(ContactRow, user_id)
    if row is None:
        row = ContactRow(user_id=user_id)
        session.add(row)
    row.email, row.phone, row.name, row.locale, row.is_erased = None, None, "", "en", True
    session.flush()
    told = select(NotificationRow.id).where(NotificationRow.user_id == user_id)
    session.execute(delete(MailRow).where(MailRow.notification_id.in_(told)))
    for table in (NotificationRow, PreferenceRow, DeviceRow):
        session.execute(delete(table).where(table.user_id == user_id))
    theirs = update(BookingRow).where(BookingRow.user_id == user_id)
    session.execute(theirs.values(email=None, phone=None))

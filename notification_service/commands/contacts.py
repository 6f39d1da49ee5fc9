"""Copies of contacts and bookings, fed by events: whom to tell, in which language, and what about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from chassis.events import Envelope
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


def remember(session: Session, contact: Mapping[str, Any], as_of: datetime) -> None:
    """Keep a contact as it was at `as_of` (keys userId, email, name, phone, locale); the newest known stands.

    Nothing about who was erased.
    """
    row = session.get(ContactRow, contact["userId"], with_for_update=True)
    if row is None:
        row = ContactRow(user_id=contact["userId"], is_erased=False)
        session.add(row)
    if row.is_erased or (row.as_of is not None and row.as_of > as_of):
        return
    row.as_of = as_of
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


def ask_for_unknown(runtime: NotificationRuntime, envelope: Envelope) -> None:
    """Ask user_service for the people of an event that no other event has told of; before its transaction."""
    people = {envelope.payload.get("userId")} | {
        booking["userId"] for booking in envelope.payload.get("bookings", [])
    }
    wanted = sorted(user_id for user_id in people if user_id is not None)
    known = select(ContactRow.user_id).where(ContactRow.user_id.in_(wanted))
    found = runtime.database.read(lambda session: set(session.scalars(known))) if wanted else set()
    for user_id in wanted:
        asked = None if user_id in found else peers.contact(runtime, user_id)
        if asked is not None:
            contact = {"userId": user_id, **asked}
            runtime.database.transact(partial(_keep, contact, envelope.occurred_at))


def _keep(contact: Mapping[str, Any], as_of: datetime, session: Session) -> None:
    remember(session, contact, as_of)


def addressee(session: Session, user_id: str | None, email: str | None, phone: str | None) -> Addressee:
    """Whom an event is for: what it says itself, completed by what is known of the account."""
    if user_id is None:
        return Addressee(None, email, phone, "", "en")
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

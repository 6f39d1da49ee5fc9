"""Copies of what other services own: kept by events, so that bookings read whole when a sibling is away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from booking_service import peers
from booking_service.models import (
    NOTE,
    Booking,
    BookingStep,
    CinemaCopy,
    MovieCopy,
    Showtime,
    UserCopy,
    WaitingListEntry,
)
from chassis.database import sql_now
from chassis.errors import Unavailable
from chassis.peers import PeerError
from chassis.runtime import Runtime


def keep_user(session: Session, user_id: str, *, email: str | None, phone: str | None, name: str) -> None:
    """How to reach a guest from now on; bookings made before keep what was true then."""
    copy = session.get(UserCopy, user_id) or UserCopy(id=user_id)
    copy.email, copy.phone, copy.name = email, phone, name
    session.add(copy)


def erase_user(session: Session, user_id: str) -> None:
    """Forget a person: bookings stay for the books, without name and address, and without what staff noted of them."""
    session.execute(delete(UserCopy).where(UserCopy.id == user_id))
    session.execute(delete(WaitingListEntry).where(WaitingListEntry.user_id == user_id))
    session.execute(
        update(Booking).where(Booking.user_id == user_id)
        .values(contact_email=None, contact_phone=None, search_text=Booking.reference)
    )  # fmt: skip
    theirs = select(Booking.id).where(Booking.user_id == user_id).scalar_subquery()
    notes = update(BookingStep).where(BookingStep.booking_id.in_(theirs), BookingStep.step == NOTE)
    session.execute(notes.values(detail=None), execution_options={"synchronize_session": False})


def keep_cinema(
    session: Session, cinema_id: str, *, name: str, city: str, time_zone: str, currency: str
) -> None:
    """The cinema's names, also in its showtimes to come. Their currency stays: prices were made in it."""
    copy = session.get(CinemaCopy, cinema_id) or CinemaCopy(id=cinema_id)
    copy.name, copy.city, copy.time_zone, copy.currency = name, city, time_zone, currency
    session.add(copy)
    session.execute(
        update(Showtime).where(Showtime.cinema_id == cinema_id, Showtime.starts_at > sql_now())
        .values(cinema_name=name, city=city)
    )  # fmt: skip


def keep_movie(
    session: Session, movie_id: str, *, title: str, duration_minutes: int, genres: Sequence[str] | None
) -> None:
    """The film's title, also in its showtimes to come."""
    copy = session.get(MovieCopy, movie_id) or MovieCopy(id=movie_id, genres="|")
    copy.title, copy.duration_minutes = title, duration_minutes
    if genres is not None:
        copy.genres = f"|{'|'.join(genres)}|"
    session.add(copy)
    session.execute(
        update(Showtime)
        .where(Showtime.movie_id == movie_id, Showtime.starts_at > sql_now())
        .values(movie_title=title)
    )


def contact_of(runtime: Runtime[Any], user_id: str) -> peers.Contact | None:
    """How to reach a guest: the copy kept here, else user_service; None when that can't tell."""

    def known(session: Session) -> peers.Contact | None:
        copy = session.get(UserCopy, user_id)
        return None if copy is None else peers.Contact(copy.email, copy.phone, copy.name)

    found = runtime.database.read(known)
    if found is not None:
        return found
    try:
        return peers.contact(runtime, user_id)
    except (Unavailable, PeerError):
        return None

"""What staff write down beside a booking for whoever picks up the telephone next."""

from __future__ import annotations

from sqlalchemy.orm import Session

from booking_service.commands.moves import LONGEST_DETAIL, News, Running, note, run
from booking_service.errors import BookingUnknown, NoteInvalid
from booking_service.models import NOTE, Booking
from chassis import audit
from chassis.folding import without_controls
from chassis.identity import Caller, Role


def add_note(runtime: Running, caller: Caller, booking_id: str, text: str) -> str:
    """Keep a note in the booking's timeline; the booking's id. STAFF of its cinema.

    Raises BookingUnknown for another cinema's, NoteInvalid for an empty or an overlong one.
    """
    user_id = caller.require_role(Role.STAFF)
    plain = without_controls(text).strip()
    if not 1 <= len(plain) <= LONGEST_DETAIL:
        raise NoteInvalid(field=("text",))

    def work(session: Session, news: News) -> str:
        booking = session.get(Booking, booking_id)
        if booking is None or not caller.has_role(Role.STAFF, scope=booking.cinema_id):
            raise BookingUnknown(field=("bookingId",))
        note(session, booking_id, NOTE, "NOTED", detail=plain, actor_id=user_id)
        # The words stay out of the trail: they are erased with the guest, the trail is kept.
        audit.record(session, caller, "booking.note", "Booking", booking_id)
        news.bookings.append((booking.cinema_id, booking_id))
        return booking_id

    return run(runtime, work)

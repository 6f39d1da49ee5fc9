"""Admissions that a scanner made without a connection, handed in afterwards and merged with what happened meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking_service.commands.door import Entry, admit, at_the_door, check_is_sold
from booking_service.commands.moves import News, Running, note, run
from booking_service.errors import WrongShowtime
from booking_service.models import Booking, BookingStep, Showtime, Ticket
from chassis import audit
from chassis.database import utc_now
from chassis.errors import Invalid, NotFound, Refusal
from chassis.identity import Caller, Role

MOST_AT_ONCE = 500
CONFLICT_CODE = "TICKET_ALREADY_USED"


@dataclass(frozen=True)
class QueuedCheckIn:
    """An admission by the scanner's own list; `at` by the scanner's clock."""

    at: datetime
    qr_payload: str | None = None
    code: str | None = None
    door: str | None = None


@dataclass(frozen=True)
class Merged:
    """What became of one: ADMITTED, REPEATED (handed in before), CONFLICT (used elsewhere first), REFUSED.

    `used_at` and `door` tell of the admission that counts; `code` and `message` why it was no other outcome.
    """

    index: int
    outcome: str
    code: str | None = None
    message: str | None = None
    ticket_id: str | None = None
    booking_id: str | None = None
    used_at: datetime | None = None
    door: str | None = None


def sync_check_ins(
    runtime: Running, caller: Caller, showtime_id: str, queued: Sequence[QueuedCheckIn]
) -> list[Merged]:
    """Merge what was admitted offline, each by itself; handed in again, the same answer comes without another effect.

    The admission that reached us first counts; a later one of the same ticket is a CONFLICT and stands in the
    booking's timeline. STAFF of the showtime's cinema. Raises Forbidden, NotFound, Invalid for too many at once.
    """
    caller.require_role(Role.STAFF)
    if len(queued) > MOST_AT_ONCE:
        raise Invalid(f"At most {MOST_AT_ONCE} check-ins at once.")
    showtime = runtime.database.read(lambda session: session.get(Showtime, showtime_id))
    if showtime is None or not caller.has_role(Role.STAFF, scope=showtime.cinema_id):
        raise NotFound("There is no such showtime.")
    return [_merged(runtime, caller, showtime_id, index, one) for index, one in enumerate(queued)]


def _merged(runtime: Running, caller: Caller, showtime_id: str, index: int, one: QueuedCheckIn) -> Merged:
    try:
        return run(
            runtime, lambda session, news: _merge(session, runtime, caller, showtime_id, index, one, news)
        )
    except Refusal as refusal:
        return Merged(index, "REFUSED", refusal.code, refusal.message)


def _merge(
    session: Session, runtime: Running, caller: Caller, showtime_id: str, index: int, one: QueuedCheckIn, news: News,
) -> Merged:  # fmt: skip
    ticket, booking, showtime = at_the_door(session, runtime, caller, one.qr_payload, one.code)
    check_is_sold(ticket, booking)
    if showtime.id != showtime_id:
        raise WrongShowtime(f"This ticket is for {showtime.movie_title}, {showtime.auditorium_name}.")
    # A scanner's clock may run ahead: nobody went in later than now.
    entry = Entry(min(one.at, utc_now(session)), one.door)
    if ticket.state == "VALID":
        admit(session, caller, (ticket, booking, showtime), news, entry)
        return Merged(index, "ADMITTED", None, None, ticket.id, booking.id, entry.at, one.door)
    is_same = ticket.used_at == entry.at and (ticket.used_door or None) == (one.door or None)
    if not is_same:
        _tell_of_conflict(session, caller, ticket, booking, entry)
    outcome, code = ("REPEATED", None) if is_same else ("CONFLICT", CONFLICT_CODE)
    words = None if is_same else f"This ticket was used at {_when(ticket)} before."
    return Merged(index, outcome, code, words, ticket.id, booking.id, ticket.used_at, ticket.used_door)


def _tell_of_conflict(
    session: Session, caller: Caller, ticket: Ticket, booking: Booking, entry: Entry
) -> None:
    """Write down, once, that two went in with one ticket."""
    detail = f"{ticket.seat_id} {entry.door or ''} {entry.at.isoformat()}".replace("  ", " ")
    told = select(BookingStep.seq).where(
        BookingStep.booking_id == booking.id, BookingStep.outcome == "CONFLICT", BookingStep.detail == detail
    )
    if session.scalar(told.limit(1)) is not None:
        return
    note(session, booking.id, "check_in", "CONFLICT", detail=detail, actor_id=caller.user_id)
    after = {"door": entry.door, "at": entry.at.isoformat()}
    audit.record(session, caller, "ticket.check_in_conflict", "Ticket", ticket.id, after=after)


def _when(ticket: Ticket) -> str:
    at = ticket.used_at.isoformat(timespec="minutes") if ticket.used_at else "another time"
    return f"{at}{', ' + ticket.used_door if ticket.used_door else ''}"

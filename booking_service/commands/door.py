"""The door: let a ticket in once, or say why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from booking_service.commands.moves import News, Running, lock_booking, note, run
from booking_service.errors import (
    ReasonRequired,
    TicketAlreadyUsed,
    TicketInvalid,
    TicketVoid,
    TooEarly,
    WrongShowtime,
)
from booking_service.lifecycle import State
from booking_service.models import Booking, Showtime, Ticket
from booking_service.tickets.signing import TicketKeys
from chassis import audit
from chassis.database import rows_changed, utc_now
from chassis.identity import Caller, Role


def check_in(
    runtime: Running,
    caller: Caller,
    *,
    qr_payload: str | None,
    code: str | None,
    showtime_id: str | None,
    door: str | None,
) -> tuple[str, str]:
    """Admit a ticket; its id and its booking's id.

    Raises TicketInvalid, TicketVoid, TicketAlreadyUsed (with when and where), WrongShowtime, TooEarly, Forbidden.
    """
    caller.require_role(Role.STAFF)

    def work(session: Session, news: News) -> tuple[str, str]:
        ticket, booking, showtime = at_the_door(session, runtime, caller, qr_payload, code)
        _check(session, runtime, ticket, booking, showtime, showtime_id)
        admit(session, caller, (ticket, booking, showtime), news, Entry(utc_now(session), door))
        return ticket.id, booking.id

    return run(runtime, work)


def shown(
    runtime: Running, caller: Caller, qr_payload: str | None, code: str | None
) -> tuple[str, str] | None:
    """The ids of the ticket that is shown and of its booking; None when it is none of the caller's cinemas."""

    def look(session: Session) -> tuple[str, str] | None:
        try:
            ticket = _found(session, runtime, qr_payload, code)
        except TicketInvalid:
            return None
        booking = session.get(Booking, ticket.booking_id)
        if booking is None or not caller.has_role(Role.STAFF, scope=booking.cinema_id):
            return None
        return ticket.id, booking.id

    return runtime.database.read(look)


def override_check_in(
    runtime: Running,
    caller: Caller,
    *,
    qr_payload: str | None,
    code: str | None,
    showtime_id: str | None,
    door: str | None,
    reason: str,
) -> tuple[str, str]:
    """Admit a ticket in spite of what the door said: another showtime, too early, used before. MANAGER of its cinema.

    The ids of ticket and booking. Raises ReasonRequired, and TicketInvalid, TicketVoid as check_in does: nobody is let
    in on a seat that may have been sold again.
    """
    caller.require_role(Role.MANAGER)
    if not reason.strip():
        raise ReasonRequired(field=("reason",))

    def work(session: Session, news: News) -> tuple[str, str]:
        ticket, booking, showtime = at_the_door(session, runtime, caller, qr_payload, code)
        if not caller.has_role(Role.MANAGER, scope=showtime.cinema_id):
            raise TicketInvalid("This ticket is for another cinema.")
        check_is_sold(ticket, booking)
        where = "" if showtime_id in (None, showtime.id) else f" for showtime {showtime_id}"
        entry = Entry(utc_now(session), door, "ticket.override_check_in", f"{reason.strip()}{where}")
        admit(session, caller, (ticket, booking, showtime), news, entry)
        return ticket.id, booking.id

    return run(runtime, work)


@dataclass(frozen=True)
class Entry:
    """Somebody goes in: when, by which door, as the audit trail calls it; `reason`: why in spite of a refusal."""

    at: datetime
    door: str | None
    action: str = "ticket.check_in"
    reason: str | None = None


def at_the_door(
    session: Session, runtime: Running, caller: Caller, qr_payload: str | None, code: str | None
) -> tuple[Ticket, Booking, Showtime]:
    """The ticket that is shown, with its booking and showtime locked. Raises TicketInvalid, also outside the scope."""
    ticket = _found(session, runtime, qr_payload, code)
    # Locked: nobody goes in on a booking that is being cancelled at this moment.
    booking, showtime = lock_booking(session, ticket.booking_id)
    session.refresh(ticket)
    if not caller.has_role(Role.STAFF, scope=showtime.cinema_id):
        raise TicketInvalid("This ticket is for another cinema.")
    return ticket, booking, showtime


def admit(
    session: Session, caller: Caller, shown: tuple[Ticket, Booking, Showtime], news: News, entry: Entry
) -> None:
    """Make the ticket USED and write it down; one that was used before only with a reason. Raises TicketAlreadyUsed."""
    ticket, booking, showtime = shown
    before, is_first = ticket.state, ticket.state == "VALID"
    usable = ("VALID",) if entry.reason is None else ("VALID", "USED")
    values = {"state": "USED", "used_at": entry.at, "used_door": (entry.door or "")[:64] or None}
    admitted = update(Ticket).where(Ticket.id == ticket.id, Ticket.state.in_(usable)).values(**values)
    if rows_changed(session, admitted) != 1:
        raise TicketAlreadyUsed
    session.execute(
        update(Showtime)
        .where(Showtime.id == showtime.id)
        .values(checked_in=Showtime.checked_in + (1 if is_first else 0))
    )
    after = {"state": "USED", "door": entry.door} | ({"reason": entry.reason} if entry.reason else {})
    audit.record(session, caller, entry.action, "Ticket", ticket.id, before={"state": before}, after=after)
    outcome = "USED" if entry.reason is None else "OVERRIDDEN"
    said = f"{ticket.seat_id} {entry.door or ''} {entry.reason or ''}".strip()
    note(session, booking.id, "check_in", outcome, detail=said, actor_id=caller.user_id)
    news.bookings.append((booking.cinema_id, booking.id))


def undo_check_in(runtime: Running, caller: Caller, ticket_id: str, reason: str) -> tuple[str, str]:
    """Take back an admission made by mistake; the ids of ticket and booking. Raises TicketInvalid, ReasonRequired."""
    caller.require_role(Role.STAFF)
    if not reason.strip():
        raise ReasonRequired(field=("reason",))

    def work(session: Session, news: News) -> tuple[str, str]:
        ticket = session.get(Ticket, ticket_id)
        booking = lock_booking(session, ticket.booking_id)[0] if ticket is not None else None
        if ticket is None or booking is None or not caller.has_role(Role.STAFF, scope=booking.cinema_id):
            raise TicketInvalid(field=("ticketId",))
        used = update(Ticket).where(Ticket.id == ticket_id, Ticket.state == "USED")
        if rows_changed(session, used.values(state="VALID", used_at=None, used_door=None)) != 1:
            raise TicketInvalid("This ticket was not used.", field=("ticketId",))
        session.execute(
            update(Showtime)
            .where(Showtime.id == ticket.showtime_id)
            .values(checked_in=Showtime.checked_in - 1)
        )
        note(session, booking.id, "check_in", "UNDONE", detail=reason, actor_id=caller.user_id)
        audit.record(session, caller, "ticket.undo_check_in", "Ticket", ticket_id, after={"reason": reason})
        news.bookings.append((booking.cinema_id, booking.id))
        return ticket_id, booking.id

    return run(runtime, work)


def _found(session: Session, runtime: Running, qr_payload: str | None, code: str | None) -> Ticket:
    ticket: Ticket | None = None
    if qr_payload:
        text = TicketKeys(runtime.settings.ticket_signing_keys).read(qr_payload)
        ticket = session.get(Ticket, text.ticket_id) if text is not None else None
    elif code:
        plain = "".join(letter for letter in code.upper() if letter.isalnum())
        ticket = session.scalar(select(Ticket).where(Ticket.code == plain))
    if ticket is None:
        raise TicketInvalid
    return ticket


def check_is_sold(ticket: Ticket, booking: Booking) -> None:
    """Raises TicketVoid when the seat went back, TicketInvalid when nobody paid for it."""
    if ticket.state == "VOID" or booking.state in (State.CANCELLED, State.EXPIRED):
        raise TicketVoid
    if booking.state != State.CONFIRMED:
        raise TicketInvalid("This booking has not been paid.")


def _check(
    session: Session,
    runtime: Running,
    ticket: Ticket,
    booking: Booking,
    showtime: Showtime,
    showtime_id: str | None,
) -> None:
    check_is_sold(ticket, booking)
    if showtime_id is not None and showtime.id != showtime_id:
        raise WrongShowtime(f"This ticket is for {showtime.movie_title}, {showtime.auditorium_name}.")
    if ticket.state == "USED":
        at = ticket.used_at.isoformat(timespec="minutes") if ticket.used_at else ""
        raise TicketAlreadyUsed(
            f"This ticket was used at {at}{', ' + ticket.used_door if ticket.used_door else ''}."
        )
    opens = showtime.starts_at - timedelta(minutes=runtime.settings.check_in_opens_minutes)
    if utc_now(session) < opens:
        raise TooEarly(f"Admission begins at {opens.isoformat(timespec='minutes')}.")

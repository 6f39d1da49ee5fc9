"""What a scanner takes along for the time without a connection: the tickets of a showtime and how they stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking_service.lifecycle import State
from booking_service.models import Booking, Showtime, Ticket
from booking_service.rules.seats import in_the_room
from booking_service.tickets.signing import TicketKeys
from chassis.database import utc_now
from chassis.errors import NotFound
from chassis.identity import Caller, Role

FORM = "LCL1"


@dataclass(frozen=True)
class DoorTicket:
    """A ticket that was sold, as it stood when the list was made."""

    id: str
    code: str
    seat_id: str
    ticket_type: str
    status: str
    used_at: datetime | None
    door: str | None


@dataclass(frozen=True)
class DoorList:
    """Tickets in the order of the room; `signature` covers all of it, see `lines_of`."""

    showtime_id: str
    at: datetime
    expected: int
    checked_in: int
    tickets: tuple[DoorTicket, ...]
    signature: str


def door_list(session: Session, keys: TicketKeys, caller: Caller, showtime_id: str) -> DoorList:
    """The list of a showtime. STAFF of its cinema. Raises Forbidden, NotFound."""
    caller.require_role(Role.STAFF)
    showtime = session.get(Showtime, showtime_id)
    if showtime is None or not caller.has_role(Role.STAFF, scope=showtime.cinema_id):
        raise NotFound("There is no such showtime.")
    at = utc_now(session)
    rows = session.scalars(
        select(Ticket)
        .join(Booking, Booking.id == Ticket.booking_id)
        .where(
            Ticket.showtime_id == showtime_id, Ticket.state != "VOID", Booking.state == State.CONFIRMED.value
        )
    )
    tickets = tuple(
        DoorTicket(row.id, row.code, row.seat_id, row.ticket_type, row.state, row.used_at, row.used_door)
        for row in sorted(rows, key=lambda row: (in_the_room(row.seat_id), row.id))
    )
    inside = sum(ticket.status == "USED" for ticket in tickets)
    signature = keys.sign_lines(lines_of(showtime_id, at, tickets))
    return DoorList(showtime_id, at, len(tickets), inside, tickets, signature)


def lines_of(showtime_id: str, at: datetime, tickets: tuple[DoorTicket, ...]) -> list[str]:
    """What is signed: the form, the showtime, the instant as the graph writes it, and a line for each ticket."""
    head = [FORM, showtime_id, at.astimezone(UTC).isoformat()]
    return head + [
        f"{ticket.id} {ticket.code} {ticket.seat_id} {ticket.ticket_type} {ticket.status}"
        for ticket in tickets
    ]

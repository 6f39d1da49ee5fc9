"""The door without a connection: the list that a scanner takes along, and what it hands in afterwards."""

from __future__ import annotations

import graphene

from booking_service.schema.booking_types import Ticket
from booking_service.schema.enums import CheckInOutcome, TicketStatus, TicketType
from chassis.graphql_types import DateTime, UserError, required_list


class DoorTicket(graphene.ObjectType):
    """A ticket that was sold, as it stood when the list was made."""

    id = graphene.ID(required=True)
    code = graphene.String(required=True)
    seat_id = graphene.ID(required=True)
    ticket_type = graphene.Field(TicketType, required=True)
    status = graphene.Field(TicketStatus, required=True)
    used_at = graphene.Field(DateTime)
    door = graphene.String()


class DoorList(graphene.ObjectType):
    """All tickets of a showtime in the order of the room, for checking without a connection."""

    showtime_id = graphene.ID(required=True)
    at = graphene.Field(DateTime, required=True, description="When it was made.")
    expected = graphene.Int(required=True, description="Tickets sold.")
    checked_in = graphene.Int(required=True)
    tickets = required_list(DoorTicket)
    signature = graphene.String(
        required=True,
        description="<key name>.<base64url Ed25519 signature> over these lines, joined by line feeds: LCL1, showtimeId, at, "
        "and for each ticket: id code seatId ticketType status. Keys as for tickets.",
    )


class QueuedCheckInInput(graphene.InputObjectType):
    """An admission by the scanner's own list: the signed text or the typed code, when, and by which door."""

    qr_payload = graphene.String()
    code = graphene.String()
    at = DateTime(
        required=True, description="By the scanner's clock; one that runs ahead is set back to now."
    )
    door = graphene.String()


class SyncedCheckIn(graphene.ObjectType):
    """What became of one; usedAt and door tell of the admission that counts."""

    index = graphene.Int(required=True)
    outcome = graphene.Field(CheckInOutcome, required=True)
    code = graphene.String(description="Why not, as checkInTicket would say it.")
    message = graphene.String()
    ticket = graphene.Field(lambda: Ticket)
    used_at = graphene.Field(DateTime)
    door = graphene.String()


class SyncCheckInsPayload(graphene.ObjectType):
    results = required_list(SyncedCheckIn)
    showtime = graphene.Field("booking_service.schema.showtime_types.Showtime")
    user_errors = required_list(UserError)

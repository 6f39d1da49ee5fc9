"""What mutations answer."""

from __future__ import annotations

import graphene

from booking_service.schema.booking_types import Booking, Ticket
from booking_service.schema.report_types import Export
from booking_service.schema.showtime_types import BookingPolicy, Showtime, WaitingRoom
from chassis.graphql_types import DateTime, Money, UserError


class BookingPolicyPayload(graphene.ObjectType):
    booking_policy = graphene.Field(lambda: BookingPolicy)
    user_errors = graphene.Field(graphene.NonNull(graphene.List(graphene.NonNull(UserError))))


class BookingPayload(graphene.ObjectType):
    booking = graphene.Field(lambda: Booking)
    change = graphene.Field(
        Money, description="At the desk: what to hand back of the cash that was tendered."
    )
    user_errors = graphene.Field(graphene.NonNull(graphene.List(graphene.NonNull(UserError))))


class PayBookingPayload(graphene.ObjectType):
    booking = graphene.Field(lambda: Booking)
    action = graphene.Field(lambda: PaymentAction)
    user_errors = graphene.Field(graphene.NonNull(graphene.List(graphene.NonNull(UserError))))


class ShowtimePayload(graphene.ObjectType):
    showtime = graphene.Field(lambda: Showtime)
    user_errors = graphene.Field(graphene.NonNull(graphene.List(graphene.NonNull(UserError))))


class ShowtimesPayload(graphene.ObjectType):
    showtimes = graphene.Field(graphene.NonNull(graphene.List(graphene.NonNull(lambda: Showtime))))
    user_errors = graphene.Field(graphene.NonNull(graphene.List(graphene.NonNull(UserError))))


class CheckInPayload(graphene.ObjectType):
    """A refusal brings the ticket all the same where it is one of the cinema's."""

    ticket = graphene.Field(lambda: Ticket)
    booking = graphene.Field(lambda: Booking)
    user_errors = graphene.Field(graphene.NonNull(graphene.List(graphene.NonNull(UserError))))


class BookingsPayload(graphene.ObjectType):
    bookings = graphene.Field(graphene.NonNull(graphene.List(graphene.NonNull(lambda: Booking))))
    user_errors = graphene.Field(graphene.NonNull(graphene.List(graphene.NonNull(UserError))))


class ExportPayload(graphene.ObjectType):
    export = graphene.Field(lambda: Export)
    user_errors = graphene.Field(graphene.NonNull(graphene.List(graphene.NonNull(UserError))))


class WaitingRoomPayload(graphene.ObjectType):
    place = graphene.Field(lambda: WaitingRoomPlace)
    waiting_room = graphene.Field(lambda: WaitingRoom)
    user_errors = graphene.Field(graphene.NonNull(graphene.List(graphene.NonNull(UserError))))


class PaymentAction(graphene.ObjectType):
    """Set when the payer must act in the browser first (3-D Secure, a bank's page)."""

    client_secret = graphene.Field(graphene.String)
    redirect_url = graphene.Field(graphene.String)


class WaitingRoomPlace(graphene.ObjectType):
    token = graphene.Field(graphene.NonNull(graphene.String))
    position = graphene.Field(graphene.NonNull(graphene.Int))
    minutes_from = graphene.Field(graphene.NonNull(graphene.Int), description="Honest range.")
    minutes_to = graphene.Field(graphene.NonNull(graphene.Int))
    admitted = graphene.Field(graphene.NonNull(graphene.Boolean))
    turn_ends_at = graphene.Field(DateTime)

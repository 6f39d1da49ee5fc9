"""Bookings and tickets, for guests and staff."""

from __future__ import annotations

import graphene

from booking_service.schema import views
from booking_service.schema.enums import BookingStatus, TicketStatus, TicketType, text
from booking_service.schema.showtime_types import Seat, Showtime
from chassis.federation import key
from chassis.graphql_types import DateTime, Money, PageInfo
from chassis.money import Money as MoneyValue


class BookingStep(graphene.ObjectType):
    step = graphene.Field(graphene.NonNull(graphene.String))
    attempt = graphene.Field(graphene.NonNull(graphene.Int))
    outcome = graphene.Field(graphene.NonNull(graphene.String))
    detail = graphene.Field(graphene.String)
    at = graphene.Field(graphene.NonNull(DateTime))
    actor = graphene.Field(
        lambda: User, description="Who of the staff did it; null: the guest or the system."
    )

    def resolve_actor(root, info):
        return views.parent_of(root, "actor_id")


class Ticket(graphene.ObjectType):
    id = graphene.Field(graphene.NonNull(graphene.ID))
    code = graphene.Field(
        graphene.NonNull(graphene.String), description="To type in at the door when the code can't be read."
    )
    seat = graphene.Field(graphene.NonNull(lambda: Seat))
    ticket_type = graphene.Field(graphene.NonNull(TicketType))
    price = graphene.Field(graphene.NonNull(Money))
    status = graphene.Field(graphene.NonNull(TicketStatus))
    qr_payload = graphene.Field(
        graphene.String,
        description="Signed text inside the QR code; null until the booking is CONFIRMED. Checkable offline with the public key.",
    )
    used_at = graphene.Field(DateTime)
    door = graphene.Field(graphene.String, description="By which door it went in.")


class RefundQuote(graphene.ObjectType):
    percent = graphene.Field(graphene.NonNull(graphene.Int))
    amount = graphene.Field(graphene.NonNull(Money))
    until_next_step = graphene.Field(DateTime, description="When the next lower step begins.")


@key("id")
class User(graphene.ObjectType):
    id = graphene.Field(graphene.NonNull(graphene.ID))
    bookings = graphene.Field(
        lambda: BookingConnection,
        status=graphene.Argument(BookingStatus),
        first=graphene.Argument(graphene.Int, default_value=20),
        after=graphene.Argument(graphene.String),
    )

    @classmethod
    def resolve_references(cls, representations, info):
        return views.parents([found["id"] for found in representations])

    def resolve_bookings(root, info, status=None, first=20, after=None):
        return views.bookings_of_user(root, info, text(status), first, after)


@key("id", resolvable=False)
class Payment(graphene.ObjectType):
    id = graphene.Field(graphene.NonNull(graphene.ID))


@key("id")
class Booking(graphene.ObjectType):
    id = graphene.Field(graphene.NonNull(graphene.ID))
    reference = graphene.Field(
        graphene.NonNull(graphene.String), description="Short code to read out at the desk, e.g. K7QM-2ZPX."
    )
    user = graphene.Field(lambda: User)
    showtime = graphene.Field(graphene.NonNull(lambda: Showtime))
    status = graphene.Field(graphene.NonNull(BookingStatus))
    tickets = graphene.Field(graphene.NonNull(graphene.List(graphene.NonNull(lambda: Ticket))))
    hold_expires_at = graphene.Field(DateTime, description="While HELD or PAYING: when the seats go back.")
    extensions_left = graphene.Field(graphene.NonNull(graphene.Int))
    server_time = graphene.Field(
        graphene.NonNull(DateTime),
        description="Server time of this answer: count down from it, not from the client's clock.",
    )
    coupon_code = graphene.Field(graphene.String)
    subtotal = graphene.Field(graphene.NonNull(Money))
    discount = graphene.Field(graphene.NonNull(Money))
    fee = graphene.Field(graphene.NonNull(Money))
    total = graphene.Field(graphene.NonNull(Money))
    payment = graphene.Field(lambda: Payment)
    contact_email = graphene.Field(
        graphene.String, description="Copies made when the seats were held; for the guest and staff."
    )
    contact_phone = graphene.Field(graphene.String)
    tickets_pdf_url = graphene.Field(
        graphene.String, description="Signed links for the guest, short-lived; null until CONFIRMED."
    )
    calendar_url = graphene.Field(graphene.String)
    timeline = graphene.Field(
        graphene.List(graphene.NonNull(lambda: BookingStep)),
        description="Every step with its attempts, for staff.",
    )
    refund_quote = graphene.Field(
        lambda: RefundQuote,
        description="What a cancellation now would give back; null when it can no longer be cancelled.",
    )
    created_at = graphene.Field(graphene.NonNull(DateTime))
    confirmed_at = graphene.Field(DateTime)
    cancelled_at = graphene.Field(DateTime)

    @classmethod
    def resolve_references(cls, representations, info):
        return views.bookings(info, [found["id"] for found in representations])

    def resolve_user(root, info):
        return views.parent_of(root, "user_id")

    def resolve_showtime(root, info):
        return views.showtime_of(root, info)

    def resolve_status(root, info):
        return root.state

    def resolve_tickets(root, info):
        return views.tickets(root, info)

    def resolve_hold_expires_at(root, info):
        return root.expires_at if root.state in ("HELD", "PAYING") else None

    def resolve_server_time(root, info):
        return views.server_time(info)

    def resolve_subtotal(root, info):
        return MoneyValue(root.subtotal, root.currency)

    def resolve_discount(root, info):
        return MoneyValue(root.discount, root.currency)

    def resolve_fee(root, info):
        return MoneyValue(root.fee, root.currency)

    def resolve_total(root, info):
        return MoneyValue(root.total, root.currency)

    def resolve_payment(root, info):
        return views.parent_of(root, "payment_id")

    def resolve_tickets_pdf_url(root, info):
        return views.link(root, info, "/files/tickets/{}.pdf")

    def resolve_calendar_url(root, info):
        return views.link(root, info, "/files/calendar/{}.ics")

    def resolve_timeline(root, info):
        return views.timeline(root, info)

    def resolve_refund_quote(root, info):
        return views.refund_quote(root, info)


class BookingConnection(graphene.ObjectType):
    nodes = graphene.Field(graphene.NonNull(graphene.List(graphene.NonNull(lambda: Booking))))
    page_info = graphene.Field(graphene.NonNull(PageInfo))
    total_count = graphene.Field(graphene.NonNull(graphene.Int))

"""Input types of the booking graph."""

from __future__ import annotations

import graphene

from booking_service.schema.enums import (
    BookingStatus,
    PaymentMethod,
    SeatCategory,
    ShowtimeStatus,
    TicketType,
)
from chassis.graphql_types import DateTime, MoneyInput


class RefundTierInput(graphene.InputObjectType):
    hours_before = graphene.InputField(graphene.NonNull(graphene.Float))
    percent = graphene.InputField(graphene.NonNull(graphene.Int))


class BookingPolicyInput(graphene.InputObjectType):
    gap_rule = graphene.InputField(graphene.Boolean)
    hold_minutes = graphene.InputField(graphene.Int)
    maximum_seats = graphene.InputField(graphene.Int)
    sales_close_minutes = graphene.InputField(graphene.Int)
    turnaround_minutes = graphene.InputField(graphene.Int)
    fee = graphene.InputField(MoneyInput)
    refund_tiers = graphene.InputField(graphene.List(graphene.NonNull(RefundTierInput)))


class SeatChoiceInput(graphene.InputObjectType):
    seat_id = graphene.InputField(graphene.NonNull(graphene.ID))
    ticket_type = graphene.InputField(TicketType, default_value=TicketType.ADULT)


class HoldSeatsInput(graphene.InputObjectType):
    showtime_id = graphene.InputField(graphene.NonNull(graphene.ID))
    seats = graphene.InputField(graphene.NonNull(graphene.List(graphene.NonNull(SeatChoiceInput))))
    booking_id = graphene.InputField(
        graphene.ID,
        description="An own HELD booking of this showtime whose seats these replace, all or none; the deadline stays.",
    )
    place_token = graphene.InputField(
        graphene.String,
        description="From joinWaitingRoom, while the showtime has a waiting room: WAITING_ROOM_NOT_YET, WAITING_ROOM_TURN_OVER.",
    )
    idempotency_key = graphene.InputField(graphene.String, description="Same key, same answer, for 24 hours.")


class PayBookingInput(graphene.InputObjectType):
    booking_id = graphene.InputField(graphene.NonNull(graphene.ID))
    method = graphene.InputField(graphene.NonNull(PaymentMethod))
    payment_token = graphene.InputField(
        graphene.String,
        description="What the provider's form gave: a payment-method id. The simulated provider takes pm_success, pm_declined, pm_insufficient_funds,\npm_3ds (the payer must confirm), pm_slow (answers after 30 s), pm_answer_lost (captures, then says nothing), pm_webhook_late,\npm_webhook_twice. A total of 0 needs none and makes no payment.",
    )
    idempotency_key = graphene.InputField(
        graphene.NonNull(graphene.String),
        description="Same key, same answer, for 24 hours; the same key with another booking or method is refused with IDEMPOTENCY_KEY_REUSED.",
    )


class PriceInput(graphene.InputObjectType):
    category = graphene.InputField(graphene.NonNull(SeatCategory))
    ticket_type = graphene.InputField(graphene.NonNull(TicketType))
    price = graphene.InputField(graphene.NonNull(MoneyInput))


class ShowtimeInput(graphene.InputObjectType):
    movie_id = graphene.InputField(graphene.NonNull(graphene.ID))
    auditorium_id = graphene.InputField(graphene.NonNull(graphene.ID))
    starts_at = graphene.InputField(graphene.NonNull(DateTime))
    format = graphene.InputField(graphene.String)
    audio_language = graphene.InputField(graphene.String)
    subtitle_language = graphene.InputField(graphene.String)
    prices = graphene.InputField(graphene.NonNull(graphene.List(graphene.NonNull(PriceInput))))
    sales_open_at = graphene.InputField(DateTime)
    publish = graphene.InputField(graphene.Boolean, default_value=False, description="Left out: a DRAFT.")


class ScheduleShowtimesInput(graphene.InputObjectType):
    movie_id = graphene.InputField(
        graphene.NonNull(graphene.ID),
        description="Bulk: the same programme on each of these instants; all or nothing.",
    )
    auditorium_ids = graphene.InputField(graphene.NonNull(graphene.List(graphene.NonNull(graphene.ID))))
    starts_at = graphene.InputField(graphene.NonNull(graphene.List(graphene.NonNull(DateTime))))
    format = graphene.InputField(graphene.String)
    audio_language = graphene.InputField(graphene.String)
    subtitle_language = graphene.InputField(graphene.String)
    prices = graphene.InputField(graphene.NonNull(graphene.List(graphene.NonNull(PriceInput))))
    sales_open_at = graphene.InputField(DateTime)
    publish = graphene.InputField(graphene.Boolean, default_value=False)


class WaitingRoomInput(graphene.InputObjectType):
    showtime_id = graphene.InputField(graphene.NonNull(graphene.ID))
    opens_at = graphene.InputField(graphene.NonNull(DateTime))
    rate = graphene.InputField(graphene.NonNull(graphene.Int))
    open = graphene.InputField(graphene.NonNull(graphene.Boolean))


class ShowtimeFilter(graphene.InputObjectType):
    movie_id = graphene.InputField(graphene.ID)
    cinema_id = graphene.InputField(graphene.ID)
    auditorium_id = graphene.InputField(graphene.ID)
    city = graphene.InputField(graphene.String)
    from_ = graphene.InputField(DateTime, name="from")
    to = graphene.InputField(DateTime)
    format = graphene.InputField(graphene.String)
    status = graphene.InputField(ShowtimeStatus)


class BookingFilter(graphene.InputObjectType):
    search = graphene.InputField(graphene.String)
    status = graphene.InputField(BookingStatus)
    cinema_id = graphene.InputField(graphene.ID)
    movie_id = graphene.InputField(graphene.ID)
    showtime_id = graphene.InputField(graphene.ID)
    user_id = graphene.InputField(graphene.ID)
    from_ = graphene.InputField(DateTime, name="from")
    to = graphene.InputField(DateTime)

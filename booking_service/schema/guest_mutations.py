"""What guests do: hold, pay, change, give back, wait."""

from __future__ import annotations

import graphene

from booking_service import limits
from booking_service.commands import (
    cancel,
    hold,
    house,
    keep,
    pay,
    waiting_room,
)
from booking_service.commands.change_seats import change_seats
from booking_service.schema import answers, views
from booking_service.schema.inputs import (
    HoldSeatsInput,
    PayBookingInput,
    SeatChoiceInput,
)
from booking_service.schema.payloads import (
    BookingPayload,
    PayBookingPayload,
    WaitingRoomPayload,
)
from chassis.graphql_types import DonePayload, MoneyInput, mutation_payload


class GuestMutations(graphene.ObjectType):
    """What guests do: hold, pay, change, give back, wait."""

    hold_seats = graphene.Field(
        graphene.NonNull(BookingPayload),
        input=graphene.Argument(graphene.NonNull(HoldSeatsInput)),
        description='All the seats or none; signed-in guests. Refusals: SEAT_TAKEN (one error a seat, field ["input", "seats", "<index>"]), SINGLE_SEAT_GAP, TOO_MANY_SEATS, SALES_CLOSED, SEAT_UNKNOWN.',
    )
    apply_coupon = graphene.Field(
        graphene.NonNull(BookingPayload),
        booking_id=graphene.Argument(graphene.NonNull(graphene.ID)),
        code=graphene.Argument(graphene.NonNull(graphene.String)),
    )
    remove_coupon = graphene.Field(
        graphene.NonNull(BookingPayload), booking_id=graphene.Argument(graphene.NonNull(graphene.ID))
    )
    pay_booking = graphene.Field(
        graphene.NonNull(PayBookingPayload),
        input=graphene.Argument(graphene.NonNull(PayBookingInput)),
        description="Takes the money and confirms, once. PAYMENT_DECLINED leaves the hold; PAYMENT_PENDING: ask again with the same key.",
    )
    extend_hold = graphene.Field(
        graphene.NonNull(BookingPayload),
        booking_id=graphene.Argument(graphene.NonNull(graphene.ID)),
        description="More time to pay: four minutes a call, at most ten times, never past the close of sales. HOLD_EXPIRED, HOLD_LIMIT_REACHED.",
    )
    cancel_booking = graphene.Field(
        graphene.NonNull(BookingPayload),
        booking_id=graphene.Argument(graphene.NonNull(graphene.ID)),
        reason=graphene.Argument(graphene.String),
        expected_refund=graphene.Argument(MoneyInput),
        description="HELD: gives the seats back. CONFIRMED: refunds by the cancellation policy; expectedRefund is the quote the guest saw: QUOTE_CHANGED when it no longer stands.",
    )
    change_seats = graphene.Field(
        graphene.NonNull(PayBookingPayload),
        booking_id=graphene.Argument(graphene.NonNull(graphene.ID)),
        seats=graphene.Argument(graphene.NonNull(graphene.List(graphene.NonNull(SeatChoiceInput)))),
        payment_token=graphene.Argument(graphene.String),
        idempotency_key=graphene.Argument(graphene.NonNull(graphene.String)),
        description="Other seats of the same showtime for a CONFIRMED booking; a difference is charged or given back.",
    )
    join_waiting_list = graphene.Field(
        graphene.NonNull(DonePayload),
        showtime_id=graphene.Argument(graphene.NonNull(graphene.ID)),
        seats=graphene.Argument(graphene.NonNull(graphene.Int)),
        description="Tells the signed-in user as soon as that many seats of a full showtime are free again.",
    )
    leave_waiting_list = graphene.Field(
        graphene.NonNull(DonePayload), showtime_id=graphene.Argument(graphene.NonNull(graphene.ID))
    )
    join_waiting_room = graphene.Field(
        graphene.NonNull(WaitingRoomPayload),
        showtime_id=graphene.Argument(graphene.NonNull(graphene.ID)),
        token=graphene.Argument(graphene.String),
        description="A place, or with its token the state of it.",
    )

    @mutation_payload(BookingPayload)
    def resolve_hold_seats(root, info, input):
        context = info.context
        limits.hold(context.runtime, context.caller, context.client_address)
        booking_id = hold.hold_seats(context.runtime, context.caller, answers.wish(input))
        return BookingPayload(booking=answers.booking(info, booking_id))

    @mutation_payload(BookingPayload)
    def resolve_apply_coupon(root, info, booking_id, code):
        keep.apply_coupon(info.context.runtime, info.context.caller, booking_id, code)
        return BookingPayload(booking=answers.booking(info, booking_id))

    @mutation_payload(BookingPayload)
    def resolve_remove_coupon(root, info, booking_id):
        keep.remove_coupon(info.context.runtime, info.context.caller, booking_id)
        return BookingPayload(booking=answers.booking(info, booking_id))

    @mutation_payload(PayBookingPayload)
    def resolve_pay_booking(root, info, input):
        wish = pay.PayWish(input.booking_id, input.method.value, input.payment_token, input.idempotency_key)
        return answers.paid(info, pay.pay_booking(info.context.runtime, info.context.caller, wish))

    @mutation_payload(BookingPayload)
    def resolve_extend_hold(root, info, booking_id):
        keep.extend_hold(info.context.runtime, info.context.caller, booking_id)
        return BookingPayload(booking=answers.booking(info, booking_id))

    @mutation_payload(BookingPayload)
    def resolve_cancel_booking(root, info, booking_id, reason=None, expected_refund=None):
        cancel.cancel_booking(
            info.context.runtime,
            info.context.caller,
            booking_id,
            reason=reason,
            expected=answers.money(expected_refund),
        )
        return BookingPayload(booking=answers.booking(info, booking_id))

    @mutation_payload(PayBookingPayload)
    def resolve_change_seats(root, info, booking_id, seats, idempotency_key, payment_token=None):
        done = change_seats(
            info.context.runtime, info.context.caller, booking_id, answers.choices(seats), payment_token=payment_token,
            key=idempotency_key,
        )  # fmt: skip
        return answers.paid(info, done)

    @mutation_payload(DonePayload, done=False)
    def resolve_join_waiting_list(root, info, showtime_id, seats):
        house.join_waiting_list(info.context.runtime, info.context.caller, showtime_id, seats)
        return DonePayload(done=True)

    @mutation_payload(DonePayload, done=False)
    def resolve_leave_waiting_list(root, info, showtime_id):
        house.leave_waiting_list(info.context.runtime, info.context.caller, showtime_id)
        return DonePayload(done=True)

    @mutation_payload(WaitingRoomPayload)
    def resolve_join_waiting_room(root, info, showtime_id, token=None):
        place = waiting_room.join(info.context.runtime, info.context.caller, showtime_id, token)
        return WaitingRoomPayload(place=place, waiting_room=views.waiting_room_of(info, showtime_id))

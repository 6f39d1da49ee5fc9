"""Other seats of the same showtime for a paid booking; a difference is charged or given back.

Dearer seats are claimed first, beside the old ones, then the difference is charged; only with the money do the
old seats go. Cheaper or equal ones change in one transaction. Fewer seats or cheaper tickets cancel a part:
possible while a cancellation gives everything back. A coupon's discount is reckoned anew over the new seats, by the
terms under which it was reserved.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking_service.commands.cancel import refund_quote
from booking_service.commands.hold import SeatChoice
from booking_service.commands.moves import News, Running, change, lock_booking, record_change, take_seats
from booking_service.commands.pay import Paid, asked_again, begin_try, charge_attempt, known_try, outcome_of
from booking_service.commands.refunds import money_left, owe_back, pay_refunds_due
from booking_service.commands.seat_checks import Wanted, check_person_cap, check_rules, others_of, prices_of
from booking_service.commands.seat_swap import (
    PAYING_MINUTES,
    discount_after,
    is_used,
    seats_of,
    swap,
    write_seats,
)
from booking_service.errors import (
    BookingUnknown,
    NotCancellable,
    NotHeld,
    PaymentPending,
    PaymentTokenMissing,
    SalesClosed,
    SeatTaken,
)
from booking_service.lifecycle import State
from booking_service.models import Booking, Claim, PaymentAttempt, Showtime, Ticket
from booking_service.queries.policies import policy_of
from booking_service.queries.seat_maps import plan_of
from booking_service.rules.inputs import check_lengths, check_payment_token
from booking_service.rules.seats import check_choice
from chassis.database import utc_now
from chassis.errors import Refusals
from chassis.idempotency import IdempotencyKeyReused
from chassis.identity import Caller, Role
from chassis.money import total


def change_seats(
    runtime: Running,
    caller: Caller,
    booking_id: str,
    seats: Sequence[SeatChoice],
    *,
    payment_token: str | None,
    key: str,
) -> Paid:
    """Change the seats of an own paid booking, or as staff of one of the own cinema's; how far the payment has come.

    Raises as begin_seat_change; PAYMENT_DECLINED and PAYMENT_PENDING come in the answer, with the old seats kept.
    """
    caller.require_user()
    check_lengths(idempotencyKey=key, paymentToken=payment_token)
    check_payment_token(payment_token, field=("paymentToken",))
    attempt = begin_try(
        runtime,
        lambda session, news: begin_seat_change(
            session, runtime, caller, booking_id, seats, payment_token, key, news
        ),
    )
    if attempt.outcome == "OPEN":
        charge_attempt(runtime, attempt, booking_id)
    else:
        pay_refunds_due(runtime, booking_id)
    return runtime.database.read(lambda session: outcome_of(session, booking_id, attempt))


def begin_seat_change(
    session: Session, runtime: Running, caller: Caller, booking_id: str, seats: Sequence[SeatChoice],
    payment_token: str | None, key: str, news: News,
) -> PaymentAttempt:  # fmt: skip
    """Change the seats at once, or claim them and open a try to charge the difference.

    Raises Refusal or Refusals as holding does, BookingUnknown, NotHeld, NotCancellable, SalesClosed,
    PaymentTokenMissing.
    """
    user_id = caller.require_user()
    wanted = [(seat.seat_id, seat.ticket_type) for seat in seats]
    lock_booking(session, booking_id)  # before the look for the key: the same may be asked twice at once
    known = known_try(session, user_id, key)
    if known is not None:
        if not _is_same(known, booking_id, wanted, payment_token):
            raise IdempotencyKeyReused(field=("idempotencyKey",))
        return asked_again(known)
    booking, showtime = _changeable(session, booking_id, caller)
    fresh = _check(session, runtime, booking, showtime, wanted)
    prices = prices_of(session, showtime, plan_of(session, showtime), wanted, _paid_prices(session, booking))
    difference = _difference(booking, total(prices, showtime.currency).amount)
    if difference < 0:
        _check_given_up(session, runtime, booking, showtime, wanted)
    _check_can_be_paid(difference, payment_token)
    attempt = PaymentAttempt(
        provider_key=f"{booking.id}:{booking.attempts + 1}", booking_id=booking.id, client_key=key, owner=user_id,
        purpose="SEAT_CHANGE", method="CARD", payment_token=payment_token, amount=max(0, difference),
        seats=write_seats(wanted, prices), outcome="OPEN", at=utc_now(session),
    )  # fmt: skip
    session.add(attempt)
    asked = {"seats": [seat_id for seat_id, _kind in wanted], "difference": difference}
    record_change(session, user_id, "booking.change_seats", booking_id, after=asked)
    change(session, booking, attempts=booking.attempts + 1)
    until = attempt.at + timedelta(minutes=PAYING_MINUTES) if difference > 0 else None
    take_seats(
        session, showtime, fresh, state="HELD", booking_id=booking.id, user_id=booking.user_id, expires_at=until,
        news=news,
    )  # fmt: skip
    if difference <= 0:
        swap(session, runtime, booking, showtime, attempt, news)
        attempt.outcome = "SUCCEEDED"
        _give_back(session, booking, attempt, -difference)
    return attempt


def _difference(booking: Booking, subtotal: int) -> int:
    """What the booking costs more with seats for `subtotal`, its coupon reckoned anew."""
    return subtotal - discount_after(booking, subtotal) + booking.fee - booking.total


def _check_can_be_paid(difference: int, payment_token: str | None) -> None:
    """Raises PaymentTokenMissing where more is to be paid and nobody said how."""
    if difference > 0 and not payment_token:
        words = "These seats cost more. Choose how to pay the difference."
        raise PaymentTokenMissing(words, field=("paymentToken",))


def _is_same(known: PaymentAttempt, booking_id: str, wanted: Wanted, payment_token: str | None) -> bool:
    seats = [seat[:2] for seat in seats_of(known)]
    return (known.booking_id, known.payment_token, seats) == (booking_id, payment_token, list(wanted))


def _changeable(session: Session, booking_id: str, caller: Caller) -> tuple[Booking, Showtime]:
    """The paid booking, own or of the own cinema, and its showtime, locked. Raises when its seats can't be changed."""
    booking, showtime = lock_booking(session, booking_id)
    own = booking.user_id is not None and booking.user_id == caller.user_id
    if not own and not caller.has_role(Role.STAFF, scope=booking.cinema_id):
        raise BookingUnknown(field=("bookingId",))
    if booking.state != State.CONFIRMED:
        raise NotHeld(field=("bookingId",))
    if showtime.state != "PUBLISHED" or utc_now(session) >= showtime.sales_close_at:
        raise SalesClosed("Seats of this showtime can't be changed any more.", field=("bookingId",))
    if is_used(session, booking_id):
        raise NotHeld("A ticket of this booking was used already.", field=("bookingId",))
    pending = select(PaymentAttempt.provider_key).where(
        PaymentAttempt.booking_id == booking_id, PaymentAttempt.outcome == "OPEN"
    )
    if session.scalar(pending) is not None:
        raise PaymentPending
    return booking, showtime


def _check(
    session: Session, runtime: Running, booking: Booking, showtime: Showtime, wanted: Wanted
) -> list[str]:
    """Seats that the booking does not have yet. Raises as holding does."""
    plan = plan_of(session, showtime)
    policy = policy_of(session, runtime.settings, showtime.cinema_id, showtime.currency)
    seat_ids = [seat_id for seat_id, _ in wanted]
    check_choice(seat_ids, {seat.id for seat in plan}, maximum=policy.maximum_seats)
    now = utc_now(session)
    claims = list(session.scalars(select(Claim).where(Claim.showtime_id == showtime.id)))
    mine = {claim.seat_id for claim in claims if claim.booking_id == booking.id}
    in_the_way = {claim.seat_id for claim in claims if claim.booking_id != booking.id}
    refused = [index for index, seat_id in enumerate(seat_ids) if seat_id in in_the_way]
    if refused:
        raise Refusals([SeatTaken(field=("seats", index)) for index in refused])
    others = others_of(claims, booking_id=booking.id, user_id=booking.user_id or "", now=now)
    check_person_cap(runtime.settings, policy, others, len(seat_ids))
    check_rules(runtime.settings, policy, showtime, plan, others, set(seat_ids), now)
    return [seat_id for seat_id in seat_ids if seat_id not in mine]


def _paid_prices(session: Session, booking: Booking) -> dict[tuple[str, str], int]:
    """What the seats of the booking cost, by seat and ticket type: for those that stay this price stands."""
    live = select(Ticket).where(Ticket.booking_id == booking.id, Ticket.state == "VALID")
    return {(ticket.seat_id, ticket.ticket_type): ticket.price for ticket in session.scalars(live)}


def _check_given_up(
    session: Session, runtime: Running, booking: Booking, showtime: Showtime, wanted: Wanted
) -> None:
    """Raises NotCancellable where giving up seats or dearer tickets would give back more than a cancellation."""
    live = select(Ticket.ticket_type).where(Ticket.booking_id == booking.id, Ticket.state == "VALID")
    if sorted(kind for _, kind in wanted) == sorted(session.scalars(live)):
        return
    offer = refund_quote(session, runtime, booking, showtime)
    if offer is None or offer.percent < 100:
        raise NotCancellable(
            "It is too late to give up a part of this booking. Choose as many seats with the same ticket types, "
            "or cancel the whole booking.",
            field=("seats",),
        )


def _give_back(session: Session, booking: Booking, attempt: PaymentAttempt, amount: int) -> None:
    """Cheaper seats: what was paid too much goes back, never more than the house still has."""
    kept = sum(left for _, left in money_left(session, booking))
    due = min(amount, max(0, kept - booking.total))
    owe_back(
        session, booking, due, key=f"{attempt.provider_key}:difference", reason="cheaper seats were chosen"
    )

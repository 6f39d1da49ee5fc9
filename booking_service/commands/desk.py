"""The box office: hold, take the money and confirm in one step."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from booking_service.commands.confirm import confirm
from booking_service.commands.hold import HoldWish, hold_seats
from booking_service.commands.keep import give_up
from booking_service.commands.moves import News, Running, change, keep_claims, lock_booking, move, note, run
from booking_service.commands.pay import asked_again, charge_attempt
from booking_service.errors import (
    HoldExpired,
    PaymentDeclined,
    PaymentMethodNotOffered,
    PaymentPending,
    ReasonRequired,
    ServiceAway,
    ShowtimeUnknown,
    TenderedTooLittle,
)
from booking_service.lifecycle import State
from booking_service.models import Booking, PaymentAttempt, Showtime
from booking_service.rules.inputs import check_payment_token
from chassis import audit, idempotency
from chassis.database import utc_now
from chassis.errors import Forbidden, Invalid
from chassis.identity import Caller, Role
from chassis.money import Money

DESK_METHODS = ("CASH", "CARD", "COMP")
OPERATION = "sellAtBoxOffice"
LONGEST_RECEIPT = 64


@dataclass(frozen=True)
class DeskPayment:
    """How it was paid at the desk. `tendered`: what was given in cash; `receipt`: what the card terminal printed."""

    method: str
    tendered: Money | None = None
    reason: str | None = None
    receipt: str | None = None


def sell_at_box_office(
    runtime: Running,
    caller: Caller,
    wish: HoldWish,
    *,
    method: str,
    tendered: Money | None,
    reason: str | None,
    receipt: str | None = None,
) -> str:
    """Sell the seats at the desk; the booking's id.

    Raises as hold_seats, HoldExpired, TenderedTooLittle, ReasonRequired for COMP, PaymentDeclined; then nothing stays
    held. Raises IdempotencyKeyReused for a key that came with other seats or another payment.
    """
    user_id = caller.require_role(Role.STAFF)
    _check_scope(runtime, caller, wish.showtime_id)
    payment = DeskPayment(method, tendered, reason, (receipt or "").strip() or None)
    _check_payment(payment)
    runtime.database.read(lambda session: _is_repeated(session, user_id, wish, payment))
    booking_id = hold_seats(runtime, caller, replace(wish, desk=True, booking_id=None, place_token=None))
    try:
        attempt = run(
            runtime,
            lambda session, news: _begin(session, runtime, caller, booking_id, wish, payment, news),
        )
    except Exception:
        run(runtime, lambda session, news: _drop(session, booking_id, news))
        raise
    if attempt is not None and attempt.outcome == "OPEN":
        charge_attempt(runtime, attempt, booking_id)
    _check_outcome(runtime, booking_id)
    return booking_id


def change_of(booking: Booking, tendered: Money | None) -> Money | None:
    """What to hand back of the cash; None when nothing was said about it."""
    return None if tendered is None else Money(tendered.amount - booking.total, booking.currency)


def _check_scope(runtime: Running, caller: Caller, showtime_id: str) -> None:
    showtime = runtime.database.read(lambda session: session.get(Showtime, showtime_id))
    if showtime is None:
        raise ShowtimeUnknown(field=("input", "showtimeId"))
    if not caller.has_role(Role.STAFF, scope=showtime.cinema_id):
        raise Forbidden


def _begin(
    session: Session, runtime: Running, caller: Caller, booking_id: str, wish: HoldWish, payment: DeskPayment,
    news: News,
) -> PaymentAttempt | None:  # fmt: skip
    """Open the try to take the money; a repeated key finds its own; None when there is nothing to take."""
    user_id = caller.require_user()
    booking, showtime = lock_booking(session, booking_id)
    is_repeated = _is_repeated(
        session, user_id, wish, payment
    )  # under the lock: another may have been faster
    if booking.state != State.HELD:
        known = session.get(PaymentAttempt, f"{booking_id}:1", populate_existing=True)
        return None if known is None else asked_again(known)
    if booking.expires_at is not None and booking.expires_at <= utc_now(session):
        raise HoldExpired  # this process slept, or the key came again much later
    _check_given(session, booking, payment)
    if wish.idempotency_key is not None and not is_repeated:
        mark = _mark(wish, payment)
        idempotency.store(session, user_id, OPERATION, wish.idempotency_key, mark, booking_id)
    _write_down(session, caller, booking, payment)
    if booking.total == 0:
        confirm(session, runtime, booking, showtime, news, payment_id=None, paid=0)
        return None
    attempt = PaymentAttempt(
        provider_key=f"{booking_id}:1", booking_id=booking_id, client_key=f"desk:{booking_id}",
        owner=user_id, purpose="BOOKING", method=payment.method, payment_token=payment.receipt, amount=booking.total,
        outcome="OPEN", at=utc_now(session),
    )  # fmt: skip
    session.add(attempt)
    move(session, booking, State.PAYING, paying_since=utc_now(session), attempts=1)
    keep_claims(session, booking_id, None)
    return attempt


def _check_payment(payment: DeskPayment) -> None:
    """Raises PaymentMethodNotOffered, ReasonRequired, Invalid or CardNumberGiven for a receipt that is none."""
    if payment.method not in DESK_METHODS:
        raise PaymentMethodNotOffered(field=("method",))
    if payment.method == "COMP" and not (payment.reason or "").strip():
        raise ReasonRequired("Complimentary tickets need a reason.", field=("reason",))
    if payment.receipt is not None and len(payment.receipt) > LONGEST_RECEIPT:
        raise Invalid(f"terminalReceipt has at most {LONGEST_RECEIPT} characters.")
    check_payment_token(payment.receipt, field=("terminalReceipt",))


def _is_repeated(session: Session, user_id: str, wish: HoldWish, payment: DeskPayment) -> bool:
    """Whether this very sale was begun before. Raises IdempotencyKeyReused when the key came with another one."""
    if wish.idempotency_key is None:
        return False
    mark = _mark(wish, payment)
    return idempotency.recall(session, user_id, OPERATION, wish.idempotency_key, mark) is not None


def _mark(wish: HoldWish, payment: DeskPayment) -> str:
    seats = [(seat.seat_id, seat.ticket_type) for seat in wish.seats]
    given = None if payment.tendered is None else (payment.tendered.amount, payment.tendered.currency)
    told = (payment.method, given, payment.reason, payment.receipt)
    return idempotency.fingerprint(wish.showtime_id, seats, *told)


def _check_given(session: Session, booking: Booking, payment: DeskPayment) -> None:
    """What it costs, paid this way. Raises TenderedTooLittle."""
    if payment.method == "COMP":
        change(session, booking, discount=booking.subtotal, total=booking.fee)
    if payment.method == "CASH" and payment.tendered is not None and not _covers(payment.tendered, booking):
        raise TenderedTooLittle(
            f"The total is {Money(booking.total, booking.currency)}.", field=("tendered",)
        )


def _write_down(session: Session, caller: Caller, booking: Booking, payment: DeskPayment) -> None:
    """The sale in the timeline and on the audit trail."""
    words = [payment.reason or ""]
    words += [] if payment.tendered is None else [f"tendered {payment.tendered}"]
    words += [] if payment.receipt is None else [f"receipt {payment.receipt}"]
    detail = ", ".join(word for word in words if word) or None
    note(session, booking.id, "desk", payment.method, detail=detail, actor_id=caller.user_id)
    after = {"method": payment.method, "total": booking.total}
    audit.record(session, caller, "booking.sell", "Booking", booking.id, after=after)


def _covers(tendered: Money, booking: Booking) -> bool:
    return tendered.currency == booking.currency and tendered.amount >= booking.total


def _check_outcome(runtime: Running, booking_id: str) -> None:
    """Raises PaymentDeclined, PaymentPending, ServiceAway unless the seats were sold."""
    booking = runtime.database.read(lambda session: session.get(Booking, booking_id))
    assert booking is not None
    if booking.state == State.HELD:
        attempt = runtime.database.read(lambda session: session.get(PaymentAttempt, f"{booking_id}:1"))
        run(runtime, lambda session, news: _drop(session, booking_id, news))
        if attempt is not None and attempt.failure_code == ServiceAway.code:
            raise ServiceAway(
                "Payments can't be taken at the moment. Nothing was charged and nothing was sold."
            )
        raise PaymentDeclined("The payment was declined. The seats are free again.")
    if booking.state == State.PAYING:
        raise PaymentPending
    if booking.confirmed_at is None:  # a repeated key whose first answer was no
        raise PaymentDeclined("The payment was declined. The seats are free again.")


def _drop(session: Session, booking_id: str, news: News) -> None:
    booking, showtime = lock_booking(session, booking_id)
    if booking.state == State.HELD:
        give_up(session, booking, showtime, "not paid at the desk", news)

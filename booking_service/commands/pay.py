"""Take the money and confirm, once.

Intend, charge, record: the try and its provider key are stored before payment_service is asked; whatever it
answers, or does not, `settle` is told. A repeated key continues the same try.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from booking_service import peers
from booking_service.commands.confirm import confirm
from booking_service.commands.keep import make_sure_of_coupon, own_hold
from booking_service.commands.moves import (
    MovedMeanwhile,
    News,
    Running,
    keep_claims,
    lock_booking,
    move,
    note,
    record_change,
    run,
)
from booking_service.commands.settle import give_up_unasked, note_unanswered, settle
from booking_service.errors import (
    BookingUnknown,
    HoldExpired,
    PaymentDeclined,
    PaymentMethodNotOffered,
    PaymentPending,
    PaymentTokenMissing,
    ServiceAway,
)
from booking_service.lifecycle import ALIVE, OPEN, State
from booking_service.models import Booking, PaymentAttempt
from booking_service.peers import Charge
from booking_service.rules.inputs import check_lengths, check_payment_token
from chassis.database import utc_now
from chassis.errors import Refusal, Unavailable
from chassis.idempotency import IdempotencyKeyReused
from chassis.identity import Caller
from chassis.kill_points import reached
from chassis.peers import NeverAsked, PeerError

T = TypeVar("T")

ONLINE_METHODS = ("CARD", "WALLET", "BANK_TRANSFER")
PAYMENTS_AWAY = (
    "Payments can't be taken at the moment. Nothing was charged and your seats are still yours: "
    "please try again in a minute."
)
NOT_IN_TIME = "The payment was not confirmed in time. Your seats are still held: try again."
UNMATCHED_WORDS = (
    "The bank did not take what we asked for. What it took goes back to you in full; your seats are still held: "
    "try again."
)
DECLINE_WORDS = {
    "INSUFFICIENT_FUNDS": "The card has not enough money on it. Your seats are still held: try another card or method.",
    "ABANDONED": NOT_IN_TIME,
    "NOT_CONFIRMED_IN_TIME": NOT_IN_TIME,
    "NEVER_CHARGED": "The payment did not get through, and nothing was charged. Your seats are still held: try again.",
    "AMOUNT_MISMATCH": UNMATCHED_WORDS,
    "REFUNDED_BY_PROVIDER": UNMATCHED_WORDS,
    "AUTHENTICATION_FAILED": "The payment was not confirmed. Your seats are still held: try again or pay another way.",
}


@dataclass(frozen=True)
class PayWish:
    """What the guest asks: this booking, this way, under this key."""

    booking_id: str
    method: str
    payment_token: str | None
    idempotency_key: str


@dataclass(frozen=True)
class Paid:
    """How far the payment has come; an action is the payer's to take in the browser."""

    booking_id: str
    client_secret: str | None = None
    redirect_url: str | None = None
    refusal: Refusal | None = None


def pay_booking(runtime: Running, caller: Caller, wish: PayWish) -> Paid:
    """Pay the caller's own hold.

    A refusal comes in the answer beside the booking: PAYMENT_DECLINED, PAYMENT_PENDING. Raises HoldExpired,
    NotHeld, BookingUnknown, IdempotencyKeyReused and the like when nothing was begun.
    """
    user_id = caller.require_user()
    check_lengths(idempotencyKey=wish.idempotency_key, paymentToken=wish.payment_token)
    check_payment_token(wish.payment_token, field=("input", "paymentToken"))
    if wish.method not in ONLINE_METHODS:
        raise PaymentMethodNotOffered(field=("input", "method"))
    seen = runtime.database.read(lambda session: _seen_with_coupon(session, user_id, wish))
    if seen is not None:
        make_sure_of_coupon(runtime, user_id, seen)
    as_of = None if seen is None else seen.version
    attempt = begin_try(runtime, lambda session, news: _begin(session, runtime, user_id, wish, as_of, news))
    if attempt is not None and attempt.outcome == "OPEN":
        charge_attempt(runtime, attempt, wish.booking_id)
    return runtime.database.read(lambda session: outcome_of(session, wish.booking_id, attempt))


def _seen_with_coupon(session: Session, user_id: str, wish: PayWish) -> Booking | None:
    """The own hold as it stands, where a coupon is to be paid with for the first time under this key."""
    booking = session.get(Booking, wish.booking_id)
    if booking is None or booking.user_id != user_id or booking.state != State.HELD:
        return None
    known = known_try(session, user_id, wish.idempotency_key)
    return None if booking.coupon_code is None or known is not None else booking


def begin_try(runtime: Running, work: Callable[[Session, News], T]) -> T:
    """Run `work`, which stores a try; again, when its key came for another showtime's booking at this very moment."""
    try:
        return run(runtime, work)
    except IntegrityError:
        return run(runtime, work)


def known_try(session: Session, owner: str, client_key: str) -> PaymentAttempt | None:
    """The try that this person's key began, if any."""
    query = select(PaymentAttempt)
    return session.scalar(query.where(PaymentAttempt.owner == owner, PaymentAttempt.client_key == client_key))


def _begin(
    session: Session, runtime: Running, user_id: str, wish: PayWish, as_of: int | None, news: News
) -> PaymentAttempt | None:  # fmt: skip
    """The stored try of this key, or a new one; None when there was nothing to pay and all is done.

    `as_of`: the booking's version when its coupon was made sure of.
    """
    booking, showtime = lock_booking(session, wish.booking_id)
    known = known_try(session, user_id, wish.idempotency_key)
    if known is not None:
        wanted = (wish.booking_id, wish.method, wish.payment_token, "BOOKING")
        if (known.booking_id, known.method, known.payment_token, known.purpose) != wanted:
            raise IdempotencyKeyReused(field=("input", "idempotencyKey"))
        return asked_again(known)
    if booking.user_id != user_id:
        raise BookingUnknown(field=("input", "bookingId"))
    if booking.state == State.PAYING:
        raise PaymentPending
    booking, showtime = own_hold(session, wish.booking_id, user_id)
    if booking.coupon_code is not None and booking.version != as_of:
        raise MovedMeanwhile  # the coupon that was made sure of may be another one
    if booking.total > 0 and not wish.payment_token:
        raise PaymentTokenMissing(field=("input", "paymentToken"))
    number = booking.attempts + 1
    attempt = PaymentAttempt(
        provider_key=f"{booking.id}:{number}", booking_id=booking.id, client_key=wish.idempotency_key, owner=user_id,
        purpose="BOOKING", method=wish.method, payment_token=wish.payment_token, amount=booking.total, outcome="OPEN",
        at=utc_now(session),
    )  # fmt: skip
    session.add(attempt)
    asked = {"method": wish.method, "amount": booking.total, "attempt": number}
    record_change(session, user_id, "booking.pay", booking.id, before={"state": "HELD"}, after=asked)
    if booking.total == 0:
        attempt.outcome = "SUCCEEDED"
        booking.attempts = number  # or a later change of seats would number its try the same
        confirm(session, runtime, booking, showtime, news, payment_id=None, paid=0)
        return None
    move(session, booking, State.PAYING, paying_since=utc_now(session), attempts=number)
    keep_claims(session, booking.id, None)
    note(session, booking.id, "pay", "PAYING", attempt=number, detail=wish.method)
    news.bookings.append((booking.cinema_id, booking.id))
    return attempt


def asked_again(attempt: PaymentAttempt) -> PaymentAttempt:
    """The stored try, one more request for it counted: from now on none of them alone knows what was taken."""
    if attempt.outcome == "OPEN":
        attempt.asks += 1
    return attempt


def charge_attempt(runtime: Running, attempt: PaymentAttempt, booking_id: str) -> None:
    """Ask payment_service about the try: take the money, or, when it was asked before, what became of it.

    Where no connection came about, nothing was taken, and the try ends; any other silence leaves it open.
    """
    booking = runtime.database.read(lambda session: session.get(Booking, booking_id))
    assert booking is not None
    asked_before = attempt.payment_id is not None
    reached("booking.before_charge")
    try:
        if asked_before:
            charge = peers.settle_payment(runtime, attempt.provider_key)
        else:
            charge = _take(runtime, attempt, booking)
    except NeverAsked:
        give_up_unasked(runtime, attempt.provider_key)
        return
    except (Unavailable, PeerError) as silence:
        # The money may have moved: the same key, the event or the reconciler will tell.
        note_unanswered(runtime, attempt.provider_key, repr(silence))
        return
    reached("booking.after_charge")
    settle(runtime, attempt.provider_key, charge)


def _take(runtime: Running, attempt: PaymentAttempt, booking: Booking) -> Charge:
    # By what staff made of the booking, never by its key: those of guests are the guests' own words.
    at_desk = booking.channel == "DESK" and attempt.purpose == "BOOKING"
    at_terminal = at_desk and attempt.method == "CARD"
    return peers.take_payment(
        runtime,
        {
            "bookingId": booking.id,
            "userId": booking.user_id,
            "cinemaId": booking.cinema_id,
            "amount": {"amount": attempt.amount, "currency": booking.currency},
            "method": attempt.method,
            "paymentToken": None if at_terminal else attempt.payment_token,
            "atTerminal": at_terminal,
            "terminalReceipt": attempt.payment_token if at_terminal else None,
            "idempotencyKey": attempt.provider_key,
            "description": f"Booking {booking.reference}",
        },
        deadline_seconds=runtime.settings.payment_deadline_seconds,
    )


def outcome_of(session: Session, booking_id: str, begun: PaymentAttempt | None) -> Paid:
    """How far the try has come, with the refusal to show, if any."""
    if begun is None:
        return Paid(booking_id)
    attempt = session.get(PaymentAttempt, begun.provider_key, populate_existing=True)
    booking = session.get(Booking, booking_id)
    assert attempt is not None
    assert booking is not None
    if attempt.outcome == "SUCCEEDED":
        return Paid(booking_id)
    if attempt.outcome == "RETURNED":
        return Paid(
            booking_id,
            refusal=HoldExpired(
                "The seats were released before the payment arrived. It goes back to you in full."
            ),
        )
    if attempt.outcome == "DECLINED" and attempt.failure_code == ServiceAway.code:
        return Paid(
            booking_id, refusal=ServiceAway(PAYMENTS_AWAY) if booking.state in ALIVE else HoldExpired()
        )
    if attempt.outcome == "DECLINED":
        if attempt.failure_code == PaymentMethodNotOffered.code and booking.state in ALIVE:
            return Paid(booking_id, refusal=PaymentMethodNotOffered(field=("input", "method")))
        words = DECLINE_WORDS.get(attempt.failure_code or "NEVER_CHARGED")
        late = booking.state not in (*OPEN, State.CONFIRMED)
        return Paid(booking_id, refusal=HoldExpired() if late else PaymentDeclined(words))
    if attempt.client_secret is not None or attempt.redirect_url is not None:
        return Paid(booking_id, attempt.client_secret, attempt.redirect_url)
    return Paid(booking_id, refusal=PaymentPending())

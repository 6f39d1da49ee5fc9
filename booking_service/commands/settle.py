"""What became of a payment: the one idempotent command behind three ways in.

The answer to the call, the event from payment_service and the reconciler all end here. Money that can't be
matched to seats goes back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from booking_service import peers
from booking_service.commands.confirm import confirm
from booking_service.commands.expiry import expire
from booking_service.commands.moves import (
    News,
    Running,
    change,
    keep_claims,
    lock_booking,
    move,
    note,
    note_again,
    run,
)
from booking_service.commands.refunds import gone_already, is_not_the_bookings, owe_refund
from booking_service.commands.seat_swap import PAYING_MINUTES, drop_unpaid_change, finish_seat_change
from booking_service.errors import ServiceAway
from booking_service.lifecycle import State
from booking_service.models import Booking, Claim, PaymentAttempt, Showtime
from booking_service.peers import Charge
from chassis.database import sql_now, utc_now
from chassis.errors import Unavailable
from chassis.kill_points import reached
from chassis.logs import log
from chassis.peers import PeerError

RECONCILE_BATCH = 500


# How it was learnt what became of a payment, for the booking's timeline.
BY_ANSWER, BY_EVENT, BY_RECONCILER = "told by the answer", "told by an event", "found by the reconciler"


def settle(runtime: Running, provider_key: str, charge: Charge, *, learnt: str = BY_ANSWER) -> None:
    """Apply what payment_service says about the try stored under `provider_key`; again and again is the same."""
    run(runtime, lambda session, news: settle_in(session, runtime, provider_key, charge, news, learnt=learnt))
    if charge.outcome == "SUCCEEDED":
        reached("booking.after_confirm_commit")


def give_up_unasked(runtime: Running, provider_key: str) -> None:
    """End a try whose question never left this house, unless another request may have asked it meanwhile."""

    def work(session: Session, news: News) -> None:
        booking_id = session.scalar(
            select(PaymentAttempt.booking_id).where(PaymentAttempt.provider_key == provider_key)
        )
        assert booking_id is not None  # the try was stored before it was asked
        lock_booking(session, booking_id)
        attempt = session.get(PaymentAttempt, provider_key, populate_existing=True)
        if attempt is not None and attempt.asks == 1 and attempt.payment_id is None:
            settle_in(session, runtime, provider_key, Charge("DECLINED", failure_code=ServiceAway.code), news)

    run(runtime, work)


def note_unanswered(runtime: Running, provider_key: str, why: str) -> None:
    """Write into the timeline that nobody could tell what became of the try; it stays open."""

    def work(session: Session, news: News) -> None:
        attempt = session.get_one(PaymentAttempt, provider_key)
        booking, _showtime = lock_booking(session, attempt.booking_id)
        session.refresh(attempt)
        if attempt.outcome == "OPEN":
            note_again(session, booking.id, "charge", "UNANSWERED", detail=why)
            news.bookings.append((booking.cinema_id, booking.id))

    run(runtime, work)


def settle_in(
    session: Session, runtime: Running, provider_key: str, charge: Charge, news: News, *, learnt: str = BY_ANSWER
) -> None:  # fmt: skip
    """As settle, inside the caller's transaction."""
    booking_id = session.scalar(
        select(PaymentAttempt.booking_id).where(PaymentAttempt.provider_key == provider_key)
    )
    if booking_id is None:
        return
    booking, showtime = lock_booking(session, booking_id)
    attempt = session.get(PaymentAttempt, provider_key, populate_existing=True)
    assert attempt is not None  # rows of this table are never deleted
    if attempt.outcome == "DECLINED" and charge.outcome == "SUCCEEDED":
        _return(session, booking, attempt, charge)  # given up here, captured after all: the payer was late
        return
    if attempt.outcome != "OPEN":
        return
    if charge.outcome in ("PENDING", "ACTION_REQUIRED"):
        attempt.payment_id = charge.payment_id or attempt.payment_id
        attempt.client_secret, attempt.redirect_url = charge.client_secret, charge.redirect_url
        note_again(session, booking_id, "charge", charge.outcome, detail=learnt)
        return
    attempt.payment_id = charge.payment_id or attempt.payment_id
    attempt.failure_code = charge.failure_code
    if charge.outcome == "SUCCEEDED":
        note(session, booking_id, "charge", "SUCCEEDED", attempt=booking.attempts, detail=learnt)
        _captured(session, runtime, booking, showtime, attempt, charge, news)
    else:
        _declined(session, runtime, booking, showtime, attempt, news)


def _captured(
    session: Session,
    runtime: Running,
    booking: Booking,
    showtime: Showtime,
    attempt: PaymentAttempt,
    charge: Charge,
    news: News,
) -> None:
    """Money came: it belongs to these seats, or it goes back."""
    amount_is_right = charge.amount is None or (
        charge.amount.amount == attempt.amount and charge.amount.currency == booking.currency
    )
    gone = gone_already(session, charge.payment_id)
    if attempt.purpose == "SEAT_CHANGE":
        settled = amount_is_right and finish_seat_change(session, runtime, booking, showtime, attempt, news)
        booking.paid -= gone if settled else 0
    else:
        settled = amount_is_right and booking.state == State.PAYING and _owns_its_seats(session, booking)
        if settled:
            confirm(
                session,
                runtime,
                booking,
                showtime,
                news,
                payment_id=charge.payment_id,
                paid=attempt.amount - gone,
            )
    if settled:
        attempt.outcome = "SUCCEEDED"
        return
    _return(session, booking, attempt, charge)
    _let_go(session, booking, showtime, attempt, news, "the payment could not be matched")


def _return(session: Session, booking: Booking, attempt: PaymentAttempt, charge: Charge) -> None:
    """Owe the payer all that was captured."""
    attempt.outcome = "RETURNED"
    attempt.payment_id = charge.payment_id or attempt.payment_id
    captured = charge.amount.amount if charge.amount is not None else attempt.amount
    if attempt.payment_id is not None and captured > 0:
        left = captured - gone_already(session, attempt.payment_id)
        is_not_the_bookings(session, attempt.payment_id)
        owe_refund(
            session, booking, payment_id=attempt.payment_id, amount=left, key=f"{attempt.provider_key}:return",
            reason="the payment could not be matched to the seats",
        )  # fmt: skip
    note(
        session,
        booking.id,
        "charge",
        "RETURNED",
        attempt=booking.attempts,
        detail=f"booking is {booking.state}",
    )


def _declined(
    session: Session, runtime: Running, booking: Booking, showtime: Showtime, attempt: PaymentAttempt, news: News
) -> None:  # fmt: skip
    attempt.outcome = "DECLINED"
    note(session, booking.id, "charge", "DECLINED", attempt=booking.attempts, detail=attempt.failure_code)
    if attempt.failure_code == ServiceAway.code and booking.state == State.PAYING:
        _give_time_once(session, runtime, booking, showtime, attempt)
    _let_go(session, booking, showtime, attempt, news, "declined after the hold had ended")


def _give_time_once(
    session: Session, runtime: Running, booking: Booking, showtime: Showtime, attempt: PaymentAttempt
) -> None:  # fmt: skip
    """Some minutes more for a guest who could not pay because we could not take it: the first time only."""
    before = select(PaymentAttempt.provider_key).where(
        PaymentAttempt.booking_id == booking.id, PaymentAttempt.failure_code == ServiceAway.code,
        PaymentAttempt.provider_key != attempt.provider_key,
    )  # fmt: skip
    if booking.expires_at is None or session.scalar(before.limit(1)) is not None:
        return
    longer = booking.expires_at + timedelta(minutes=runtime.settings.extension_minutes)
    until = min(longer, showtime.sales_close_at)
    if until > booking.expires_at:
        change(session, booking, expires_at=until)
        note(session, booking.id, "extend", "HELD", detail="payments were away")


def _let_go(
    session: Session,
    booking: Booking,
    showtime: Showtime,
    attempt: PaymentAttempt,
    news: News,
    detail: str,
) -> None:
    """The try has ended without a sale: back to the hold, or to its end; seats kept for a change go."""
    if attempt.purpose == "SEAT_CHANGE":
        drop_unpaid_change(session, showtime, booking, news)
        return
    if booking.state != State.PAYING:
        return
    if booking.expires_at is not None and booking.expires_at > utc_now(session):
        move(session, booking, State.HELD, paying_since=None)
        keep_claims(session, booking.id, booking.expires_at)
        news.bookings.append((booking.cinema_id, booking.id))
    else:
        expire(session, booking, showtime, news, detail=detail)


def _owns_its_seats(session: Session, booking: Booking) -> bool:
    claimed = session.scalar(
        select(func.count()).select_from(Claim).where(
            Claim.showtime_id == booking.showtime_id, Claim.booking_id == booking.id, Claim.state == "HELD"
        )
    )  # fmt: skip
    return claimed == booking.ticket_count


def reconcile(runtime: Running) -> int:
    """Ask about payments that nobody answered; how many were asked."""
    unanswered = runtime.database.read(lambda session: _unanswered(session, runtime))
    for provider_key in unanswered:
        with _one_of_many(runtime, provider_key):
            charge = peers.settle_payment(runtime, provider_key)
            reached("booking.before_reconciled")
            settle(runtime, provider_key, charge, learnt=BY_RECONCILER)
    return len(unanswered)


@contextmanager
def _one_of_many(runtime: Running, provider_key: str) -> Iterator[None]:
    """Whatever goes wrong with one payment, the others behind it are asked about."""
    try:
        try:
            yield
        except (Unavailable, PeerError) as silence:
            note_unanswered(runtime, provider_key, repr(silence))
    except Exception as error:  # noqa: BLE001  # it stays OPEN and is asked about again in the next round
        log().warning("payment still unanswered", provider_key=provider_key, error=repr(error))


def _unanswered(session: Session, runtime: Running) -> list[str]:
    since = utc_now(session) - timedelta(seconds=runtime.settings.unanswered_seconds)
    query = select(PaymentAttempt.provider_key).where(
        PaymentAttempt.outcome == "OPEN", PaymentAttempt.at <= since
    )
    # Payers who are still at their bank come last: they must not keep us from what was lost.
    lost_first = (PaymentAttempt.redirect_url.is_not(None), PaymentAttempt.at)
    return list(session.scalars(query.order_by(*lost_first).limit(RECONCILE_BATCH)))


def abandon_expired_actions(runtime: Running) -> int:
    """Give up payments that wait for the payer to act (3-D Secure) once the hold's time is over; how many."""

    def work(session: Session) -> list[str]:
        since = utc_now(session) - timedelta(minutes=PAYING_MINUTES)
        query = (
            select(PaymentAttempt.provider_key)
            .join(Booking, Booking.id == PaymentAttempt.booking_id)
            .where(
                PaymentAttempt.outcome == "OPEN",
                or_(PaymentAttempt.client_secret.is_not(None), PaymentAttempt.redirect_url.is_not(None)),
                or_(
                    and_(Booking.state == State.PAYING.value, Booking.expires_at <= sql_now()),
                    and_(PaymentAttempt.purpose == "SEAT_CHANGE", PaymentAttempt.at <= since),
                ),
            )
        )  # fmt: skip
        return list(session.scalars(query.limit(RECONCILE_BATCH)))

    keys = runtime.database.read(work)
    for provider_key in keys:
        with _one_of_many(runtime, provider_key):
            charge = peers.settle_payment(runtime, provider_key)
            if charge.outcome == "ACTION_REQUIRED":
                charge = Charge("DECLINED", charge.payment_id, "ABANDONED")
            settle(runtime, provider_key, charge, learnt=BY_RECONCILER)
    return len(keys)

"""The box office: hold, take the money and confirm in one step."""

from __future__ import annotations

from dataclasses import replace

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
from chassis import audit
from chassis.database import utc_now
from chassis.errors import Forbidden
from chassis.identity import Caller, Role
from chassis.money import Money

# What the simulated card terminal at the desk answers with; a real terminal has its own id.
TERMINAL_TOKEN = "pm_success"  # noqa: S105  # a test id of the contract, no secret
DESK_METHODS = ("CASH", "CARD", "COMP")


def sell_at_box_office(
    runtime: Running,
    caller: Caller,
    wish: HoldWish,
    *,
    method: str,
    tendered: Money | None,
    reason: str | None,
) -> str:
    """Sell the seats at the desk; the booking's id.

    Raises as hold_seats, HoldExpired, TenderedTooLittle, ReasonRequired for COMP, PaymentDeclined; then nothing stays held.
    """
    caller.require_role(Role.STAFF)
    _check_scope(runtime, caller, wish.showtime_id)
    if method not in DESK_METHODS:
        raise PaymentMethodNotOffered(field=("method",))
    if method == "COMP" and not (reason or "").strip():
        raise ReasonRequired("Complimentary tickets need a reason.", field=("reason",))
    booking_id = hold_seats(runtime, caller, replace(wish, desk=True, booking_id=None, place_token=None))
    try:
        attempt = run(
            runtime,
            lambda session, news: _begin(
                session, runtime, caller, booking_id, method, tendered, reason, news
            ),
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
    session: Session, runtime: Running, caller: Caller, booking_id: str, method: str, tendered: Money | None,
    reason: str | None, news: News,
) -> PaymentAttempt | None:  # fmt: skip
    """Open the try to take the money; a repeated key finds its own; None when there is nothing to take."""
    booking, showtime = lock_booking(session, booking_id)
    if booking.state != State.HELD:
        known = session.get(PaymentAttempt, f"{booking_id}:1", populate_existing=True)
        return None if known is None else asked_again(known)
    if booking.expires_at is not None and booking.expires_at <= utc_now(session):
        raise HoldExpired  # this process slept, or the key came again much later
    if method == "COMP":
        change(session, booking, discount=booking.subtotal, total=booking.fee)
    if method == "CASH" and tendered is not None and not _covers(tendered, booking):
        raise TenderedTooLittle(
            f"The total is {Money(booking.total, booking.currency)}.", field=("tendered",)
        )
    given = "" if tendered is None else f", tendered {tendered}"
    note(session, booking_id, "desk", method, detail=f"{reason or ''}{given}".strip(", ") or None)
    audit.record(
        session,
        caller,
        "booking.sell",
        "Booking",
        booking_id,
        after={"method": method, "total": booking.total},
    )
    if booking.total == 0:
        confirm(session, runtime, booking, showtime, news, payment_id=None, paid=0)
        return None
    attempt = PaymentAttempt(
        provider_key=f"{booking_id}:1", booking_id=booking_id, client_key=f"desk:{booking_id}",
        owner=caller.user_id or "", purpose="BOOKING", method=method,
        payment_token=TERMINAL_TOKEN if method == "CARD" else None, amount=booking.total, outcome="OPEN",
        at=utc_now(session),
    )  # fmt: skip
    session.add(attempt)
    move(session, booking, State.PAYING, paying_since=utc_now(session), attempts=1)
    keep_claims(session, booking_id, None)
    return attempt


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

"""A hold between choosing and paying: more time, a coupon, giving it up, its end."""

from __future__ import annotations

import contextlib
from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from booking_service import peers
from booking_service.commands.moves import (
    MovedMeanwhile,
    News,
    Running,
    change,
    cut,
    free_seats,
    lock_booking,
    move,
    note,
    record_change,
    run,
    seat_ids_of,
    tell_waiting_list,
)
from booking_service.errors import BookingUnknown, HoldExpired, HoldLimitReached, NotHeld, ServiceAway
from booking_service.events import booking_cancelled
from booking_service.lifecycle import State
from booking_service.models import Booking, Claim, Showtime, Ticket
from booking_service.rules.prices import write_terms
from chassis.database import utc_now
from chassis.errors import Conflict, Refusal, Unavailable
from chassis.identity import Caller
from chassis.logs import log
from chassis.outbox import publish
from chassis.peers import PeerError


def extend_hold(runtime: Running, caller: Caller, booking_id: str) -> str:
    """Some minutes more, a limited number of times, never past the close of sales; the booking's id.

    Raises HoldExpired, HoldLimitReached, NotHeld, BookingUnknown.
    """
    user_id = caller.require_user()

    def work(session: Session, news: News) -> str:
        booking, showtime = own_hold(session, booking_id, user_id)
        if booking.extensions_left < 1 or booking.expires_at is None:
            raise HoldLimitReached
        longer = booking.expires_at + timedelta(minutes=runtime.settings.extension_minutes)
        until = min(longer, showtime.sales_close_at)
        if until <= booking.expires_at:
            raise HoldLimitReached("Sales close then, so this hold can't be extended any further.")
        session.execute(update(Claim).where(Claim.booking_id == booking_id).values(expires_at=until))
        before, after = booking.expires_at, until
        change(session, booking, expires_at=until, extensions_left=booking.extensions_left - 1)
        record_change(
            session, user_id, "booking.extend", booking_id, before={"expiresAt": before}, after={"expiresAt": after}
        )  # fmt: skip
        note(session, booking_id, "extend", "HELD", detail=f"{booking.extensions_left} left")
        news.bookings.append((booking.cinema_id, booking_id))
        return booking_id

    return run(runtime, work)


def apply_coupon(runtime: Running, caller: Caller, booking_id: str, code: str) -> str:
    """Reserve a coupon for the hold and take its discount off; the booking's id.

    Raises coupon_service's refusals, HoldExpired, NotHeld, BookingUnknown, ServiceAway.
    """
    user_id = caller.require_user()
    seen = runtime.database.transact(lambda session: _seen_hold(session, booking_id, user_id, code))
    try:
        reserved = _reserve(runtime, seen, code)
    except Unavailable:
        raise ServiceAway(
            "Coupons can't be checked right now. You can pay the full price or try again."
        ) from None
    try:
        return run(
            runtime,
            lambda session, news: _discount(session, news, booking_id, user_id, reserved, as_of=seen.version),
        )
    except Exception:
        _release_unused(runtime, booking_id)
        raise


def _reserve(runtime: Running, seen: Booking, code: str, *, keeps: bool = False) -> peers.CouponReserved:
    """Reserve a coupon for the booking as it was seen. `keeps`: at the discount that the guest was told."""
    return peers.reserve_coupon(
        runtime,
        {
            "code": code,
            "bookingId": seen.id,
            "userId": seen.user_id,
            "subtotal": {"amount": seen.subtotal, "currency": seen.currency},
            "movieId": seen.movie_id,
            "cinemaId": seen.cinema_id,
            "asOf": seen.version,
            "keeps": keeps,
        },
    )


def make_sure_of_coupon(runtime: Running, user_id: str, seen: Booking) -> None:
    """See to it that the coupon of a hold is reserved before it is paid with.

    Raises Refusal when it is not to be had any more: then the hold costs the full price again. Where
    coupon_service does not answer, the reservation is believed.
    """
    assert seen.coupon_code is not None
    try:
        _reserve(runtime, seen, seen.coupon_code, keeps=True)
    except (Unavailable, PeerError) as silence:
        log().warning("coupon not asked for", booking_id=seen.id, error=repr(silence))
    except Refusal as refusal:
        run(
            runtime,
            lambda session, news: _discount(session, news, seen.id, user_id, None, as_of=seen.version),
        )
        _release_unused(runtime, seen.id)
        words = f"{refusal.message} It was taken off this booking: please look at the new total, then pay."
        raise Refusal(words, code=refusal.code, field=("input", "bookingId")) from None


def remove_coupon(runtime: Running, caller: Caller, booking_id: str) -> str:
    """Give the coupon back and charge the full price; the booking's id. Raises as apply_coupon."""
    user_id = caller.require_user()
    run(runtime, lambda session, news: _discount(session, news, booking_id, user_id, None))
    _release_unused(runtime, booking_id)
    return booking_id


def coupon_of(session: Session, booking_id: str | None, user_id: str) -> str | None:
    """The coupon of the person's own booking, if there is one."""
    booking = None if booking_id is None else session.get(Booking, booking_id)
    return None if booking is None or booking.user_id != user_id else booking.coupon_code


def follow_coupon(runtime: Running, caller: Caller, booking_id: str, code: str) -> None:
    """Apply the coupon anew after the hold's seats were replaced; given back when it no longer fits."""
    try:
        apply_coupon(runtime, caller, booking_id, code)
    except (Refusal, Conflict, PeerError):
        _release_unused(runtime, booking_id)


def _release_unused(runtime: Running, booking_id: str) -> None:
    """Give back a reservation that the booking does not use. A failure costs nothing: it ends with the booking."""
    booking = runtime.database.read(lambda session: session.get(Booking, booking_id))
    if booking is None or booking.coupon_code is None:
        with contextlib.suppress(Unavailable, PeerError):
            peers.release_coupon(runtime, booking_id, as_of=0 if booking is None else booking.version)


def _seen_hold(session: Session, booking_id: str, user_id: str, code: str) -> Booking:
    """The own hold at a version that no other request for a coupon has: so the later one wins, here and there."""
    booking = own_hold(session, booking_id, user_id)[0]
    change(session, booking)
    note(session, booking_id, "coupon", "ASKED", detail=code)
    return booking


def _discount(
    session: Session, news: News, booking_id: str, user_id: str, reserved: peers.CouponReserved | None,
    as_of: int | None = None,
) -> str:  # fmt: skip
    booking, _showtime = own_hold(session, booking_id, user_id)
    if as_of is not None and as_of != booking.version:
        raise MovedMeanwhile  # other seats or another coupon meanwhile: the discount was for what was before
    before = {"couponCode": booking.coupon_code, "total": booking.total}
    code = None if reserved is None else reserved.code
    off = 0 if reserved is None else min(reserved.discount.amount, booking.subtotal)
    terms = None if reserved is None or reserved.terms is None else write_terms(reserved.terms)
    total = booking.subtotal - off + booking.fee
    change(session, booking, coupon_code=code, coupon_terms=terms, discount=off, total=total)
    after = {"couponCode": code, "total": booking.total}
    action = "booking.apply_coupon" if code else "booking.remove_coupon"
    record_change(session, user_id, action, booking_id, before=before, after=after)
    note(session, booking_id, "coupon", "APPLIED" if code else "REMOVED", detail=code)
    news.bookings.append((booking.cinema_id, booking_id))
    return booking_id


def own_hold(session: Session, booking_id: str, user_id: str) -> tuple[Booking, Showtime]:
    """The caller's own live hold and its showtime, both locked. Raises BookingUnknown, HoldExpired, NotHeld."""
    booking, showtime = lock_booking(session, booking_id)
    if booking.user_id != user_id:
        raise BookingUnknown(field=("bookingId",))
    if booking.state == State.EXPIRED:
        raise HoldExpired(field=("bookingId",))
    if booking.state != State.HELD:
        raise NotHeld(field=("bookingId",))
    if booking.expires_at is not None and booking.expires_at <= utc_now(session):
        raise HoldExpired(field=("bookingId",))
    return booking, showtime


def give_up(session: Session, booking: Booking, showtime: Showtime, reason: str | None, news: News) -> None:
    """End an unpaid booking and give its seats back. Booking and showtime are locked."""
    seats = seat_ids_of(session, booking.id)
    move(
        session, booking, State.CANCELLED, cancelled_at=utc_now(session), cancel_reason=cut(reason), expires_at=None,
        paying_since=None,
    )  # fmt: skip
    free_seats(session, showtime, booking.id, news)
    tell_waiting_list(session, showtime)
    session.execute(update(Ticket).where(Ticket.booking_id == booking.id).values(state="VOID"))
    note(session, booking.id, "cancel", "CANCELLED", detail=reason)
    publish(
        session, booking_cancelled(booking, showtime, seats, refund=0, was_confirmed=False, reason=reason)
    )
    news.bookings.append((booking.cinema_id, booking.id))

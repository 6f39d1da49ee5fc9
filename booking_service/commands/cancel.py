"""Giving back: a booking as its policy says, a whole showtime in full."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from booking_service.commands.keep import give_up
from booking_service.commands.moves import (
    News,
    Running,
    cut,
    free_seats,
    lock_booking,
    lock_showtime,
    move,
    note,
    run,
    seat_ids_of,
    tell_waiting_list,
)
from booking_service.commands.refunds import money_left, owe_back, pay_refunds_due
from booking_service.errors import (
    BookingUnknown,
    NotCancellable,
    PaymentPending,
    QuoteChanged,
    ReasonRequired,
    ScheduleInvalid,
    ShowtimeUnknown,
)
from booking_service.events import booking_cancelled, showtime_cancelled
from booking_service.lifecycle import ALIVE, State
from booking_service.models import Booking, Showtime, Ticket
from booking_service.queries.policies import policy_of
from booking_service.rules.refunds import Quote, is_moved_far, quote, quote_in_full
from chassis import audit
from chassis.database import utc_now
from chassis.errors import Failure, Forbidden, Invalid, Refusal, Unavailable
from chassis.identity import Caller, Role
from chassis.logs import log
from chassis.money import Money
from chassis.outbox import publish

MOST_AT_ONCE = 500


def refund_quote(session: Session, runtime: Running, booking: Booking, showtime: Showtime) -> Quote | None:
    """What a cancellation now would give back; None when the booking can no longer be cancelled."""
    if booking.state != State.CONFIRMED or showtime.state == "CANCELLED":
        return None
    used = session.scalar(
        select(Ticket.id).where(Ticket.booking_id == booking.id, Ticket.state == "USED").limit(1)
    )
    if used is not None:
        return None
    tiers = policy_of(session, runtime.settings, showtime.cinema_id, showtime.currency).refund_tiers
    paid = Money(_paid(session, booking), booking.currency)
    minutes = runtime.settings.full_refund_when_moved_minutes
    if is_moved_far(booking.promised_starts_at, showtime.starts_at, minutes=minutes):
        return quote_in_full(paid, starts_at=showtime.starts_at, now=utc_now(session))
    return quote(paid, tiers, starts_at=showtime.starts_at, now=utc_now(session))


def _paid(session: Session, booking: Booking) -> int:
    """What the house still has of the guest's money: without what is on its way back."""
    return sum(left for _, left in money_left(session, booking))


def cancel_booking(
    runtime: Running, caller: Caller, booking_id: str, *, reason: str | None, expected: Money | None
) -> str:
    """Cancel an own booking, or as staff one of the own cinema's; the booking's id.

    Raises QuoteChanged when `expected` is not what goes back now, NotCancellable, PaymentPending, BookingUnknown.
    """
    caller.require_user()

    def work(session: Session, news: News) -> str:
        booking, showtime = _seen(session, caller, booking_id)
        before = {"state": booking.state}
        actor_id = None if booking.user_id == caller.user_id else caller.user_id
        _cancel(session, runtime, booking, showtime, reason, expected, actor_id, news)
        after = {"state": booking.state, "reason": reason}
        audit.record(session, caller, "booking.cancel", "Booking", booking_id, before=before, after=after)
        return booking_id

    run(runtime, work)
    with contextlib.suppress(Unavailable):  # it is cancelled: the worker gives back what is written down
        pay_refunds_due(runtime, booking_id)
    return booking_id


def cancel_bookings(
    runtime: Running, caller: Caller, ids: Sequence[str], reason: str
) -> tuple[list[str], list[Refusal]]:
    """Cancel each by its policy; ids of the cancelled ones, and a refusal for each other with its place."""
    caller.require_role(Role.MANAGER)
    if not reason.strip():
        raise ReasonRequired(field=("reason",))
    if len(ids) > MOST_AT_ONCE:
        raise Invalid(f"At most {MOST_AT_ONCE} bookings at once.")
    done, refused = [], []
    for index, booking_id in enumerate(ids):
        try:
            done.append(cancel_booking(runtime, caller, booking_id, reason=reason, expected=None))
        except Failure as failure:
            refused.append(Refusal(failure.message, code=failure.code, field=("ids", index)))
        except Exception as error:  # noqa: BLE001  # whatever goes wrong with one, the others are cancelled
            log().error("booking not cancelled", booking_id=booking_id, error=repr(error), exc_info=error)
            words = "This booking could not be cancelled. Nothing was changed: please try again."
            refused.append(Refusal(words, code="INTERNAL", field=("ids", index)))
    return done, refused


def _seen(session: Session, caller: Caller, booking_id: str) -> tuple[Booking, Showtime]:
    booking, showtime = lock_booking(session, booking_id)
    own = booking.user_id is not None and booking.user_id == caller.user_id
    if not own and not caller.has_role(Role.STAFF, scope=booking.cinema_id):
        raise BookingUnknown(field=("bookingId",))
    return booking, showtime


def _cancel(
    session: Session, runtime: Running, booking: Booking, showtime: Showtime, reason: str | None,
    expected: Money | None, actor_id: str | None, news: News,
) -> None:  # fmt: skip
    if booking.state == State.HELD:
        give_up(session, booking, showtime, reason, news)
        return
    if booking.state == State.PAYING:
        raise PaymentPending(field=("bookingId",))
    offer = refund_quote(session, runtime, booking, showtime)
    if offer is None:
        raise NotCancellable(field=("bookingId",))
    if expected is not None and expected != offer.amount:
        raise QuoteChanged(
            f"The refund is {offer.amount} now. Please confirm again.", field=("expectedRefund",)
        )
    _refund_and_end(session, booking, showtime, offer.amount.amount, reason, news, actor_id)


def _refund_and_end(
    session: Session, booking: Booking, showtime: Showtime, amount: int, reason: str | None, news: News,
    actor_id: str | None = None,
) -> None:  # fmt: skip
    """CONFIRMED → CANCELLED with the seats back on sale and the refund written down; `actor_id`: staff who did it."""
    seats = seat_ids_of(session, booking.id)
    now = utc_now(session)
    move(session, booking, State.CANCELLED, cancelled_at=now, cancel_reason=cut(reason))
    free_seats(session, showtime, booking.id, news)
    tell_waiting_list(session, showtime)
    session.execute(
        update(Ticket).where(Ticket.booking_id == booking.id, Ticket.state == "VALID").values(state="VOID")
    )
    owe_back(session, booking, amount, key=f"{booking.id}:cancel", reason=reason or "cancelled")
    note(session, booking.id, "cancel", "CANCELLED", detail=reason, actor_id=actor_id)
    publish(
        session, booking_cancelled(booking, showtime, seats, refund=amount, was_confirmed=True, reason=reason)
    )
    news.bookings.append((booking.cinema_id, booking.id))


def cancel_showtime(runtime: Running, caller: Caller, showtime_id: str, reason: str) -> str:
    """Cancel a showtime: everybody is told and gets everything back; the showtime's id.

    Raises Forbidden outside the caller's cinemas, ShowtimeUnknown, ScheduleInvalid once it has ended, ReasonRequired.
    """
    caller.require_role(Role.MANAGER)
    if not reason.strip():
        raise ReasonRequired(field=("reason",))

    def work(session: Session, news: News) -> str:
        showtime = lock_showtime(session, showtime_id)
        if not caller.has_role(Role.MANAGER, scope=showtime.cinema_id):
            raise Forbidden if showtime.state != "DRAFT" else ShowtimeUnknown
        if showtime.state == "CANCELLED":
            return showtime_id
        if showtime.ends_at <= utc_now(session):
            raise ScheduleInvalid("This showtime is over.", field=("id",))
        before, showtime.state = showtime.state, "CANCELLED"  # first: nobody is told that its seats are free
        living = select(Booking).where(
            Booking.showtime_id == showtime_id, Booking.state.in_([state.value for state in ALIVE])
        )
        bookings = list(session.scalars(living.order_by(Booking.id).with_for_update()))
        publish(
            session, showtime_cancelled(showtime, reason, [b for b in bookings if b.state == State.CONFIRMED])
        )
        for booking in bookings:
            _end_for_showtime(session, booking, showtime, reason, news)
        audit.record(
            session, caller, "showtime.cancel", "Showtime", showtime_id, before={"state": before},
            after={"state": "CANCELLED", "reason": reason},
        )  # fmt: skip
        return showtime_id

    run(runtime, work)
    return showtime_id


def _end_for_showtime(
    session: Session, booking: Booking, showtime: Showtime, reason: str, news: News
) -> None:
    if booking.state == State.CONFIRMED:
        _refund_and_end(session, booking, showtime, _paid(session, booking), reason, news)
    else:
        # Being paid for: should the money still come, it finds no seats and goes back.
        give_up(session, booking, showtime, reason, news)

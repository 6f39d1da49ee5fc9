"""What does not settle by itself: payments that nobody answers for, money that does not go back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking_service.lifecycle import State
from booking_service.models import Booking, RefundDue
from chassis.database import utc_now
from chassis.identity import Caller, Role

PENDING = timedelta(minutes=10)
STUCK_TRIES = 3
MOST_SHOWN = 50


@dataclass(frozen=True)
class Attention:
    """A booking that somebody should look at: PAYMENT_PENDING or REFUND_STUCK, how much, since when."""

    kind: str
    booking: Booking
    amount: int
    since: datetime
    detail: str | None


def attention(session: Session, caller: Caller, cinema_id: str | None) -> list[Attention]:
    """At most MOST_SHOWN of each kind in the caller's cinemas, oldest first. STAFF. Raises Forbidden."""
    caller.require_role(Role.STAFF, scope=cinema_id)
    cinemas = (
        None
        if cinema_id is None and caller.sees_all()
        else [cinema_id]
        if cinema_id
        else sorted(caller.scope)
    )
    found = [*_pending(session, cinemas), *_stuck(session, cinemas)]
    return sorted(found, key=lambda item: (item.since, item.booking.id))


def _pending(session: Session, cinemas: list[str] | None) -> list[Attention]:
    before = utc_now(session) - PENDING
    query = select(Booking).where(Booking.state == State.PAYING.value, Booking.paying_since < before)
    if cinemas is not None:
        query = query.where(Booking.cinema_id.in_(cinemas))
    return [
        Attention("PAYMENT_PENDING", booking, booking.total, booking.paying_since, None)
        for booking in session.scalars(query.order_by(Booking.paying_since).limit(MOST_SHOWN))
        if booking.paying_since is not None
    ]


def _stuck(session: Session, cinemas: list[str] | None) -> list[Attention]:
    query = (
        select(RefundDue, Booking)
        .join(Booking, Booking.id == RefundDue.booking_id)
        .where(RefundDue.state == "DUE", RefundDue.tries >= STUCK_TRIES)
    )
    if cinemas is not None:
        query = query.where(Booking.cinema_id.in_(cinemas))
    rows = session.execute(query.order_by(RefundDue.next_try_at).limit(MOST_SHOWN))
    return [
        Attention(
            "REFUND_STUCK", booking, due.amount, booking.cancelled_at or due.next_try_at, f"{due.tries} tries"
        )
        for due, booking in rows
    ]

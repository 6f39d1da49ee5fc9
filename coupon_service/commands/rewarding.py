"""Loyalty: the third, fifth and tenth paid booking of a person earn a coupon."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis.database import utc_now
from chassis.ids import new_id
from chassis.outbox import publish
from coupon_service import events
from coupon_service.codes import new_code, search_text_of
from coupon_service.lifecycle import DiscountKind
from coupon_service.models import CountedBooking, Coupon, Member
from coupon_service.rules import LOYALTY


def count_booking(session: Session, booking_id: str, user_id: str, *, loyalty_days: int) -> Coupon | None:
    """Count a paid booking, once; the coupon that it earned, if any."""
    if session.get(CountedBooking, booking_id) is not None:
        return None
    session.add(CountedBooking(booking_id=booking_id, user_id=user_id, cancelled=False))
    session.flush()  # now: whoever reserves a coupon for it at this moment has to wait for us
    bookings = _change_count(session, user_id, by=1)
    percent = LOYALTY.get(bookings)
    if percent is None or _has_earned(session, user_id, bookings):
        return None
    return _grant(session, user_id, bookings, percent, loyalty_days)


def note_over(session: Session, booking_id: str) -> None:
    """A booking that counts for nothing, as it was free or is nobody's, is over all the same."""
    if session.get(CountedBooking, booking_id) is None:
        session.add(CountedBooking(booking_id=booking_id, user_id=None, cancelled=False))
        session.flush()  # now: whoever reserves a coupon for it at this moment has to wait for us


def uncount_booking(session: Session, booking_id: str) -> None:
    """A booking that was cancelled or ran out does not count; a coupon that it earned stays with the person."""
    known = session.get(CountedBooking, booking_id)
    if known is None:  # told of before the booking itself
        session.add(CountedBooking(booking_id=booking_id, user_id=None, cancelled=True))
        session.flush()  # now: whoever reserves a coupon for it at this moment has to wait for us
    elif not known.cancelled:
        known.cancelled = True
        if known.user_id is not None:
            _change_count(session, known.user_id, by=-1)


def _change_count(session: Session, user_id: str, *, by: int) -> int:
    """The person's paid bookings afterwards. The row is locked, so two at once count as two."""
    changed: Any = session.execute(
        update(Member)
        .where(Member.user_id == user_id)
        .values(paid_bookings=Member.paid_bookings + by)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount == 0:
        session.add(Member(user_id=user_id, paid_bookings=max(by, 0)))
        session.flush()
    return session.execute(select(Member.paid_bookings).where(Member.user_id == user_id)).scalar_one()


def _has_earned(session: Session, user_id: str, milestone: int) -> bool:
    query = select(Coupon.id).where(Coupon.user_id == user_id, Coupon.milestone == milestone)
    return session.execute(query).first() is not None


def _grant(session: Session, user_id: str, milestone: int, percent: int, loyalty_days: int) -> Coupon:
    now = utc_now(session)
    code = new_code("THANKS")
    description = f"Thank you for booking {milestone} times: {percent} % off your next visit."
    coupon = Coupon(
        id=new_id(),
        code=code,
        description=description,
        kind=DiscountKind.PERCENT.value,
        percent=percent,
        usage_limit=1,
        usage_limit_per_user=1,
        expires_at=now + timedelta(days=loyalty_days),
        active=True,
        user_id=user_id,
        milestone=milestone,
        search_text=search_text_of(code, description),
        created_at=now,
    )
    session.add(coupon)
    session.flush()
    publish(
        session,
        events.coupon_granted(
            coupon_id=coupon.id, code=code, user_id=user_id, percent=percent, expires_at=coupon.expires_at
        ),
    )
    return coupon

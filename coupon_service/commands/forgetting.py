"""A person who leaves is taken out of the books; what was used stays counted."""

from __future__ import annotations

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from coupon_service.models import CountedBooking, Coupon, CouponUse, Member, UserCount


def forget_person(session: Session, user_id: str) -> None:
    """Unname the person's uses and end the coupons that were given to them alone."""
    session.execute(
        update(Coupon).where(Coupon.user_id == user_id).values(user_id=None, milestone=None, active=False)
    )
    session.execute(update(CouponUse).where(CouponUse.user_id == user_id).values(user_id=None))
    session.execute(update(CountedBooking).where(CountedBooking.user_id == user_id).values(user_id=None))
    session.execute(delete(UserCount).where(UserCount.user_id == user_id))
    session.execute(delete(Member).where(Member.user_id == user_id))

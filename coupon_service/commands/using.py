"""Using a coupon: reserved for a booking, then redeemed, released or given back. Each may be asked for again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis.database import utc_now
from chassis.ids import new_id
from chassis.kill_points import reached
from chassis.logs import log
from chassis.money import Money
from chassis.runtime import Runtime
from coupon_service.codes import normal_code
from coupon_service.errors import CouponNotApplicable, CouponUnknown, CouponUsedUp
from coupon_service.lifecycle import COUNTED, UseState, sources_of
from coupon_service.models import CountedBooking, Coupon, CouponUse, UserCount
from coupon_service.queries import coupon_by_code, terms_of, uses_of
from coupon_service.rules import Order, Terms, check_order, discount_of, quote
from coupon_service.settings import CouponSettings


@dataclass(frozen=True)
class Reserved:
    """A coupon set aside for a booking, what it takes off, and by which terms."""

    coupon_id: str
    code: str
    discount: Money
    terms: Terms


@dataclass(frozen=True)
class Wish:
    """A coupon for a booking. `as_of`: the booking's version when it was asked for, so that of two requests that
    overtake each other the later one wins here as it does there. `keeps`: the discount stands as it was told.
    """

    code: str
    booking_id: str
    order: Order
    as_of: int = 0
    keeps: bool = False


def reserve_coupon(runtime: Runtime[CouponSettings], wish: Wish) -> Reserved:
    """Set a use of the coupon aside for a booking, once; asked again, the discount follows the new subtotal.

    Another coupon that the booking had is given back. Raises the refusals of rules.quote.
    """
    try:
        reserved = runtime.database.transact(lambda session: _reserve(session, wish))
    except IntegrityError:  # the same booking, or this person's first use, in another thread
        reserved = runtime.database.transact(lambda session: _reserve(session, wish))
    reached("coupon.after_reserve_commit")
    return reserved


def release_coupon(session: Session, booking_id: str, *, as_of: int | None = None) -> None:
    """Give back what is reserved for a booking that ended unpaid; nothing is changed a second time.

    `as_of`: only what was reserved at that version of the booking or before.
    """
    for use in _locked(session, booking_id):
        if use.state == UseState.RESERVED and (as_of is None or use.as_of <= as_of):
            _let_go(session, use, UseState.RELEASED)
            reached("coupon.before_release_commit")


def redeem_coupon(session: Session, booking_id: str) -> bool:
    """Spend what is reserved for a booking that was paid; whether the booking has a spent coupon now."""
    uses = _locked(session, booking_id)
    for use in uses:
        if use.state == UseState.RESERVED:
            _move(session, use, UseState.REDEEMED, redeemed_at=utc_now(session))
    return any(use.state == UseState.REDEEMED for use in uses)


def settle_uses(session: Session, booking_id: str, code: str | None) -> None:
    """A booking was confirmed with the coupon `code`, or without: spend that one, give back any other.

    One that was released when the hold expired is taken again, where the limit still allows it: the price was paid.
    """
    paid_with = normal_code(code) if code else None
    uses = [(use, session.get_one(Coupon, use.coupon_id)) for use in _locked(session, booking_id)]
    for use, coupon in uses:  # first: a booking has one coupon at a time
        if coupon.code != paid_with and use.state == UseState.RESERVED:
            _let_go(session, use, UseState.RELEASED)
    for use, coupon in uses:
        if coupon.code == paid_with and use.state == UseState.RESERVED:
            _move(session, use, UseState.REDEEMED, redeemed_at=utc_now(session))
        elif coupon.code == paid_with and use.state == UseState.RELEASED and not _has_spent(uses):
            _take_again(session, coupon, use)
    if uses:
        reached("coupon.before_redeem_commit")


def _has_spent(uses: list[tuple[CouponUse, Coupon]]) -> bool:
    return any(use.state == UseState.REDEEMED for use, _ in uses)


def return_coupon(session: Session, booking_id: str) -> None:
    """Give back whatever a cancelled booking used; it may be used by others again."""
    for use in _locked(session, booking_id):
        if use.state in COUNTED:
            _let_go(session, use, UseState.RETURNED)
        elif use.state == UseState.RELEASED:
            _move(session, use, UseState.RETURNED)


def _reserve(session: Session, wish: Wish) -> Reserved:
    booking_id, order = wish.booking_id, wish.order
    coupon = coupon_by_code(session, wish.code)
    if coupon is None:
        raise CouponUnknown(field=("input", "code"))
    uses = _locked(session, booking_id)
    use = next((one for one in uses if one.coupon_id == coupon.id), None)
    if use is not None and use.state == UseState.REDEEMED:
        return Reserved(coupon.id, coupon.code, use.discount, terms_of(coupon))
    if any(one.state in (UseState.REDEEMED, UseState.RETURNED) for one in uses) or _is_over(
        session, booking_id
    ):
        raise CouponNotApplicable("This booking is paid or has ended already.")
    if any(wish.as_of < one.as_of or (wish.as_of == one.as_of > 0 and one is not use) for one in uses):
        raise CouponNotApplicable(
            "The coupon of this booking has just been changed. Please look at it again."
        )
    if use is not None and use.state == UseState.RESERVED:
        discount = use.discount if wish.keeps else _discount_anew(session, coupon, use, order)
        use.as_of = wish.as_of
    else:
        release_coupon(session, booking_id)
        discount = quote(
            terms_of(coupon), order, uses_of(session, coupon, order.user_id), now=utc_now(session)
        )
        _count(session, coupon, order.user_id)
        _set_aside(session, coupon, use, wish, discount)
        session.flush()
        _check_still_open(session, booking_id)
    session.flush()
    reached("coupon.before_reserve_commit")
    return Reserved(coupon.id, coupon.code, discount, terms_of(coupon))


def _is_over(session: Session, booking_id: str) -> bool:
    """Whether the booking was paid or has ended: a reservation that comes so late would never be given back."""
    return session.get(CountedBooking, booking_id) is not None


def _check_still_open(session: Session, booking_id: str) -> None:
    """Look again, now that the use is written. Raises CouponNotApplicable.

    Whoever ends the booking writes down that it is over, and then locks its uses; here the use is written, and then
    the other's line is locked. So one of the two sees what the other did, also where transactions overlap (MySQL).
    """
    query = select(CountedBooking.booking_id).where(CountedBooking.booking_id == booking_id)
    if session.execute(query.with_for_update()).first() is not None:
        raise CouponNotApplicable("This booking is paid or has ended already.")


def _discount_anew(session: Session, coupon: Coupon, use: CouponUse, order: Order) -> Money:
    terms = terms_of(coupon)
    check_order(terms, order)
    discount = discount_of(terms, order)
    session.execute(
        update(CouponUse)
        .where(CouponUse.id == use.id, CouponUse.state == UseState.RESERVED.value)
        .values(discount_value=discount.amount, currency=discount.currency)
    )
    return discount


def _set_aside(
    session: Session,
    coupon: Coupon,
    use: CouponUse | None,
    wish: Wish,
    discount: Money,
) -> None:
    values: dict[str, Any] = {
        "user_id": wish.order.user_id,
        "live_booking_id": wish.booking_id,
        "as_of": wish.as_of,
        "discount_value": discount.amount,
        "currency": discount.currency,
        "reserved_at": utc_now(session),
    }
    if use is not None:
        _move(session, use, UseState.RESERVED, **values)
        return
    session.add(
        CouponUse(
            id=new_id(),
            coupon_id=coupon.id,
            booking_id=wish.booking_id,
            state=UseState.RESERVED.value,
            **values,
        )
    )


def _count(session: Session, coupon: Coupon, user_id: str | None) -> None:
    """Count one use more. Raises CouponUsedUp: the rows decide, not what was read of them before."""
    counted: Any = session.execute(
        update(Coupon)
        .where(
            Coupon.id == coupon.id, or_(Coupon.usage_limit.is_(None), Coupon.times_used < Coupon.usage_limit)
        )
        .values(times_used=Coupon.times_used + 1)
        .execution_options(synchronize_session=False)
    )
    if counted.rowcount != 1:
        raise CouponUsedUp
    if user_id is None:
        return
    mine = (UserCount.coupon_id == coupon.id, UserCount.user_id == user_id)
    below = [] if coupon.usage_limit_per_user is None else [UserCount.used < coupon.usage_limit_per_user]
    own: Any = session.execute(
        update(UserCount)
        .where(*mine, *below)
        .values(used=UserCount.used + 1)
        .execution_options(synchronize_session=False)
    )
    if own.rowcount == 1:
        return
    if session.execute(select(UserCount.used).where(*mine)).first() is not None:
        raise CouponUsedUp("You have used this coupon as often as you may.")
    session.add(UserCount(coupon_id=coupon.id, user_id=user_id, used=1))
    session.flush()


def _let_go(session: Session, use: CouponUse, target: UseState) -> None:
    """Move a counted use out of the count."""
    _move(session, use, target, live_booking_id=None)
    session.execute(
        update(Coupon)
        .where(Coupon.id == use.coupon_id, Coupon.times_used > 0)
        .values(times_used=Coupon.times_used - 1)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(UserCount)
        .where(UserCount.coupon_id == use.coupon_id, UserCount.user_id == use.user_id, UserCount.used > 0)
        .values(used=UserCount.used - 1)
        .execution_options(synchronize_session=False)
    )


def _take_again(session: Session, coupon: Coupon, use: CouponUse) -> None:
    try:
        with session.begin_nested():  # one limit may hold and the other not: neither is counted then
            _count(session, coupon, use.user_id)
    except CouponUsedUp:
        log().warning("coupon was used up meanwhile", coupon_id=coupon.id, booking_id=use.booking_id)
        return
    now = utc_now(session)
    _move(session, use, UseState.REDEEMED, redeemed_at=now, live_booking_id=use.booking_id)


def _move(session: Session, use: CouponUse, target: UseState, **values: Any) -> None:
    """Guarded move of a use that was read as it is. Raises IllegalMove when it has moved on since."""
    moved: Any = session.execute(
        update(CouponUse)
        .where(CouponUse.id == use.id, CouponUse.state == use.state, CouponUse.state.in_(sources_of(target)))
        .values(state=target.value, **values)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:
        raise IllegalMove(f"{use.state} → {target.value}")
    session.refresh(use)


class IllegalMove(Exception):
    """A use moved on while it was looked at; the whole transaction has to be asked for again."""


def _locked(session: Session, booking_id: str) -> list[CouponUse]:
    """All uses of a booking, in the order of their ids, locked until the transaction ends."""
    query = (
        select(CouponUse)
        .where(CouponUse.booking_id == booking_id)
        .order_by(CouponUse.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(session.execute(query).scalars())

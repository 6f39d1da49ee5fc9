"""Reads: coupons by id and by code, pages of them, their redemptions, what is kept about a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from chassis.database import utc_now
from chassis.folding import like_patterns
from chassis.money import decimal_text
from chassis.paging import Page, page_of
from chassis.table_text import csv_text
from coupon_service.codes import normal_code
from coupon_service.lifecycle import DiscountKind, UseState
from coupon_service.models import Coupon, CouponUse, UserCount
from coupon_service.rules import Terms, Uses


def terms_of(coupon: Coupon) -> Terms:
    """A coupon as the rules see it."""
    return Terms(
        kind=DiscountKind(coupon.kind),
        percent=coupon.percent,
        amount_off=coupon.amount_off,
        minimum_subtotal=coupon.minimum_subtotal,
        maximum_discount=coupon.maximum_discount,
        starts_at=coupon.starts_at,
        expires_at=coupon.expires_at,
        usage_limit=coupon.usage_limit,
        usage_limit_per_user=coupon.usage_limit_per_user,
        active=coupon.active,
        owner_id=coupon.user_id,
        movie_ids=frozenset(link.movie_id for link in coupon.movie_links),
        cinema_ids=frozenset(link.cinema_id for link in coupon.cinema_links),
    )


def uses_of(session: Session, coupon: Coupon, user_id: str | None) -> Uses:
    """How often a coupon counts as used: by all, and by one person."""
    count = session.get(UserCount, (coupon.id, user_id)) if user_id else None
    return Uses(by_all=coupon.times_used, by_user=count.used if count else 0)


def coupon_by_code(session: Session, code: str) -> Coupon | None:
    """The coupon of a code in any spelling, None when there is none."""
    return session.execute(select(Coupon).where(Coupon.code == normal_code(code))).scalar_one_or_none()


def coupons_by_id(session: Session, ids: Sequence[str]) -> dict[str, Coupon]:
    """Coupons by id; unknown ids are left out."""
    query = select(Coupon).where(Coupon.id.in_(set(ids)))
    return {coupon.id: coupon for coupon in session.execute(query).scalars()}


def coupons_by_code(session: Session, codes: Sequence[str]) -> dict[str, Coupon]:
    """Coupons by normal code; unknown codes are left out."""
    query = select(Coupon).where(Coupon.code.in_({normal_code(code) for code in codes}))
    return {coupon.code: coupon for coupon in session.execute(query).scalars()}


def coupons_given_to(session: Session, user_id: str) -> list[Coupon]:
    """A person's own coupons that can still be used, those that expire first at the top."""
    now = utc_now(session)
    query = (
        select(Coupon)
        .where(
            Coupon.user_id == user_id,
            Coupon.active.is_(True),
            or_(Coupon.expires_at.is_(None), Coupon.expires_at > now),
            or_(Coupon.usage_limit.is_(None), Coupon.times_used < Coupon.usage_limit),
        )
        .order_by(Coupon.expires_at.is_(None), Coupon.expires_at, Coupon.id)
    )
    return list(session.execute(query).scalars())


def coupons_page(
    session: Session, search: str | None, active: bool | None, first: int | None, after: str | None
) -> Page[Coupon]:
    """Coupons with all words of `search` in code or description, newest first."""
    query = select(Coupon)
    for pattern in like_patterns(search):
        query = query.where(Coupon.search_text.like(pattern, escape="\\"))
    if active is not None:
        query = query.where(Coupon.active.is_(active))
    return page_of(session, query, [(Coupon.created_at, "desc"), (Coupon.id, "desc")], first, after)


def redemptions_page(
    session: Session, coupon_id: str, first: int | None, after: str | None
) -> Page[CouponUse]:
    """The uses of a coupon that were paid for, newest first."""
    query = select(CouponUse).where(
        CouponUse.coupon_id == coupon_id, CouponUse.state == UseState.REDEEMED.value
    )
    return page_of(session, query, [(CouponUse.redeemed_at, "desc"), (CouponUse.id, "desc")], first, after)


def csv_of(coupons: Sequence[Coupon]) -> str:
    """The codes with their terms as the text of a CSV file, for whoever prints or mails them."""
    headings = (
        "code",
        "percent",
        "amount_off",
        "currency",
        "starts",
        "expires",
        "usage_limit",
        "per_person",
        "active",
    )
    lines = [_csv_line(coupon) for coupon in coupons]
    return csv_text([headings, *lines])


def _csv_line(coupon: Coupon) -> tuple[Any, ...]:
    off = coupon.amount_off
    window = (at.isoformat(timespec="seconds") if at else "" for at in (coupon.starts_at, coupon.expires_at))
    return (
        coupon.code, coupon.percent, decimal_text(off.amount, off.currency) if off else "", off.currency if off else "",
        *window, coupon.usage_limit, coupon.usage_limit_per_user, "yes" if coupon.active else "no",
    )  # fmt: skip


def personal_data(session: Session, user_id: str) -> dict[str, Any]:
    """All that is kept about a person, as plain values."""
    given = session.execute(select(Coupon).where(Coupon.user_id == user_id).order_by(Coupon.created_at))
    used = session.execute(
        select(CouponUse, Coupon.code)
        .join(Coupon, Coupon.id == CouponUse.coupon_id)
        .where(CouponUse.user_id == user_id)
        .order_by(CouponUse.reserved_at)
    )
    return {
        "coupons": [
            {
                "code": coupon.code,
                "percent": coupon.percent,
                "expiresAt": coupon.expires_at.isoformat() if coupon.expires_at else None,
            }
            for coupon in given.scalars()
        ],
        "uses": [
            {
                "code": code,
                "bookingId": use.booking_id,
                "discount": use.discount_value,
                "currency": use.currency,
                "state": use.state,
                "at": use.reserved_at.isoformat(),
            }
            for use, code in used
        ],
    }

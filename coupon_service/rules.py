"""Pure decisions about discounts; no framework, no clock, no database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from chassis.errors import Refusal, Refusals
from chassis.money import Money, payable_step
from coupon_service.codes import is_code
from coupon_service.errors import (
    BadField,
    CouponExpired,
    CouponMinimumNotMet,
    CouponNotApplicable,
    CouponNotStarted,
    CouponUnknown,
    CouponUsedUp,
)
from coupon_service.lifecycle import DiscountKind

LARGEST_AMOUNT = 2_000_000_000
LONGEST_DESCRIPTION = 500
MOST_PLACES = 200
LOYALTY = {3: 10, 5: 15, 10: 20}  # paid bookings → per cent


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a coupon promises, and under which conditions. Empty sets: any film, any cinema."""

    kind: DiscountKind
    percent: int | None = None
    amount_off: Money | None = None
    minimum_subtotal: Money | None = None
    maximum_discount: Money | None = None
    starts_at: datetime | None = None
    expires_at: datetime | None = None
    usage_limit: int | None = None
    usage_limit_per_user: int | None = None
    active: bool = True
    owner_id: str | None = None
    movie_ids: frozenset[str] = frozenset()
    cinema_ids: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Order:
    """What the coupon is to be used for, and by whom (None: a visitor)."""

    subtotal: Money
    user_id: str | None
    movie_id: str | None
    cinema_id: str | None


@dataclass(frozen=True, kw_only=True)
class Uses:
    """How often it counts as used: by all, and by this person."""

    by_all: int
    by_user: int


def discount_of(terms: Terms, order: Order) -> Money:
    """What the coupon takes off, before any condition is asked; never more than the subtotal.

    Raises CouponNotApplicable for another currency, or when it comes to nothing.
    """
    subtotal = order.subtotal
    if terms.kind is DiscountKind.PERCENT:
        discount = subtotal.percent(terms.percent or 0)
    else:
        discount = _in_currency_of(subtotal, terms.amount_off) or Money(0, subtotal.currency)
    limit = _in_currency_of(subtotal, terms.maximum_discount)
    if limit is not None:
        discount = discount.at_most(limit)
    discount = discount.at_most(subtotal)
    if discount.amount <= 0:
        raise CouponNotApplicable("This coupon takes nothing off this order.")
    return discount


def quote(terms: Terms, order: Order, uses: Uses, *, now: datetime) -> Money:
    """The discount, when every condition holds.

    Raises CouponUnknown, CouponNotStarted, CouponExpired, CouponUsedUp, CouponNotApplicable, CouponMinimumNotMet,
    in this order.
    """
    _check_window(terms, order, now)
    if terms.usage_limit is not None and uses.by_all >= terms.usage_limit:
        raise CouponUsedUp
    if terms.usage_limit_per_user is not None and uses.by_user >= terms.usage_limit_per_user:
        raise CouponUsedUp("You have used this coupon as often as you may.")
    check_order(terms, order)
    return discount_of(terms, order)


def check_order(terms: Terms, order: Order) -> None:
    """Raises CouponNotApplicable for another film, cinema or currency, CouponMinimumNotMet for too small an order."""
    if terms.movie_ids and order.movie_id not in terms.movie_ids:
        raise CouponNotApplicable("This coupon is for other films.")
    if terms.cinema_ids and order.cinema_id not in terms.cinema_ids:
        raise CouponNotApplicable("This coupon is for other cinemas.")
    minimum = _in_currency_of(order.subtotal, terms.minimum_subtotal)
    if minimum is not None and order.subtotal.amount < minimum.amount:
        raise CouponMinimumNotMet(f"This coupon is for orders of {minimum} and more.")


def _check_window(terms: Terms, order: Order, now: datetime) -> None:
    if not terms.active or (terms.owner_id is not None and terms.owner_id != order.user_id):
        raise CouponUnknown
    if terms.starts_at is not None and now < terms.starts_at:
        raise CouponNotStarted
    if terms.expires_at is not None and now >= terms.expires_at:
        raise CouponExpired


def _in_currency_of(subtotal: Money, money: Money | None) -> Money | None:
    if money is not None and money.currency != subtotal.currency:
        raise CouponNotApplicable(f"This coupon is for prices in {money.currency}.")
    return money


def check_terms(code: str, description: str | None, terms: Terms, *, at: str = "input") -> None:
    """Raises Refusals with everything that is wrong with a form for a coupon."""
    faults = [
        *_faults_of_words(code, description, at),
        *_faults_of_discount(terms, at),
        *_faults_of_conditions(terms, at),
    ]
    if faults:
        raise Refusals(faults)


def _faults_of_words(code: str, description: str | None, at: str) -> Iterator[Refusal]:
    if not is_code(code):
        words = (
            "A code has 3 to 40 letters, digits, hyphens or underscores, and begins with a letter or digit."
        )
        yield BadField(words, field=(at, "code"), code="CODE_INVALID")
    if len(description or "") > LONGEST_DESCRIPTION:
        words = f"At most {LONGEST_DESCRIPTION} characters."
        yield BadField(words, field=(at, "description"), code="DESCRIPTION_TOO_LONG")


def _faults_of_discount(terms: Terms, at: str) -> Iterator[Refusal]:
    by_percent = terms.kind is DiscountKind.PERCENT
    if by_percent and (terms.percent is None or not 1 <= terms.percent <= 100):
        yield BadField("A percentage is 1 to 100.", field=(at, "percent"), code="PERCENT_INVALID")
    if not by_percent and terms.percent is not None:
        yield BadField("A fixed amount has no percentage.", field=(at, "percent"), code="PERCENT_INVALID")
    if by_percent and terms.amount_off is not None:
        yield BadField("A percentage has no fixed amount.", field=(at, "amountOff"), code="AMOUNT_INVALID")
    if not by_percent and (terms.amount_off is None or not 0 < terms.amount_off.amount <= LARGEST_AMOUNT):
        yield BadField("Say how much it takes off.", field=(at, "amountOff"), code="AMOUNT_INVALID")
    for name, money in (
        ("minimumSubtotal", terms.minimum_subtotal),
        ("maximumDiscount", terms.maximum_discount),
    ):
        if money is not None and not 0 < money.amount <= LARGEST_AMOUNT:
            yield BadField("The amount must be more than nothing.", field=(at, name), code="AMOUNT_INVALID")
    for name, money in (("amountOff", terms.amount_off), ("maximumDiscount", terms.maximum_discount)):
        if money is not None and money.amount % payable_step(money.currency):
            yield BadField("Nobody can pay this amount.", field=(at, name), code="AMOUNT_NOT_PAYABLE")
    if len({money.currency for money in _monies(terms)}) > 1:
        yield BadField("All amounts must be in one currency.", field=(at,), code="CURRENCY_MISMATCH")


def _faults_of_conditions(terms: Terms, at: str) -> Iterator[Refusal]:
    if terms.starts_at is not None and terms.expires_at is not None and terms.starts_at >= terms.expires_at:
        yield BadField("It must end after it begins.", field=(at, "expiresAt"), code="WINDOW_INVALID")
    for name, limit in (("usageLimit", terms.usage_limit), ("usageLimitPerUser", terms.usage_limit_per_user)):
        if limit is not None and not 1 <= limit <= LARGEST_AMOUNT:
            yield BadField(
                "A limit is 1 or more; leave it out for none.", field=(at, name), code="LIMIT_INVALID"
            )
    for name, ids in (("movieIds", terms.movie_ids), ("cinemaIds", terms.cinema_ids)):
        if len(ids) > MOST_PLACES or any(not 1 <= len(one) <= 36 for one in ids):
            yield BadField(f"At most {MOST_PLACES} ids.", field=(at, name), code="TOO_MANY")


def _monies(terms: Terms) -> list[Money]:
    all_three = (terms.amount_off, terms.minimum_subtotal, terms.maximum_discount)
    return [money for money in all_three if money is not None]

"""What a code would take off, for anyone who knows it; guessing codes is limited."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from sqlalchemy.orm import Session

from chassis.database import utc_now
from chassis.errors import Refusal
from chassis.identity import Caller
from chassis.limits import RateLimiter, source_of
from chassis.money import Money
from chassis.runtime import Runtime
from coupon_service.errors import CouponUnknown
from coupon_service.models import Coupon
from coupon_service.queries import coupon_by_code, terms_of, uses_of
from coupon_service.rules import Order, Terms, Uses, check_terms, quote
from coupon_service.settings import CouponSettings


@dataclass(frozen=True)
class Quote:
    """The coupon and what it takes off, or why it does not; an unknown code shows no coupon."""

    coupon: Coupon | None
    discount: Money | None
    refusal: Refusal | None = None


def quote_coupon(
    runtime: Runtime[CouponSettings], caller: Caller, code: str, order: Order, client_address: str | None
) -> Quote:
    """Ask without reserving. Raises RateLimited for somebody who tries one unknown code after the other."""
    answer = runtime.database.read(lambda session: _quote(session, code, order))
    if answer.coupon is None and not caller.is_peer:
        guesses = _limiter(runtime.settings.redis_url, runtime.settings.prefix)
        who = caller.user_id or source_of(client_address)
        guesses.hit("coupon-guess", who, limit=runtime.settings.guesses_per_minute, per_seconds=60)
    return answer


def preview_coupon(
    runtime: Runtime[CouponSettings], code: str, description: str | None, terms: Terms, order: Order
) -> Money:
    """What a coupon with these terms would take off an order now. Raises Refusals for faulty terms, or why not."""
    check_terms(code, description, terms)
    now = runtime.database.read(utc_now)
    return quote(terms, order, Uses(by_all=0, by_user=0), now=now)


def _quote(session: Session, code: str, order: Order) -> Quote:
    coupon = coupon_by_code(session, code)
    if coupon is None:
        return Quote(None, None, CouponUnknown(field=("code",)))
    try:
        discount = quote(
            terms_of(coupon), order, uses_of(session, coupon, order.user_id), now=utc_now(session)
        )
    except CouponUnknown as refusal:
        return Quote(None, None, refusal)
    except Refusal as refusal:
        return Quote(coupon, None, refusal)
    return Quote(coupon, discount)


@cache
def _limiter(redis_url: str, prefix: str) -> RateLimiter:
    return RateLimiter(redis_url, f"{prefix}:coupon")

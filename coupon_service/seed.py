"""Sample coupons: something for every currency and every refusal. Idempotent; ids follow from the codes."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.database import utc_now
from chassis.ids import fixed_id
from chassis.runtime import Runtime
from coupon_service.codes import search_text_of
from coupon_service.lifecycle import DiscountKind, UseState
from coupon_service.models import Coupon, CouponCinema, CouponMovie, CouponUse
from coupon_service.settings import CouponSettings

_PLACES = Path(__file__).resolve().parents[1] / "contracts" / "seed" / "places.json"
# A fixed coupon of roughly the same worth in each currency: (off, from a subtotal of), minor units.
_FIXED = {
    "EUR": (500, 2500),
    "GBP": (400, 2000),
    "USD": (500, 2500),
    "CHF": (600, 3500),
    "SEK": (5000, 25000),
    "JPY": (800, 4000),
}
_OLD_USES = 3
_NOSFERATU, _PARIS = fixed_id("movie", "nosferatu-1922"), fixed_id("cinema", "paris-faubourg")
_GUEST = fixed_id("user", "guest@lobbycard.example")


def run(runtime: Runtime[CouponSettings]) -> None:
    """Add the sample coupons that are missing; those that exist are left as people changed them. Never in production."""
    if runtime.settings.is_production:
        return
    runtime.database.transact(_add_missing)


def _add_missing(session: Session) -> None:
    now = utc_now(session)
    wanted = {parts["code"]: parts for parts in _sample(now)}
    known = set(session.execute(select(Coupon.code).where(Coupon.code.in_(wanted))).scalars())
    for code, parts in wanted.items():
        if code not in known:
            _add(session, parts, now)


def _sample(now: datetime) -> list[dict[str, Any]]:
    yesterday, last_month = now - timedelta(days=1), now - timedelta(days=30)
    return [
        _percent("WELCOME10", 10, "10 % off, for everybody, once a person.", usage_limit_per_user=1),
        _percent("MATINEE15", 15, "15 % off, 20.00 at the most.", **_in("EUR", maximum_discount_value=2000)),
        _percent("NOSFERATU20", 20, "20 % off Nosferatu.", movies=[_NOSFERATU]),
        _percent("FAUBOURG25", 25, "25 % off at Le Faubourg.", cinemas=[_PARIS]),
        _percent(
            "SUMMER20", 20, "Our summer of silent comedies.", starts_at=last_month, expires_at=yesterday
        ),
        _percent("NEWYEAR30", 30, "For the first days of the new year.", starts_at=now + timedelta(days=30)),
        _percent(
            "FIRSTNIGHT50", 50, "For the first three guests of all.", usage_limit=_OLD_USES, old=_OLD_USES
        ),
        _percent("PRESS100", 100, "For the press; switched off.", active=False),
        _percent(
            "THANKS-GUEST10",
            10,
            "Thank you for coming: 10 % off your next visit.",
            user_id=_GUEST,
            usage_limit=1,
            usage_limit_per_user=1,
            expires_at=now + timedelta(days=30),
        ),
        *(_fixed(currency, *amounts) for currency, amounts in _FIXED.items() if currency in _currencies()),
    ]


def _currencies() -> set[str]:
    """The currencies of the sample cinemas."""
    cinemas = json.loads(_PLACES.read_text("utf-8"))["cinemas"] if _PLACES.exists() else []
    return {cinema["currency"] for cinema in cinemas} or set(_FIXED)


def _percent(code: str, percent: int, description: str, **parts: Any) -> dict[str, Any]:
    kind = DiscountKind.PERCENT.value
    return {"code": code, "kind": kind, "percent": percent, "description": description, **parts}


def _fixed(currency: str, off: int, minimum: int) -> dict[str, Any]:
    return {
        "code": f"POPCORN-{currency}",
        "kind": DiscountKind.FIXED_AMOUNT.value,
        "description": "A fixed amount off larger orders.",
        **_in(currency, amount_off_value=off, minimum_subtotal_value=minimum),
    }


def _in(currency: str, **amounts: int) -> dict[str, Any]:
    return {"currency": currency, **amounts}


def _add(session: Session, parts: dict[str, Any], now: datetime) -> None:
    values = dict(parts)
    movies, cinemas, old = values.pop("movies", []), values.pop("cinemas", []), values.pop("old", 0)
    coupon = Coupon(
        id=fixed_id("coupon", parts["code"]),
        active=values.pop("active", True),
        times_used=old,
        search_text=search_text_of(parts["code"], parts["description"]),
        created_at=now,
        movie_links=[CouponMovie(movie_id=movie) for movie in movies],
        cinema_links=[CouponCinema(cinema_id=cinema) for cinema in cinemas],
        **values,
    )
    session.add(coupon)
    session.flush()
    for number in range(old):
        session.add(_old_use(coupon, number, now))


def _old_use(coupon: Coupon, number: int, now: datetime) -> CouponUse:
    """A use from before this system: it counts, and has neither person nor booking."""
    at = now - timedelta(days=90 - number)
    return CouponUse(
        id=fixed_id("coupon use", f"{coupon.code}/{number}"),
        coupon_id=coupon.id,
        discount_value=600,
        currency="EUR",
        state=UseState.REDEEMED.value,
        reserved_at=at,
        redeemed_at=at,
    )

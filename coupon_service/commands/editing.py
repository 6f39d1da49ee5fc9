"""What managers do with coupons: create, change, delete, many at once. Each change is on record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import audit
from chassis.database import utc_now
from chassis.identity import Caller
from chassis.ids import new_id
from chassis.runtime import Runtime
from coupon_service.codes import is_code, new_code, normal_code, search_text_of
from coupon_service.errors import BadField, CodeTaken, CouponInUse, CouponNotFound, CouponUnknown
from coupon_service.lifecycle import UseState
from coupon_service.models import Coupon, CouponCinema, CouponMovie, CouponUse, UserCount
from coupon_service.queries import coupons_by_id
from coupon_service.rules import Terms, check_terms
from coupon_service.settings import CouponSettings

T = TypeVar("T")
LARGEST_BATCH = 500
_STAYS = (UseState.RESERVED.value, UseState.REDEEMED.value, UseState.RETURNED.value)


@dataclass(frozen=True, kw_only=True)
class Form:
    """A coupon as a manager writes it; the code in its normal form. `active` None: on when new, else as it was."""

    code: str
    description: str | None
    terms: Terms
    active: bool | None = None


def create_coupon(runtime: Runtime[CouponSettings], caller: Caller, form: Form) -> Coupon:
    """A new coupon. Raises Refusals for a bad form, CodeTaken."""
    check_terms(form.code, form.description, form.terms)

    def work(session: Session) -> Coupon:
        _refuse_taken(session, form.code, None)
        coupon = _add(session, form)
        audit.record(session, caller, "coupon.create", "Coupon", coupon.id, after=_shown(coupon))
        return coupon

    return _with_free_code(runtime, work)


def update_coupon(runtime: Runtime[CouponSettings], caller: Caller, coupon_id: str, form: Form) -> Coupon:
    """The coupon as the form says; its uses stay. Raises Refusals, CodeTaken, CouponNotFound, BadField (limits)."""
    check_terms(form.code, form.description, form.terms)

    def work(session: Session) -> Coupon:
        coupon = session.get(Coupon, coupon_id, with_for_update=True)
        if coupon is None:
            raise CouponNotFound
        _refuse_taken(session, form.code, coupon_id)
        _refuse_limits_below_uses(session, coupon, form.terms)
        before = _shown(coupon)
        _write(coupon, form)
        session.flush()
        audit.record(
            session, caller, "coupon.update", "Coupon", coupon_id, before=before, after=_shown(coupon)
        )
        return coupon

    return _with_free_code(runtime, work)


def delete_coupon(runtime: Runtime[CouponSettings], caller: Caller, coupon_id: str) -> None:
    """Take an unused coupon away. Raises CouponNotFound, CouponInUse."""

    def work(session: Session) -> None:
        coupon = session.get(Coupon, coupon_id, with_for_update=True)
        if coupon is None:
            raise CouponNotFound
        used = select(CouponUse.id).where(CouponUse.coupon_id == coupon_id, CouponUse.state.in_(_STAYS))
        if coupon.times_used > 0 or session.execute(used).first() is not None:
            raise CouponInUse(field=("id",))
        audit.record(session, caller, "coupon.delete", "Coupon", coupon_id, before=_shown(coupon))
        session.execute(delete(CouponUse).where(CouponUse.coupon_id == coupon_id))
        session.execute(delete(UserCount).where(UserCount.coupon_id == coupon_id))
        session.delete(coupon)
        session.flush()

    try:
        runtime.database.transact(work)
    except IntegrityError:  # somebody reserved it at this very moment
        raise CouponInUse(field=("id",)) from None


def create_batch(
    runtime: Runtime[CouponSettings], caller: Caller, form: Form, prefix: str, count: int
) -> list[Coupon]:
    """`count` coupons with the terms of `form` and codes that nobody can guess. Raises Refusals, BadField."""
    start = normal_code(prefix)
    if not is_code(start) or len(start) > 24:
        raise BadField("A prefix has 3 to 24 letters or digits.", field=("prefix",), code="CODE_INVALID")
    if not 1 <= count <= LARGEST_BATCH:
        raise BadField(f"A batch has 1 to {LARGEST_BATCH} codes.", field=("count",), code="COUNT_INVALID")
    check_terms(start, form.description, form.terms)

    def work(session: Session) -> list[Coupon]:
        codes: set[str] = set()
        while len(codes) < count:
            codes.add(new_code(start))
        made = []
        for code in sorted(codes):
            one = replace(form, code=code)
            made.append(_add(session, one))
            audit.record(session, caller, "coupon.create", "Coupon", made[-1].id, after=_shown(made[-1]))
        return made

    return _with_free_code(runtime, work)


def set_active(
    runtime: Runtime[CouponSettings], caller: Caller, ids: Sequence[str], active: bool
) -> list[Coupon]:
    """Switch coupons on or off, all or none; in the order asked for. Raises CouponUnknown, BadField."""
    wanted = list(dict.fromkeys(ids))
    if not 1 <= len(wanted) <= LARGEST_BATCH:
        raise BadField(f"Choose 1 to {LARGEST_BATCH} coupons.", field=("ids",), code="COUNT_INVALID")

    def work(session: Session) -> list[Coupon]:
        found = coupons_by_id(session, wanted)
        for position, one in enumerate(wanted):
            if one not in found:
                raise CouponUnknown("There is no coupon under this id.", field=("ids", position))
        for coupon in found.values():
            if coupon.active is not active:
                coupon.active = active
                after = {"active": active}
                audit.record(
                    session,
                    caller,
                    "coupon.set_active",
                    "Coupon",
                    coupon.id,
                    before={"active": not active},
                    after=after,
                )
        session.flush()
        return [found[one] for one in wanted]

    return runtime.database.transact(work)


def _with_free_code(runtime: Runtime[CouponSettings], work: Callable[[Session], T]) -> T:
    try:
        return runtime.database.transact(work)
    except IntegrityError:  # another request took the code at this very moment
        raise CodeTaken(field=("input", "code")) from None


def _refuse_taken(session: Session, code: str, own_id: str | None) -> None:
    taken = session.execute(select(Coupon.id).where(Coupon.code == code)).scalar_one_or_none()
    if taken is not None and taken != own_id:
        raise CodeTaken(field=("input", "code"))


def _refuse_limits_below_uses(session: Session, coupon: Coupon, terms: Terms) -> None:
    """A limit may not fall below what was used: the count would break its own rule."""
    if terms.usage_limit is not None and terms.usage_limit < coupon.times_used:
        words = f"It was used {coupon.times_used} times already."
        raise BadField(words, field=("input", "usageLimit"), code="LIMIT_BELOW_USES")
    most = session.execute(
        select(func.coalesce(func.max(UserCount.used), 0)).where(UserCount.coupon_id == coupon.id)
    ).scalar_one()
    if terms.usage_limit_per_user is not None and terms.usage_limit_per_user < most:
        words = f"One person has used it {most} times already."
        raise BadField(words, field=("input", "usageLimitPerUser"), code="LIMIT_BELOW_USES")


def _add(session: Session, form: Form) -> Coupon:
    coupon = Coupon(id=new_id(), created_at=utc_now(session), times_used=0)
    _write(coupon, form)
    session.add(coupon)
    session.flush()
    return coupon


def _write(coupon: Coupon, form: Form) -> None:
    terms = form.terms
    monies = [money for money in (terms.amount_off, terms.minimum_subtotal, terms.maximum_discount) if money]
    coupon.code, coupon.description = form.code, form.description
    coupon.search_text = search_text_of(form.code, form.description)
    coupon.kind, coupon.percent = terms.kind.value, terms.percent
    coupon.currency = monies[0].currency if monies else None
    coupon.amount_off_value = terms.amount_off.amount if terms.amount_off else None
    coupon.minimum_subtotal_value = terms.minimum_subtotal.amount if terms.minimum_subtotal else None
    coupon.maximum_discount_value = terms.maximum_discount.amount if terms.maximum_discount else None
    coupon.starts_at, coupon.expires_at = terms.starts_at, terms.expires_at
    coupon.usage_limit, coupon.usage_limit_per_user = terms.usage_limit, terms.usage_limit_per_user
    if form.active is not None or coupon.active is None:
        coupon.active = form.active is not False
    movies = {link.movie_id: link for link in coupon.movie_links}
    cinemas = {link.cinema_id: link for link in coupon.cinema_links}
    coupon.movie_links = [movies.get(one) or CouponMovie(movie_id=one) for one in sorted(terms.movie_ids)]
    coupon.cinema_links = [
        cinemas.get(one) or CouponCinema(cinema_id=one) for one in sorted(terms.cinema_ids)
    ]


def _shown(coupon: Coupon) -> dict[str, Any]:
    """A coupon's terms as the record shows them."""
    return {
        "code": coupon.code,
        "description": coupon.description,
        "kind": coupon.kind,
        "percent": coupon.percent,
        "amountOff": coupon.amount_off_value,
        "minimumSubtotal": coupon.minimum_subtotal_value,
        "maximumDiscount": coupon.maximum_discount_value,
        "currency": coupon.currency,
        "startsAt": coupon.starts_at,
        "expiresAt": coupon.expires_at,
        "usageLimit": coupon.usage_limit,
        "usageLimitPerUser": coupon.usage_limit_per_user,
        "active": coupon.active,
        "movieIds": [link.movie_id for link in coupon.movie_links],
        "cinemaIds": [link.cinema_id for link in coupon.cinema_links],
    }

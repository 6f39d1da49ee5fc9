"""Reads: payments by id, pages of them, what is kept about a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from chassis.errors import Invalid
from chassis.identity import Caller, Role
from chassis.paging import Page, page_of
from payment_service.lifecycle import CAPTURED, Attention, PaymentMethod, PaymentStatus, RefundStatus
from payment_service.models import Cinema, Payment, Refund
from payment_service.rules import day_in

_NEWEST_FIRST = [(Payment.created_at, "desc"), (Payment.id, "desc")]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which payments a list shows; None: any."""

    cinema_id: str | None = None
    status: PaymentStatus | None = None
    method: PaymentMethod | None = None
    booking_id: str | None = None
    user_id: str | None = None
    refund_status: RefundStatus | None = None
    since: datetime | None = None
    until: datetime | None = None


def waiting(session: Session) -> dict[str, int]:
    """How many payments have no answer yet, and how many refunds are under way, wait for a person or are stuck."""
    pending = select(func.count()).select_from(Payment).where(Payment.status == PaymentStatus.PENDING)
    unsettled = (RefundStatus.PENDING, RefundStatus.AWAITING_APPROVAL)
    by_status = (
        select(Refund.status, func.count()).where(Refund.status.in_(unsettled)).group_by(Refund.status)
    )
    refunds: dict[str, int] = dict(session.execute(by_status).tuples().all())
    stuck = select(func.count()).select_from(Refund).where(
        Refund.status == RefundStatus.PENDING, Refund.attention == Attention.STUCK
    )  # fmt: skip
    return {
        "payments pending": session.execute(pending).scalar_one(),
        "refunds pending": refunds.get(RefundStatus.PENDING, 0),
        "refunds awaiting approval": refunds.get(RefundStatus.AWAITING_APPROVAL, 0),
        "refunds stuck": session.execute(stuck).scalar_one(),
    }


def payments_by_id(session: Session, ids: Sequence[str]) -> dict[str, Payment]:
    """Payments with their refunds, by id; unknown ids are left out."""
    query = select(Payment).where(Payment.id.in_(set(ids)))
    return {payment.id: payment for payment in session.execute(query).scalars()}


def may_see_in_passing(caller: Caller, payment: Payment) -> bool:
    """Whether a payment shows up beside a booking: for the payer and for staff of the cinema."""
    if caller.is_peer or (caller.user_id is not None and caller.user_id == payment.user_id):
        return True
    return caller.has_role(Role.STAFF, scope=payment.cinema_id)


def may_read_in_full(caller: Caller, payment: Payment) -> bool:
    """Whether a payment may be looked up by its id: by the payer, or by a manager of the cinema."""
    if caller.is_peer or (caller.user_id is not None and caller.user_id == payment.user_id):
        return True
    return caller.has_role(Role.MANAGER, scope=payment.cinema_id)


def payments_of(session: Session, user_id: str, first: int | None, after: str | None) -> Page[Payment]:
    """A person's payments, newest first."""
    return page_of(session, select(Payment).where(Payment.user_id == user_id), _NEWEST_FIRST, first, after)


def payments_page(
    session: Session, caller: Caller, wanted: Wanted, first: int | None, after: str | None
) -> Page[Payment]:
    """Payments of the cinemas that the caller manages, newest first. Raises Forbidden outside of them."""
    caller.require_role(Role.MANAGER, scope=wanted.cinema_id)
    query = select(Payment)
    if wanted.cinema_id is None and not caller.sees_all():
        query = query.where(Payment.cinema_id.in_(sorted(caller.scope)))
    return page_of(session, _narrowed(query, wanted), _NEWEST_FIRST, first, after)


def _narrowed(query: Select[Payment], wanted: Wanted) -> Select[Payment]:
    equal: dict[Any, str | None] = {
        Payment.cinema_id: wanted.cinema_id,
        Payment.status: wanted.status,
        Payment.method: wanted.method,
        Payment.booking_id: wanted.booking_id,
        Payment.user_id: wanted.user_id,
    }
    for column, value in equal.items():
        if value is not None:
            query = query.where(column == str(value))
    if wanted.refund_status is not None:
        with_one = select(Refund.payment_id).where(Refund.status == str(wanted.refund_status))
        query = query.where(Payment.id.in_(with_one))
    if wanted.since is not None:
        query = query.where(Payment.created_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(Payment.created_at < wanted.until)
    return query


def cinema_named(session: Session, cinema_id: str) -> Cinema | None:
    """What is known of a cinema, None before it was told of."""
    return session.get(Cinema, cinema_id)


@dataclass(frozen=True)
class Portion:
    """Rows of a file; `after`: where to go on, None when that was all; `share` of the span that is done."""

    rows: list[dict[str, Any]]
    after: str | None
    share: float


def payment_rows(
    session: Session, first_day: date, last_day: date, cinema_ids: Sequence[str] | None, *, after: str | None, first: int
) -> Portion:  # fmt: skip
    """Payments begun on these days where their cinema is (None: of all cinemas), oldest first.

    Read by key, so that a portion costs the same wherever it lies. Raises Invalid for a foreign `after`.
    """
    # No clock on earth is further from UTC than this; the exact day is looked at row by row.
    span = timedelta(hours=14)
    start = datetime.combine(first_day, time.min, UTC) - span
    end = datetime.combine(last_day, time.max, UTC) + span
    query = select(Payment).where(Payment.created_at >= start, Payment.created_at < end)
    if cinema_ids is not None:
        query = query.where(Payment.cinema_id.in_(list(cinema_ids)))
    if after is not None:
        at, key = _place(after)
        query = query.where(or_(Payment.created_at > at, and_(Payment.created_at == at, Payment.id > key)))
    found = list(session.scalars(query.order_by(Payment.created_at, Payment.id).limit(first)))
    zones = {cinema.id: cinema.time_zone for cinema in session.scalars(select(Cinema))}
    rows = [_row(payment, day_in(payment.created_at, zones.get(payment.cinema_id))) for payment in found]
    rows = [row for row in rows if first_day.isoformat() <= row["day"] <= last_day.isoformat()]
    if len(found) < first:
        return Portion(rows, None, 1.0)
    last = found[-1]
    share = (last.created_at - start) / (end - start)
    return Portion(rows, f"{last.created_at.isoformat()} {last.id}", min(0.99, max(0.0, share)))


def _place(after: str) -> tuple[datetime, str]:
    at, _, key = after.partition(" ")
    try:
        return datetime.fromisoformat(at), key
    except ValueError:
        raise Invalid("after is not a place in this list.") from None


def _row(payment: Payment, day: date) -> dict[str, Any]:
    captured = payment.amount_value if PaymentStatus(payment.status) in CAPTURED else 0
    return {
        "day": day.isoformat(),
        "createdAt": payment.created_at.isoformat(timespec="seconds"),
        "settledAt": payment.settled_at.isoformat(timespec="seconds") if payment.settled_at else None,
        "cinemaId": payment.cinema_id,
        "bookingId": payment.booking_id,
        "method": payment.method,
        "provider": payment.provider,
        "providerReference": payment.provider_reference,
        "status": payment.status,
        "amount": payment.amount_value,
        "captured": captured,
        "refunded": payment.refunded_amount,
        "currency": payment.currency,
        "failureCode": payment.failure_code,
    }


def personal_data(session: Session, user_id: str) -> dict[str, Any]:
    """All that is kept about a person, as plain values."""
    query = select(Payment).where(Payment.user_id == user_id).order_by(Payment.created_at)
    return {"payments": [_plain(payment) for payment in session.execute(query).scalars()]}


def _plain(payment: Payment) -> dict[str, Any]:
    return {
        "id": payment.id,
        "bookingId": payment.booking_id,
        "method": payment.method,
        "provider": payment.provider,
        "providerReference": payment.provider_reference,
        "status": payment.status,
        "amount": payment.amount_value,
        "currency": payment.currency,
        "description": payment.description,
        "createdAt": payment.created_at.isoformat(),
        "refunds": [
            {
                "amount": refund.amount_value,
                "reason": refund.reason,
                "createdAt": refund.created_at.isoformat(),
            }
            for refund in payment.refunds
        ],
    }

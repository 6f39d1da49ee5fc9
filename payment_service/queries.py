"""Reads: payments by id, pages of them, what is kept about a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from chassis.identity import Caller, Role
from chassis.paging import Page, page_of
from payment_service.lifecycle import PaymentMethod, PaymentStatus
from payment_service.models import Cinema, Payment

_NEWEST_FIRST = [(Payment.created_at, "desc"), (Payment.id, "desc")]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which payments a list shows; None: any."""

    cinema_id: str | None = None
    status: PaymentStatus | None = None
    method: PaymentMethod | None = None
    booking_id: str | None = None
    user_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


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
    if wanted.since is not None:
        query = query.where(Payment.created_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(Payment.created_at < wanted.until)
    return query


def cinema_named(session: Session, cinema_id: str) -> Cinema | None:
    """What is known of a cinema, None before it was told of."""
    return session.get(Cinema, cinema_id)


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

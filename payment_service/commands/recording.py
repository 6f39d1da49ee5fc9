"""Writing down what a provider said; three roads (answer, webhook, reconciler) end in this one place."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis.database import utc_now
from chassis.ids import new_id
from chassis.logs import log
from chassis.money import Money
from chassis.outbox import publish
from payment_service import events
from payment_service.lifecycle import CAPTURED, PaymentStatus, RefundStatus, sources_of
from payment_service.models import Payment, Refund
from payment_service.providers import Charge, ChargeState
from payment_service.rules import status_after_refund

NEVER_CHARGED = "NEVER_CHARGED"
AMOUNT_MISMATCH = "AMOUNT_MISMATCH"
REFUNDED_BY_PROVIDER = "REFUNDED_BY_PROVIDER"
GIVEN_BACK_BY_PROVIDER = "Given back at the provider"
GONE_BEFORE = ":gone"
UNMATCHED = "The payment could not be matched to an order"


def record(session: Session, payment_id: str, charge: Charge | None) -> Payment:
    """Bring the payment to where `charge` says it is; None: the provider never took anything.

    A move that is not in the table changes nothing, so late, repeated and disordered news do no harm. Money of
    another amount or currency than was ordered, or that went back before we heard of it, pays for nothing: the
    order is declined, and what is left of the money goes back.
    """
    payment = fresh(session, payment_id)
    if charge is not None and charge.reference and payment.provider_reference is None:
        session.execute(
            update(Payment).where(Payment.id == payment_id).values(provider_reference=charge.reference)
        )
    if charge is None:
        _fail(session, payment, NEVER_CHARGED)
    elif charge.state is ChargeState.FAILED:
        _fail(session, payment, charge.failure_code)
    elif charge.state is ChargeState.SUCCEEDED:
        _succeed(session, payment, charge)
    return fresh(session, payment_id)


def fresh(session: Session, payment_id: str) -> Payment:
    """The payment as it stands in the database now."""
    query = select(Payment).where(Payment.id == payment_id).execution_options(populate_existing=True)
    return session.execute(query).scalar_one()


def _succeed(session: Session, payment: Payment, charge: Charge) -> None:
    if charge.amount != payment.amount:
        _return_unmatched(session, payment, charge, AMOUNT_MISMATCH)
    elif charge.refunded > 0 and payment.status not in CAPTURED:
        _return_unmatched(session, payment, charge, REFUNDED_BY_PROVIDER)
    else:
        settled_at = charge.settled_at or utc_now(session)
        _move(session, payment, PaymentStatus.SUCCEEDED, failure_code=None, settled_at=settled_at)


def _return_unmatched(session: Session, payment: Payment, charge: Charge, failure_code: str) -> None:
    """Book what came in as it came, what went back already as gone, and promise the rest back."""
    captured, gone = charge.amount, min(charge.refunded, charge.amount.amount)
    if captured.amount <= 0:
        _fail(session, payment, failure_code)
        return
    values = {
        "amount_value": captured.amount,
        "currency": captured.currency,
        "promised_back": captured.amount,
        "refunded_amount": gone,
        "settled_at": charge.settled_at or utc_now(session),
    }
    if not _move(session, payment, PaymentStatus.SUCCEEDED, failure_code=failure_code, **values):
        return
    log().error("money that was not ordered", payment_id=payment.id, captured=str(captured), gone=gone)
    if gone:
        payment.status = status_after_refund(captured.amount, gone).value
        session.add(_refund(session, payment, Money(gone, captured.currency), RefundStatus.SUCCEEDED))
    if gone < captured.amount:
        rest = Money(captured.amount - gone, captured.currency)
        session.add(_refund(session, payment, rest, RefundStatus.PENDING))
    session.flush()


def _refund(session: Session, payment: Payment, amount: Money, status: RefundStatus) -> Refund:
    now = utc_now(session)
    is_done = status is RefundStatus.SUCCEEDED
    return Refund(
        id=new_id(),
        payment_id=payment.id,
        idempotency_key=f"{payment.idempotency_key}{GONE_BEFORE if is_done else ':unmatched'}",
        fingerprint="",
        amount_value=amount.amount,
        currency=amount.currency,
        reason=GIVEN_BACK_BY_PROVIDER if is_done else UNMATCHED,
        status=status.value,
        created_at=now,
        settled_at=now if is_done else None,
    )


def _fail(session: Session, payment: Payment, failure_code: str | None) -> None:
    _move(
        session,
        payment,
        PaymentStatus.FAILED,
        failure_code=failure_code or "DECLINED",
        settled_at=utc_now(session),
    )


def _move(session: Session, payment: Payment, target: PaymentStatus, **values: Any) -> bool:
    """Move a payment to its end and tell how that was; whether it moved."""
    ordered = payment.amount
    moved: Any = session.execute(
        update(Payment)
        .where(Payment.id == payment.id, Payment.status.in_(sources_of(target)))
        .values(status=target.value, **values)
    )
    if moved.rowcount != 1:
        return False
    publish(
        session,
        events.payment_settled(
            payment_id=payment.id,
            booking_id=payment.booking_id,
            key=payment.idempotency_key,
            taken=values["failure_code"] is None,
            amount=ordered,
            failure_code=values["failure_code"],
        ),
    )
    return True

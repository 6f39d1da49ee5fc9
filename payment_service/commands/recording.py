"""Writing down what a provider said; three roads (answer, webhook, reconciler) end in this one place."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis.database import utc_now
from chassis.logs import log
from chassis.outbox import publish
from payment_service import events
from payment_service.lifecycle import PaymentStatus, sources_of
from payment_service.models import Payment
from payment_service.providers import Charge, ChargeState

NEVER_CHARGED = "NEVER_CHARGED"
AMOUNT_MISMATCH = "AMOUNT_MISMATCH"


def record(session: Session, payment_id: str, charge: Charge | None) -> Payment:
    """Bring the payment to where `charge` says it is; None: the provider never took anything.

    A move that is not in the table changes nothing, so late, repeated and disordered news do no harm. A capture
    of another amount than was ordered stays PENDING, with AMOUNT_MISMATCH for a person to look at.
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
        log().error("captured amount differs", payment_id=payment.id, captured=str(charge.amount))
        session.execute(
            update(Payment)
            .where(Payment.id == payment.id, Payment.status == PaymentStatus.PENDING)
            .values(failure_code=AMOUNT_MISMATCH)
        )
        return
    settled_at = charge.settled_at or utc_now(session)
    _move(session, payment, PaymentStatus.SUCCEEDED, failure_code=None, settled_at=settled_at)


def _fail(session: Session, payment: Payment, failure_code: str | None) -> None:
    _move(
        session,
        payment,
        PaymentStatus.FAILED,
        failure_code=failure_code or "DECLINED",
        settled_at=utc_now(session),
    )


def _move(session: Session, payment: Payment, target: PaymentStatus, **values: Any) -> None:
    moved: Any = session.execute(
        update(Payment)
        .where(Payment.id == payment.id, Payment.status.in_(sources_of(target)))
        .values(status=target.value, **values)
    )
    if moved.rowcount == 1:
        publish(
            session,
            events.payment_settled(
                payment_id=payment.id,
                booking_id=payment.booking_id,
                key=payment.idempotency_key,
                taken=target is PaymentStatus.SUCCEEDED,
                amount=payment.amount,
                failure_code=values["failure_code"],
            ),
        )

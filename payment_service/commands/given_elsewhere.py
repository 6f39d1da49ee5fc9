"""Money that somebody gave back on the provider's own pages, past our books: found there, and booked here once."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.database import utc_now
from chassis.ids import new_id
from chassis.logs import log
from chassis.runtime import Runtime
from payment_service.commands.carrying_out import book_as_given, promise_what_is_left
from payment_service.commands.recording import GIVEN_BACK_BY_PROVIDER, GONE_BEFORE
from payment_service.lifecycle import CAPTURED, Attention, RefundStatus
from payment_service.models import Payment, Refund
from payment_service.providers import GivenBack, provider_named
from payment_service.settings import PaymentSettings


def book_what_others_gave(runtime: Runtime[PaymentSettings], payment_id: str) -> int:
    """Write down each refund of a captured payment that the provider has and we never asked for; how many.

    Never more than was paid: what would be is left to the day's close. Raises NoAnswer.
    """
    payment = runtime.database.read(lambda session: session.get_one(Payment, payment_id))
    provider = provider_named(runtime, payment.provider)
    if provider is None or payment.provider_reference is None or payment.status not in CAPTURED:
        return 0
    given = provider.refunds_of(payment.provider_reference)
    return runtime.database.transact(lambda session: _book(session, payment_id, given))


def _book(session: Session, payment_id: str, given: Sequence[GivenBack]) -> int:
    query = select(Payment).where(Payment.id == payment_id).with_for_update()
    payment = session.execute(query.execution_options(populate_existing=True)).scalar_one()
    booked = 0
    for one in _not_ours(payment, given):
        left = payment.amount_value - payment.refunded_amount
        if one.amount.currency != payment.currency or not 0 < one.amount.amount <= left:
            log().error("refund by others does not fit", payment_id=payment_id, given=str(one.amount))
            continue
        _book_one(session, payment, one)
        session.refresh(payment)
        booked += 1
    return booked


def _not_ours(payment: Payment, given: Sequence[GivenBack]) -> list[GivenBack]:
    """Those that no refund of ours stands for; what was gone before we heard of the capture is booked already."""
    references = {refund.provider_reference for refund in payment.refunds}
    keys = {refund.idempotency_key for refund in payment.refunds}
    before = sum(
        refund.amount_value for refund in payment.refunds if refund.idempotency_key.endswith(GONE_BEFORE)
    )
    others = []
    for one in sorted(given, key=lambda refund: (refund.settled_at, refund.reference)):
        if not one.done or one.reference in references or one.key in keys:
            continue
        if one.amount.amount <= before:
            before -= one.amount.amount
        else:
            others.append(one)
    return others


def _book_one(session: Session, payment: Payment, one: GivenBack) -> None:
    refund = Refund(
        id=new_id(),
        payment_id=payment.id,
        idempotency_key=f"given:{payment.provider}:{one.reference}",
        fingerprint="",
        amount_value=one.amount.amount,
        currency=one.amount.currency,
        reason=GIVEN_BACK_BY_PROVIDER,
        status=RefundStatus.SUCCEEDED.value,
        provider_reference=one.reference,
        attention=Attention.GIVEN_AT_PROVIDER.value,
        created_at=utc_now(session),
        settled_at=one.settled_at,
    )
    session.add(refund)
    session.flush()
    log().warning("given back at the provider", payment_id=payment.id, amount=str(one.amount))
    book_as_given(session, refund)
    promise_what_is_left(session, payment.id)

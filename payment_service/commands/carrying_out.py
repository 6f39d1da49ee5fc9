"""Refunds that are promised: asked of the provider until they have an end, the longest waiting first.

Problem: a hundred that no provider will ever answer must not keep the others waiting. Idea: each try puts the next
one off, for twice as long as before; who was asked often without an end is shown to staff and asked once an hour.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import case, func, or_, select, update
from sqlalchemy.orm import Session

from chassis.database import sql_now, utc_now
from chassis.kill_points import reached
from chassis.logs import log
from chassis.outbox import publish
from chassis.runtime import Runtime
from payment_service import events
from payment_service.commands.recording import fresh
from payment_service.lifecycle import Attention, PaymentStatus, RefundStatus
from payment_service.models import Payment, Refund
from payment_service.providers import NoAnswer, RefundAnswer, RefundOrder, provider_named
from payment_service.settings import PaymentSettings

BATCH = 100
SILENCES = 5
STUCK_TRIES = 12
LONGEST_PAUSE, STUCK_PAUSE = timedelta(minutes=5), timedelta(hours=1)


def retry_refunds(runtime: Runtime[PaymentSettings]) -> int:
    """Ask again for promised refunds whose time has come; how many came to an end.

    A provider that is silent several times in a row is left alone until the next round, which begins with others.
    """
    done = silences = 0
    for refund in runtime.database.read(_due):
        try:
            done += _ask(runtime, refund.id).status != RefundStatus.PENDING
            silences = 0
        except NoAnswer as silence:
            log().warning("provider gave no answer", refund_id=refund.id, reason=str(silence))
            silences += 1
        except Exception as error:  # noqa: BLE001  # it stays PENDING, and the others are asked for
            log().error("refund not recorded", refund_id=refund.id, error=repr(error), exc_info=error)
        if silences == SILENCES:
            break
    return done


def carry_out_refunds_of(runtime: Runtime[PaymentSettings], payment_id: str) -> None:
    """Ask again for the undone refunds of one payment, because its provider said that something happened."""
    query = select(Refund).where(Refund.payment_id == payment_id, Refund.status == RefundStatus.PENDING.value)
    for refund in runtime.database.read(lambda session: list(session.execute(query).scalars())):
        carry_out(runtime, refund)


def carry_out(runtime: Runtime[PaymentSettings], refund: Refund) -> Refund:
    """Ask the provider, under the refund's own key; it stays PENDING when no answer comes."""
    try:
        return _ask(runtime, refund.id)
    except NoAnswer as silence:
        log().warning("provider gave no answer", refund_id=refund.id, reason=str(silence))
        return runtime.database.read(lambda session: session.get_one(Refund, refund.id))


def finish(session: Session, refund: Refund, answer: RefundAnswer) -> None:
    """Write down the provider's answer, once."""
    if answer.reference and refund.provider_reference is None:
        refund.provider_reference = answer.reference
    if answer.done is None:
        return
    if answer.done and answer.amount is not None and answer.amount != refund.amount:
        log().error("refund of another amount", refund_id=refund.id, given=str(answer.amount))
        refund.attention = Attention.AMOUNT_DIFFERS.value  # left as it is for a person
        return
    settled_at = answer.settled_at or utc_now(session)
    values: dict[str, Any] = {"settled_at": settled_at}
    values["status"] = (RefundStatus.SUCCEEDED if answer.done else RefundStatus.FAILED).value
    if refund.attention == Attention.STUCK:
        values["attention"] = None
    moved: Any = session.execute(
        update(Refund)
        .where(Refund.id == refund.id, Refund.status == RefundStatus.PENDING.value)
        .values(**values)
    )
    if moved.rowcount != 1:
        return
    if answer.done:
        book_as_given(session, refund)
    else:
        promise_what_is_left(session, refund.payment_id)
    session.refresh(refund)


def book_as_given(session: Session, refund: Refund) -> None:
    """Count a refund that is done on its payment, and tell of it."""
    gone = Payment.refunded_amount + refund.amount_value
    status = case(
        (gone >= Payment.amount_value, PaymentStatus.REFUNDED.value),
        else_=PaymentStatus.PARTIALLY_REFUNDED.value,
    )
    # MySQL works through SET from left to right with the values already set: status has to come first.
    session.execute(
        update(Payment)
        .where(Payment.id == refund.payment_id)
        .ordered_values((Payment.status, status), (Payment.refunded_amount, gone))
        .execution_options(synchronize_session=False)
    )
    payment = fresh(session, refund.payment_id)
    publish(
        session,
        events.payment_refunded(
            payment_id=payment.id,
            refund_id=refund.id,
            key=refund.idempotency_key,
            booking_id=payment.booking_id,
            user_id=payment.user_id,
            amount=refund.amount,
            reason=refund.reason,
        ),
    )


def promise_what_is_left(session: Session, payment_id: str) -> None:
    """Set what is promised back of a payment to the sum of its refunds that are done or under way."""
    payment = session.execute(
        select(Payment)
        .where(Payment.id == payment_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()
    promised = select(func.coalesce(func.sum(Refund.amount_value), 0)).where(
        Refund.payment_id == payment_id, Refund.status != RefundStatus.FAILED.value
    )
    session.flush()
    payment.promised_back = min(payment.amount_value, int(session.execute(promised).scalar_one()))
    session.flush()


def _ask(runtime: Runtime[PaymentSettings], refund_id: str) -> Refund:
    """Ask the provider for a refund and write its answer down. Raises NoAnswer."""
    refund, payment = runtime.database.transact(lambda session: _begin_try(session, refund_id, runtime))
    provider = provider_named(runtime, payment.provider)
    is_open = refund.status == RefundStatus.PENDING
    if not is_open or provider is None or payment.provider_reference is None:
        return refund
    order = RefundOrder(
        key=refund.idempotency_key,
        charge_reference=payment.provider_reference,
        amount=refund.amount,
        reference=refund.provider_reference,
        asked_before=refund.tries > 1,
    )
    answer = provider.refund(order)
    reached("payment.after_provider_refund")
    return runtime.database.transact(lambda session: _finish_by_id(session, refund_id, answer))


def _begin_try(
    session: Session, refund_id: str, runtime: Runtime[PaymentSettings]
) -> tuple[Refund, Payment]:  # fmt: skip
    """Count the try before it is made, so that the next one knows that the provider may have heard of it."""
    query = select(Refund).where(Refund.id == refund_id).with_for_update()
    refund = session.execute(query.execution_options(populate_existing=True)).scalar_one()
    if refund.status == RefundStatus.PENDING:
        refund.tries += 1
        refund.next_try_at = utc_now(session) + _pause(refund.tries, runtime.settings)
        if refund.tries >= STUCK_TRIES and refund.attention is None:
            refund.attention = Attention.STUCK.value
            log().warning("refund is stuck", refund_id=refund.id, tries=refund.tries)
    session.flush()
    return refund, fresh(session, refund.payment_id)


def _pause(tries: int, settings: PaymentSettings) -> timedelta:
    if tries >= STUCK_TRIES:
        return STUCK_PAUSE
    return min(LONGEST_PAUSE, timedelta(seconds=settings.unanswered_after_seconds * 2 ** (tries - 1)))


def _finish_by_id(session: Session, refund_id: str, answer: RefundAnswer) -> Refund:
    refund = session.get_one(Refund, refund_id)
    finish(session, refund, answer)
    return refund


def _due(session: Session) -> list[Refund]:
    is_due = or_(Refund.next_try_at.is_(None), Refund.next_try_at <= sql_now())
    query = (
        select(Refund)
        .where(Refund.status == RefundStatus.PENDING.value, is_due)
        .order_by(Refund.next_try_at, Refund.created_at)
        .limit(BATCH)
    )
    return list(session.execute(query).scalars())

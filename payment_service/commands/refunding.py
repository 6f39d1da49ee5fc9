"""Giving money back: promised on our books first, asked of the provider, then written down as done."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import audit
from chassis.database import utc_now
from chassis.idempotency import IdempotencyKeyReused, fingerprint
from chassis.identity import Caller, Role
from chassis.ids import new_id
from chassis.kill_points import reached
from chassis.logs import log
from chassis.money import Money
from chassis.outbox import publish
from chassis.runtime import Runtime
from payment_service import events
from payment_service.commands.recording import fresh
from payment_service.errors import PaymentNotFound, RefundExceedsPayment, RefundInProgress
from payment_service.lifecycle import CAPTURED, PaymentStatus, RefundStatus
from payment_service.models import Payment, Refund
from payment_service.providers import NoAnswer, RefundAnswer, RefundOrder, provider_named
from payment_service.rules import DESK, refund_amount
from payment_service.settings import PaymentSettings

BATCH = 100


@dataclass(frozen=True, kw_only=True)
class RefundWish:
    """What is to go back of which payment; `amount` None: all that is left. Keys are unique across all wishes.

    `insists`: asked again after the provider refused, it is tried anew; otherwise the refusal is the answer.
    """

    payment_id: str
    amount: Money | None
    reason: str
    key: str
    insists: bool = False


def refund_for_booking(
    runtime: Runtime[PaymentSettings], caller: Caller, wish: RefundWish
) -> tuple[Refund, Payment]:
    """Give back what the booking's rules decided, once for each key; asked again, a refused one is tried again.

    Raises PaymentNotFound, PaymentNotRefundable, RefundExceedsPayment, IdempotencyKeyReused.
    """
    return _give_back(runtime, caller, replace(wish, insists=True))


def refund_payment(runtime: Runtime[PaymentSettings], caller: Caller, wish: RefundWish) -> Payment:
    """Give back what a manager decided, once for each of that person's keys.

    Raises as refund_for_booking, PaymentNotFound for a cinema that is not the caller's, and RefundInProgress while
    the provider is still being asked for this very refund.
    """
    user_id = caller.require_role(Role.MANAGER)
    cinema_id = runtime.database.read(
        lambda session: session.scalar(select(Payment.cinema_id).where(Payment.id == wish.payment_id))
    )
    if cinema_id is None or not caller.has_role(Role.MANAGER, scope=cinema_id):
        raise PaymentNotFound
    return _give_back(runtime, caller, replace(wish, key=f"{user_id}:{wish.key}"))[1]


def retry_refunds(runtime: Runtime[PaymentSettings]) -> int:
    """Ask again for every refund that is promised and not done; how many came to an end."""
    done = 0
    for refund in runtime.database.read(lambda session: _undone(session, runtime.settings)):
        done += _carry_out(runtime, refund).status != RefundStatus.PENDING
    return done


def carry_out_refunds_of(runtime: Runtime[PaymentSettings], payment_id: str) -> None:
    """Ask again for the undone refunds of one payment, because its provider said that something happened."""
    query = select(Refund).where(Refund.payment_id == payment_id, Refund.status == RefundStatus.PENDING.value)
    for refund in runtime.database.read(lambda session: list(session.execute(query).scalars())):
        _carry_out(runtime, refund)


def _give_back(runtime: Runtime[PaymentSettings], caller: Caller, wish: RefundWish) -> tuple[Refund, Payment]:
    being_asked = timedelta(seconds=runtime.settings.provider_deadline_seconds)
    try:
        refund = runtime.database.transact(lambda session: _promise(session, caller, wish, being_asked))
    except IntegrityError:  # the same key in another thread was faster
        refund = runtime.database.transact(lambda session: _promise(session, caller, wish, being_asked))
    if refund.status == RefundStatus.PENDING:
        refund = _carry_out(runtime, refund)
    return refund, runtime.database.read(lambda session: fresh(session, wish.payment_id))


def _promise(session: Session, caller: Caller, wish: RefundWish, being_asked: timedelta) -> Refund:
    """The refund under the wish's key, stored now or before; at the desk it is done with that."""
    asked = (wish.amount.amount, wish.amount.currency) if wish.amount else None
    mark = fingerprint(wish.payment_id, asked, wish.reason)
    tries = _tries(session, wish)
    if tries:
        if tries[-1].fingerprint != mark:
            raise IdempotencyKeyReused(field=("input", "idempotencyKey"))
        if tries[-1].status != RefundStatus.FAILED or not wish.insists:
            return _unless_in_progress(session, tries[-1], wish, being_asked)
    payment = session.get(Payment, wish.payment_id)
    if payment is None:
        raise PaymentNotFound
    amount = refund_amount(
        wish.amount,
        status=PaymentStatus(payment.status),
        captured=payment.amount,
        promised=payment.promised_back,
    )
    _reserve(session, payment, amount)
    refund = Refund(
        id=new_id(),
        payment_id=payment.id,
        idempotency_key=f"{wish.key}#{len(tries) + 1}" if tries else wish.key,
        fingerprint=mark,
        amount_value=amount.amount,
        currency=amount.currency,
        reason=wish.reason,
        status=RefundStatus.PENDING.value,
        created_at=utc_now(session),
    )
    session.add(refund)
    session.flush()
    _write_audit(session, caller, payment, refund)
    if payment.provider == DESK:
        _finish(session, refund, RefundAnswer(reference=None, done=True, settled_at=refund.created_at))
    return refund


def _unless_in_progress(
    session: Session, refund: Refund, wish: RefundWish, being_asked: timedelta
) -> Refund:  # fmt: skip
    """The refund as it stands. Raises RefundInProgress to a person whose first request may still be under way."""
    is_young = utc_now(session) - refund.created_at < being_asked
    if refund.status == RefundStatus.PENDING and is_young and not wish.insists:
        raise RefundInProgress(field=("input", "idempotencyKey"))
    return refund


def _tries(session: Session, wish: RefundWish) -> list[Refund]:
    """The refunds under the wish's key, oldest first: one, or more where the provider refused some."""
    names = [Refund.idempotency_key == wish.key]
    if wish.insists:
        names.append(Refund.idempotency_key.startswith(f"{wish.key}#", autoescape=True))
    found = session.execute(select(Refund).where(or_(*names))).scalars()
    return sorted(found, key=lambda refund: (len(refund.idempotency_key), refund.idempotency_key))


def _reserve(session: Session, payment: Payment, amount: Money) -> None:
    """Two refunds at once may not promise the same money: the row itself decides."""
    reserved: Any = session.execute(
        update(Payment)
        .where(
            Payment.id == payment.id,
            Payment.status.in_([status.value for status in CAPTURED]),
            Payment.promised_back + amount.amount <= Payment.amount_value,
        )
        .values(promised_back=Payment.promised_back + amount.amount)
        .execution_options(synchronize_session=False)
    )
    if reserved.rowcount != 1:
        raise RefundExceedsPayment(field=("input", "amount"))


def _write_audit(session: Session, caller: Caller, payment: Payment, refund: Refund) -> None:
    audit.record(
        session,
        caller,
        "payment.refund",
        "Payment",
        payment.id,
        before={"promisedBack": payment.promised_back},
        after={
            "promisedBack": payment.promised_back + refund.amount_value,
            "refundId": refund.id,
            "amount": str(refund.amount),
            "reason": refund.reason,
        },
    )


def _carry_out(runtime: Runtime[PaymentSettings], refund: Refund) -> Refund:
    """Ask the provider, under the refund's own key; it stays PENDING when no answer comes."""
    payment = runtime.database.read(lambda session: fresh(session, refund.payment_id))
    provider = provider_named(runtime, payment.provider)
    if provider is None or payment.provider_reference is None:
        return refund
    order = RefundOrder(
        key=refund.idempotency_key,
        charge_reference=payment.provider_reference,
        amount=refund.amount,
        reference=refund.provider_reference,
    )
    try:
        answer = provider.refund(order)
    except NoAnswer as silence:
        log().warning("provider gave no answer", refund_id=refund.id, reason=str(silence))
        return refund
    reached("payment.after_provider_refund")
    return runtime.database.transact(lambda session: _finish_by_id(session, refund.id, answer))


def _finish_by_id(session: Session, refund_id: str, answer: RefundAnswer) -> Refund:
    refund = session.get_one(Refund, refund_id)
    _finish(session, refund, answer)
    return refund


def _finish(session: Session, refund: Refund, answer: RefundAnswer) -> None:
    """Write down the provider's answer, once."""
    if answer.reference and refund.provider_reference is None:
        refund.provider_reference = answer.reference
    if answer.done is None:
        return
    if answer.done and answer.amount is not None and answer.amount != refund.amount:
        log().error("refund of another amount", refund_id=refund.id, given=str(answer.amount))
        return  # left as it is for a person: the day's close lists it
    status = RefundStatus.SUCCEEDED if answer.done else RefundStatus.FAILED
    settled_at = answer.settled_at or utc_now(session)
    moved: Any = session.execute(
        update(Refund)
        .where(Refund.id == refund.id, Refund.status == RefundStatus.PENDING.value)
        .values(status=status.value, settled_at=settled_at)
    )
    if moved.rowcount != 1:
        return
    _settle_promise(session, refund, done=answer.done)
    session.refresh(refund)


def _settle_promise(session: Session, refund: Refund, *, done: bool) -> None:
    amount = refund.amount_value
    if not done:
        values: dict[Any, Any] = {"promised_back": Payment.promised_back - amount}
    else:
        gone = Payment.refunded_amount + amount
        values = {
            "refunded_amount": gone,
            "status": case(
                (gone >= Payment.amount_value, PaymentStatus.REFUNDED.value),
                else_=PaymentStatus.PARTIALLY_REFUNDED.value,
            ),
        }
    # MySQL works through SET from left to right with the values already set: status has to come first.
    ordered = sorted(values.items(), key=lambda item: item[0] != "status")
    statement = update(Payment).where(Payment.id == refund.payment_id)
    session.execute(
        statement.ordered_values(
            *((getattr(Payment, name), value) for name, value in ordered)
        ).execution_options(synchronize_session=False)
    )
    if done:
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


def _undone(session: Session, settings: PaymentSettings) -> list[Refund]:
    since: datetime = utc_now(session) - timedelta(seconds=settings.unanswered_after_seconds)
    query = (
        select(Refund)
        .where(Refund.status == RefundStatus.PENDING.value, Refund.created_at <= since)
        .order_by(Refund.created_at)
        .limit(BATCH)
    )
    return list(session.execute(query).scalars())

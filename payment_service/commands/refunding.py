"""Giving money back: promised on our books first; carrying_out.py asks the provider and writes down what it did."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select, true, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import audit
from chassis.database import utc_now
from chassis.idempotency import IdempotencyKeyReused, fingerprint
from chassis.identity import Caller, Role
from chassis.ids import new_id
from chassis.money import Money
from chassis.runtime import Runtime
from payment_service.commands.carrying_out import carry_out, finish
from payment_service.commands.recording import fresh
from payment_service.errors import PaymentChanged, PaymentNotFound, RefundExceedsPayment, RefundInProgress
from payment_service.lifecycle import CAPTURED, Attention, PaymentStatus, RefundStatus
from payment_service.models import Payment, Refund
from payment_service.providers import RefundAnswer
from payment_service.rules import TERMINAL, WITHOUT_PROVIDER, refund_amount
from payment_service.settings import PaymentSettings


@dataclass(frozen=True, kw_only=True)
class RefundWish:
    """What is to go back of which payment; `amount` None: all that is left. Keys are unique across all wishes.

    `expected`: what could still go back when the person looked; None: they did not say.
    `insists`: asked again after the provider refused, it is tried anew; otherwise the refusal is the answer.
    """

    payment_id: str
    amount: Money | None
    reason: str
    key: str
    insists: bool = False
    expected: Money | None = None


def refund_for_booking(
    runtime: Runtime[PaymentSettings], caller: Caller, wish: RefundWish
) -> tuple[Refund, Payment]:
    """Give back what the booking's rules decided, once for each key; asked again, a refused one is tried again.

    Raises PaymentNotFound, PaymentNotRefundable, RefundExceedsPayment, IdempotencyKeyReused.
    """
    return _give_back(runtime, caller, replace(wish, insists=True))


def refund_payment(runtime: Runtime[PaymentSettings], caller: Caller, wish: RefundWish) -> Payment:
    """Give back what a manager decided, once for each of that person's keys.

    Above the house's limit it waits for a second person. Raises as refund_for_booking, PaymentNotFound for a cinema
    that is not the caller's, PaymentChanged when less or more is left than they saw, and RefundInProgress while the
    provider is still being asked for this very refund.
    """
    user_id = caller.require_role(Role.MANAGER)
    cinema_id = runtime.database.read(
        lambda session: session.scalar(select(Payment.cinema_id).where(Payment.id == wish.payment_id))
    )
    if cinema_id is None or not caller.has_role(Role.MANAGER, scope=cinema_id):
        raise PaymentNotFound
    return _give_back(runtime, caller, replace(wish, key=f"{user_id}:{wish.key}"))[1]


def _give_back(runtime: Runtime[PaymentSettings], caller: Caller, wish: RefundWish) -> tuple[Refund, Payment]:
    def work(session: Session) -> Refund:
        return _promise(session, caller, wish, runtime.settings)

    try:
        refund = runtime.database.transact(work)
    except IntegrityError:  # the same key in another thread was faster
        refund = runtime.database.transact(work)
    if refund.status == RefundStatus.PENDING:
        refund = carry_out(runtime, refund)
    return refund, runtime.database.read(lambda session: fresh(session, wish.payment_id))


def _promise(session: Session, caller: Caller, wish: RefundWish, settings: PaymentSettings) -> Refund:
    """The refund under the wish's key, stored now or before; at the desk it is done with that."""
    asked = (wish.amount.amount, wish.amount.currency) if wish.amount else None
    mark = fingerprint(wish.payment_id, asked, wish.reason)
    tries = _tries(session, wish)
    if tries:
        if tries[-1].fingerprint != mark:
            raise IdempotencyKeyReused(field=("input", "idempotencyKey"))
        if tries[-1].status != RefundStatus.FAILED or not wish.insists:
            return _unless_in_progress(session, tries[-1], wish, settings)
    payment, amount = _looked_at(session, wish)
    _reserve(session, payment, amount, as_seen=wish.expected is not None)
    key = f"{wish.key}#{len(tries) + 1}" if tries else wish.key
    refund = _pending(session, payment, amount, key=key, mark=mark, reason=wish.reason, settings=settings)
    refund.requested_by = None if wish.insists else caller.user_id
    if not wish.insists and needs_a_second(payment, amount, limit=settings.refund_approval_above):
        refund.status = RefundStatus.AWAITING_APPROVAL.value
    _write_audit(session, caller, payment, refund)
    if refund.status == RefundStatus.PENDING:
        finish_without_provider(session, payment, refund)
    return refund


def finish_without_provider(session: Session, payment: Payment, refund: Refund) -> None:
    """What staff took themselves, they give back themselves: the refund is done with being decided on."""
    if payment.provider not in WITHOUT_PROVIDER:
        return
    if payment.provider == TERMINAL:
        refund.attention = Attention.RETURN_AT_TERMINAL.value
    finish(session, refund, RefundAnswer(reference=None, done=True, settled_at=utc_now(session)))


def needs_a_second(payment: Payment, amount: Money, *, limit: int) -> bool:
    """Whether what goes back of the payment in all, this included, is more than one person may decide on."""
    return 0 < limit < payment.promised_back + amount.amount


def _looked_at(session: Session, wish: RefundWish) -> tuple[Payment, Money]:
    """The payment, and what goes back of it. Raises PaymentNotFound, PaymentChanged, and as refund_amount."""
    payment = session.get(Payment, wish.payment_id, populate_existing=True)
    if payment is None:
        raise PaymentNotFound
    if wish.expected is not None and wish.expected != payment.refundable:
        raise PaymentChanged(field=("input", "expectedRefundable"))
    amount = refund_amount(
        wish.amount,
        status=PaymentStatus(payment.status),
        captured=payment.amount,
        promised=payment.promised_back,
    )
    return payment, amount


def _pending(
    session: Session, payment: Payment, amount: Money, *, key: str, mark: str, reason: str, settings: PaymentSettings
) -> Refund:  # fmt: skip
    now = utc_now(session)
    refund = Refund(
        id=new_id(),
        payment_id=payment.id,
        idempotency_key=key,
        fingerprint=mark,
        amount_value=amount.amount,
        currency=amount.currency,
        reason=reason,
        status=RefundStatus.PENDING.value,
        next_try_at=now + timedelta(seconds=settings.unanswered_after_seconds),
        created_at=now,
    )
    session.add(refund)
    session.flush()
    return refund


def _unless_in_progress(
    session: Session, refund: Refund, wish: RefundWish, settings: PaymentSettings
) -> Refund:  # fmt: skip
    """The refund as it stands. Raises RefundInProgress to a person whose first request may still be under way."""
    being_asked = timedelta(seconds=settings.provider_deadline_seconds)
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


def _reserve(session: Session, payment: Payment, amount: Money, *, as_seen: bool) -> None:
    """Two refunds at once may not promise the same money: the row itself decides.

    `as_seen`: nor may one be promised beside another that its person did not see.
    """
    seen = Payment.promised_back == payment.promised_back if as_seen else true()
    reserved: Any = session.execute(
        update(Payment)
        .where(
            Payment.id == payment.id,
            Payment.status.in_([status.value for status in CAPTURED]),
            Payment.promised_back + amount.amount <= Payment.amount_value,
            seen,
        )
        .values(promised_back=Payment.promised_back + amount.amount)
        .execution_options(synchronize_session=False)
    )
    if reserved.rowcount != 1:
        if as_seen:
            raise PaymentChanged(field=("input", "expectedRefundable"))
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

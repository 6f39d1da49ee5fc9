"""Taking money: the intent is stored first, then the provider is asked, then its answer is written down."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis.database import utc_now
from chassis.idempotency import IdempotencyKeyReused, fingerprint
from chassis.identity import Caller, Role
from chassis.ids import new_id
from chassis.kill_points import reached
from chassis.logs import log
from chassis.outbox import publish
from chassis.runtime import Runtime
from payment_service import events
from payment_service.commands.recording import fresh, record
from payment_service.commands.turns import NoTurn, a_turn
from payment_service.errors import MethodNotAllowed, MethodNotOffered, ProviderBusy
from payment_service.lifecycle import CAPTURED, PaymentMethod, PaymentStatus
from payment_service.models import Payment, PaymentKey
from payment_service.providers import (
    SIMULATED,
    Charge,
    ChargeOrder,
    ChargeState,
    NoAnswer,
    Provider,
    offered_by,
    provider_named,
    provider_names,
)
from payment_service.providers.simulated_ids import TERMINAL_TOKEN
from payment_service.rules import WITHOUT_PROVIDER, Order, taken_by_staff
from payment_service.settings import PaymentSettings

_FOR_STAFF = frozenset({PaymentMethod.CASH, PaymentMethod.COMP})


class PaymentOutcome(StrEnum):
    """How an attempt to take money stands."""

    SUCCEEDED = "SUCCEEDED"
    DECLINED = "DECLINED"
    PENDING = "PENDING"
    ACTION_REQUIRED = "ACTION_REQUIRED"


@dataclass(frozen=True)
class Taken:
    """What the caller is told; without a payment, nothing was or will be taken under the key."""

    payment: Payment | None
    outcome: PaymentOutcome
    client_secret: str | None = None
    redirect_url: str | None = None


def take_payment(runtime: Runtime[PaymentSettings], caller: Caller, order: Order) -> Taken:
    """Take the money of `order`, once for each key. The same key again carries on where it stopped.

    No transaction is open while the provider works. Raises IdempotencyKeyReused for a key with another order,
    PaymentTokenMissing, AmountInvalid, MethodNotAllowed, MethodNotOffered; ProviderBusy when nothing was or will be begun.
    """
    by_staff = caller.has_role(Role.STAFF, scope=order.cinema_id)
    is_for_staff = order.method in _FOR_STAFF or order.at_terminal
    if is_for_staff and caller.user_id is not None and not by_staff:
        raise MethodNotAllowed(field=("input", "method"))
    provider = provider_names(runtime.settings)[0]
    if order.at_terminal and provider == SIMULATED:
        order = replace(order, token=TERMINAL_TOKEN)
    staff = taken_by_staff(order)
    mark = _mark(order)
    try:
        with a_turn(runtime.settings) if staff is None else contextlib.nullcontext():
            return _take(runtime, order, staff or provider, mark)
    except NoTurn:
        return _put_off(runtime, order, mark)


def _mark(order: Order) -> str:
    told = [
        order.booking_id,
        order.cinema_id,
        order.amount.amount,
        order.amount.currency,
        order.method,
        order.token,
    ]
    return fingerprint(*told, *([order.receipt] if order.at_terminal else []))


def told(payment: Payment, charge: Charge | None) -> Taken:
    """How a payment stands, in the words of the one who asked for it."""
    if payment.status in CAPTURED and payment.failure_code is None:
        return Taken(payment, PaymentOutcome.SUCCEEDED)
    if payment.status in (*CAPTURED, PaymentStatus.FAILED):  # money that pays for nothing goes back
        return Taken(payment, PaymentOutcome.DECLINED)
    if charge is not None and charge.state is ChargeState.ACTION_REQUIRED:
        return Taken(payment, PaymentOutcome.ACTION_REQUIRED, charge.client_secret, charge.redirect_url)
    return Taken(payment, PaymentOutcome.PENDING)


def charge_order(payment: Payment) -> ChargeOrder:
    """The question about a payment, always the same for the same payment."""
    return ChargeOrder(
        key=payment.idempotency_key,
        amount=payment.amount,
        method=payment.method,
        booking_id=payment.booking_id,
        cinema_id=payment.cinema_id,
        description=payment.description,
        token=payment.payment_token,
        reference=payment.provider_reference,
    )


def _put_off(runtime: Runtime[PaymentSettings], order: Order, mark: str) -> Taken:
    """Nobody has time for the order: one that was begun before goes on later, a new one is never begun."""

    def work(session: Session) -> Payment | None:
        known = _known(session, order, mark)
        if known is None:
            session.add(PaymentKey(idempotency_key=order.key))
            session.flush()
        return None if known is None or known.payment_id is None else fresh(session, known.payment_id)

    try:
        payment = runtime.database.transact(work)
    except IntegrityError:  # the same key in another thread was faster
        payment = runtime.database.transact(work)
    if payment is None:
        raise ProviderBusy
    return told(payment, None)


def _take(runtime: Runtime[PaymentSettings], order: Order, provider_name: str, mark: str) -> Taken:
    payment = _intend(runtime, order, provider_name, mark)
    if payment is None:
        return Taken(None, PaymentOutcome.DECLINED)
    if payment.status != PaymentStatus.PENDING:
        return told(payment, None)
    provider = provider_named(runtime, payment.provider)
    if provider is None:
        return Taken(payment, PaymentOutcome.PENDING)
    reached("payment.before_provider")
    try:
        charge = _ask(runtime, provider, payment)
    except NoAnswer as silence:
        log().warning("provider gave no answer", payment_id=payment.id, reason=str(silence))
        return told(runtime.database.read(lambda session: fresh(session, payment.id)), None)
    reached("payment.after_provider")
    recorded = runtime.database.transact(lambda session: record(session, payment.id, charge))
    reached("payment.after_record")
    return told(recorded, charge)


def _ask(runtime: Runtime[PaymentSettings], provider: Provider, payment: Payment) -> Charge:
    def note(reference: str) -> None:
        runtime.database.transact(
            lambda session: session.execute(
                update(Payment).where(Payment.id == payment.id).values(provider_reference=reference)
            )
        )

    return provider.charge(charge_order(payment), note)


def _intend(runtime: Runtime[PaymentSettings], order: Order, provider: str, mark: str) -> Payment | None:
    """The payment of the order's key, stored now or before; None when the key was closed."""
    try:
        return runtime.database.transact(lambda session: _stored(session, order, provider, mark))
    except IntegrityError:  # the same key in another thread was faster
        return runtime.database.transact(lambda session: _stored(session, order, provider, mark))


def _stored(session: Session, order: Order, provider: str, mark: str) -> Payment | None:
    known = _known(session, order, mark)
    if known is not None:
        return None if known.payment_id is None else fresh(session, known.payment_id)
    if provider not in WITHOUT_PROVIDER and order.method not in offered_by(provider):
        raise MethodNotOffered(field=("input", "method"))
    payment = Payment(
        id=new_id(),
        booking_id=order.booking_id,
        user_id=order.user_id,
        cinema_id=order.cinema_id,
        method=order.method.value,
        provider=provider,
        payment_token=order.token,
        idempotency_key=order.key,
        status=PaymentStatus.PENDING.value,
        amount_value=order.amount.amount,
        currency=order.amount.currency,
        description=order.description,
        created_at=utc_now(session),
    )
    session.add(PaymentKey(idempotency_key=order.key, payment_id=payment.id, fingerprint=mark))
    session.add(payment)
    if provider in WITHOUT_PROVIDER:
        payment.provider_reference = order.receipt
        _take_at_the_desk(session, payment)
    session.flush()
    return fresh(session, payment.id)


def _known(session: Session, order: Order, mark: str) -> PaymentKey | None:
    """The order's key as it came before. Raises IdempotencyKeyReused when it came with another order."""
    query = select(PaymentKey).where(PaymentKey.idempotency_key == order.key)
    known = session.execute(query).scalar_one_or_none()
    if known is not None and known.payment_id is not None and known.fingerprint != mark:
        raise IdempotencyKeyReused(field=("input", "idempotencyKey"))
    return known


def _take_at_the_desk(session: Session, payment: Payment) -> None:
    """Money that lies in the till, or passed the terminal, already; nobody has to be asked."""
    payment.status, payment.settled_at = PaymentStatus.SUCCEEDED.value, payment.created_at
    publish(
        session,
        events.payment_settled(
            payment_id=payment.id,
            booking_id=payment.booking_id,
            key=payment.idempotency_key,
            taken=True,
            amount=payment.amount,
            failure_code=None,
        ),
    )

"""Unanswered payments: asked after by the one who ordered, by a webhook, or by the reconciler."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis.database import utc_now
from chassis.kill_points import reached
from chassis.logs import log
from chassis.runtime import Runtime
from payment_service.commands.recording import fresh, record
from payment_service.commands.taking import PaymentOutcome, Taken, charge_order, told
from payment_service.commands.turns import NoTurn, a_turn
from payment_service.lifecycle import PaymentStatus
from payment_service.models import Payment, PaymentKey, ProviderEvent
from payment_service.providers import Charge, ChargeState, NoAnswer, Notice, Provider, provider_named
from payment_service.settings import PaymentSettings

BATCH = 1000  # payers who are still at their bank must not keep the reconciler from what is lost
SILENCES = 5
NOTICES_KEPT = timedelta(days=35)  # Stripe sends again for three days, and by hand for thirty
OPEN = (PaymentStatus.PENDING.value, PaymentStatus.FAILED.value)


def settle_payment(runtime: Runtime[PaymentSettings], key: str) -> Taken:
    """What became of the payment under `key`, by the provider's books.

    A key that was never seen here is closed: a request that is still on its way will find nothing to take.
    """
    try:
        payment = runtime.database.transact(lambda session: _known_or_closed(session, key))
    except IntegrityError:  # the order itself came in at this moment
        payment = runtime.database.transact(lambda session: _known_or_closed(session, key))
    if payment is None:
        return Taken(None, PaymentOutcome.DECLINED)
    try:
        with a_turn(runtime.settings):
            return settle(runtime, payment)
    except (NoAnswer, NoTurn):
        return told(payment, None)


def settle(runtime: Runtime[PaymentSettings], payment: Payment) -> Taken:
    """Ask the provider about a PENDING payment and write its answer down. Raises NoAnswer."""
    provider = provider_named(runtime, payment.provider)
    if payment.status != PaymentStatus.PENDING or provider is None:
        return told(payment, None)
    charge = provider.look_up(charge_order(payment))
    age = runtime.database.read(utc_now) - payment.created_at
    if charge is None:
        if age < timedelta(seconds=runtime.settings.provider_deadline_seconds):
            return told(payment, None)  # the question may still be on its way
        charge = provider.close(charge_order(payment))
    elif charge.state is ChargeState.ACTION_REQUIRED and age > timedelta(
        minutes=runtime.settings.payer_action_minutes
    ):
        charge = provider.close(charge_order(payment))
    reached("payment.after_look_up")
    return _recorded(runtime, payment, charge)


def hear(runtime: Runtime[PaymentSettings], provider: Provider, notice: Notice) -> bool:
    """Act on a webhook: look the charge up and write down what the provider's books say; False when it was known.

    One that tells of another amount or currency than was ordered has no effect; the reconciler asks the books
    themselves. The event id is stored in the transaction of the effect. Raises NoAnswer: it will be sent again.
    """
    payment = runtime.database.read(lambda session: payment_meant(session, provider.name, notice))
    if payment is None or payment.status not in OPEN:
        return runtime.database.transact(lambda session: _first_time(session, provider.name, notice))
    if notice.amount is not None and notice.amount != payment.amount:
        log().error("webhook of another amount", payment_id=payment.id, told=str(notice.amount))
        return runtime.database.transact(lambda session: _first_time(session, provider.name, notice))
    charge = provider.look_up(charge_order(payment))

    def work(session: Session) -> bool:
        if not _first_time(session, provider.name, notice):
            return False
        if charge is not None:
            record(session, payment.id, charge)
        reached("payment.before_webhook_commit")
        return True

    return runtime.database.transact(work)


def reconcile(runtime: Runtime[PaymentSettings]) -> int:
    """Ask about every payment that is unanswered for too long; how many came to an end.

    A provider that is silent several times in a row is left alone until the next round: each silence takes seconds.
    """
    settled = silences = 0
    for payment in runtime.database.read(lambda session: _unanswered(session, runtime.settings)):
        try:
            settled += settle(runtime, payment).outcome in (PaymentOutcome.SUCCEEDED, PaymentOutcome.DECLINED)
            silences = 0
        except NoAnswer as silence:
            log().warning("provider gave no answer", payment_id=payment.id, reason=str(silence))
            silences += 1
        if silences == SILENCES:
            break
    return settled


def forget_notices(runtime: Runtime[PaymentSettings]) -> None:
    """Forget webhooks so old that nobody sends them again; what they led to is fenced by the payment itself."""

    def forget(session: Session) -> None:
        before = utc_now(session) - NOTICES_KEPT
        session.execute(delete(ProviderEvent).where(ProviderEvent.received_at < before))

    runtime.database.transact(forget)


def _recorded(runtime: Runtime[PaymentSettings], payment: Payment, charge: Charge | None) -> Taken:
    return told(runtime.database.transact(lambda session: record(session, payment.id, charge)), charge)


def _known_or_closed(session: Session, key: str) -> Payment | None:
    known = session.execute(select(PaymentKey).where(PaymentKey.idempotency_key == key)).scalar_one_or_none()
    if known is None:
        session.add(PaymentKey(idempotency_key=key))
        session.flush()
        return None
    return None if known.payment_id is None else fresh(session, known.payment_id)


def payment_meant(session: Session, provider: str, notice: Notice) -> Payment | None:
    """The payment that a webhook is about, by the provider's name of it or by our key."""
    names = [Payment.provider_reference == notice.reference] if notice.reference else []
    names += [Payment.idempotency_key == notice.key] if notice.key else []
    if not names:
        return None
    query = select(Payment).where(Payment.provider == provider, or_(*names)).limit(1)
    return session.execute(query).scalar_one_or_none()


def _first_time(session: Session, provider: str, notice: Notice) -> bool:
    if session.get(ProviderEvent, (provider, notice.event_id)) is not None:
        return False
    event = ProviderEvent(
        provider=provider, event_id=notice.event_id, kind=notice.kind, received_at=utc_now(session)
    )
    try:
        with session.begin_nested():
            session.add(event)
    except IntegrityError:
        return False
    return True


def _unanswered(session: Session, settings: PaymentSettings) -> list[Payment]:
    since = utc_now(session) - timedelta(seconds=settings.unanswered_after_seconds)
    query = (
        select(Payment)
        .where(Payment.status == PaymentStatus.PENDING.value, Payment.created_at <= since)
        .order_by(Payment.created_at)
        .limit(BATCH)
    )
    return list(session.execute(query).scalars())

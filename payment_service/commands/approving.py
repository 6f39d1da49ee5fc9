"""Four eyes: a refund above the house's limit goes back only when a second person agrees.

Its money is promised from the beginning, so that nobody else gives it back meanwhile; a refusal frees it again.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from chassis import audit
from chassis.identity import Caller, Role
from chassis.runtime import Runtime
from payment_service.commands.carrying_out import carry_out, promise_what_is_left
from payment_service.commands.recording import fresh
from payment_service.commands.refunding import finish_without_provider
from payment_service.errors import RefundNotAwaited, SecondPersonRequired
from payment_service.lifecycle import RefundStatus
from payment_service.models import Payment, Refund
from payment_service.settings import PaymentSettings

_WAITS = RefundStatus.AWAITING_APPROVAL


def approve_refund(runtime: Runtime[PaymentSettings], caller: Caller, refund_id: str) -> Payment:
    """Agree to a refund that somebody else asked for, and carry it out. MANAGER of the cinema, or ADMIN.

    Raises RefundNotAwaited for one that does not wait or is another cinema's, SecondPersonRequired for one's own.
    """

    def work(session: Session) -> Refund:
        refund, payment = _awaited(session, caller, refund_id)
        if refund.requested_by == caller.user_id:
            raise SecondPersonRequired(field=("refundId",))
        _decide(session, caller, refund, RefundStatus.PENDING, "payment.approve_refund")
        finish_without_provider(session, payment, refund)
        return refund

    refund = runtime.database.transact(work)
    if refund.status == RefundStatus.PENDING:
        carry_out(runtime, refund)
    return runtime.database.read(lambda session: fresh(session, refund.payment_id))


def reject_refund(runtime: Runtime[PaymentSettings], caller: Caller, refund_id: str, reason: str) -> Payment:
    """Refuse a refund that waits, one's own too; its money can be given back otherwise. As approve_refund."""

    def work(session: Session) -> Payment:
        refund, payment = _awaited(session, caller, refund_id)
        _decide(session, caller, refund, RefundStatus.FAILED, "payment.reject_refund", reason=reason)
        promise_what_is_left(session, payment.id)
        return fresh(session, payment.id)

    return runtime.database.transact(work)


def _awaited(session: Session, caller: Caller, refund_id: str) -> tuple[Refund, Payment]:
    caller.require_role(Role.MANAGER)
    refund = session.get(Refund, refund_id)
    payment = session.get(Payment, refund.payment_id) if refund is not None else None
    if refund is None or payment is None or not caller.has_role(Role.MANAGER, scope=payment.cinema_id):
        raise RefundNotAwaited(field=("refundId",))
    return refund, payment


def _decide(
    session: Session, caller: Caller, refund: Refund, status: RefundStatus, action: str, **more: Any
) -> None:
    """Move the refund on, once. Raises RefundNotAwaited when it does not wait any more."""
    decided: Any = session.execute(
        update(Refund)
        .where(Refund.id == refund.id, Refund.status == _WAITS.value)
        .values(status=status.value, decided_by=caller.user_id)
        .execution_options(synchronize_session=False)
    )
    if decided.rowcount != 1:
        raise RefundNotAwaited(field=("refundId",))
    session.refresh(refund)
    after = {"refundId": refund.id, "status": status.value, **more}
    audit.record(
        session, caller, action, "Payment", refund.payment_id, before={"status": _WAITS.value}, after=after
    )

"""Facts that this service publishes (contracts/events)."""

from __future__ import annotations

from chassis.events import Event
from chassis.money import Money


def payment_settled(
    *, payment_id: str, booking_id: str, key: str, taken: bool, amount: Money, failure_code: str | None
) -> Event:
    """A payment reached its end: the money was taken, or it was not."""
    return Event(
        "payment.settled",
        {
            "paymentId": payment_id,
            "bookingId": booking_id,
            "idempotencyKey": key,
            "outcome": "SUCCEEDED" if taken else "DECLINED",
            "amount": {"amount": amount.amount, "currency": amount.currency},
            "failureCode": None if taken else failure_code,
        },
    )


def payment_refunded(
    *,
    payment_id: str,
    refund_id: str,
    key: str,
    booking_id: str,
    user_id: str | None,
    amount: Money,
    reason: str | None,
) -> Event:
    """Money went back to a payer; `key` tells whose decision it was."""
    return Event(
        "payment.refunded",
        {
            "paymentId": payment_id,
            "refundId": refund_id,
            "idempotencyKey": key,
            "bookingId": booking_id,
            "userId": user_id,
            "amount": {"amount": amount.amount, "currency": amount.currency},
            "reason": reason,
        },
    )

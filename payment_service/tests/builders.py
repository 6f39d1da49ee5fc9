"""Builders and questions that the tests of this room share."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import func, select

from chassis.clock import SetClock
from chassis.runtime import Runtime
from chassis.tables import OUTBOX
from chassis.testing import ServiceClient, as_peer, as_user
from payment_service.app import create_app
from payment_service.models import SimulatedCharge, SimulatedRefund
from payment_service.providers import ChargeState
from payment_service.settings import PaymentSettings

LISBON, PORTO = "cinema-lisbon", "cinema-porto"
BOOKING = as_peer("booking_service")
ANA = as_user("ana")
BEN = as_user("ben")
MANAGER = as_user("marta", "MANAGER", (LISBON,))
ADMIN = as_user("ada", "ADMIN")

TAKE = """mutation Take($input: TakePaymentInput!) { takePayment(input: $input) {
  payment { id status failureCode provider providerReference settledAt amount { amount currency } }
  outcome clientSecret redirectUrl userErrors { code field } } }"""
SETTLE = """mutation Settle($key: String!) { settlePayment(idempotencyKey: $key) {
  payment { id status failureCode } outcome redirectUrl } }"""
REFUND_FOR_BOOKING = """mutation Refund($input: RefundForBookingInput!) { refundForBooking(input: $input) {
  refund { id status amount { amount currency } } payment { status refunded { amount } }
  userErrors { code field } } }"""
REFUND = """mutation Refund($input: RefundInput!) { refundPayment(input: $input) {
  payment { id status refunded { amount currency } refunds { id amount { amount } status reason } }
  userErrors { code field } } }"""


class Till:
    """The service under test, and what its siblings and people ask of it."""

    def __init__(self, runtime: Runtime[PaymentSettings]) -> None:
        self.runtime = runtime
        self.client = ServiceClient(create_app(runtime=runtime))

    @property
    def clock(self) -> SetClock:
        """The clock of databases and service."""
        assert isinstance(self.runtime.clock, SetClock)
        return self.runtime.clock

    def order(self, token: str | None = "pm_success", *, key: str = "key-1", **parts: Any) -> dict[str, Any]:
        """An order of 25.00 euro for Ana's booking; `parts` replace some of it."""
        return {
            "bookingId": "booking-1",
            "userId": "ana",
            "cinemaId": LISBON,
            "amount": {"amount": 2500, "currency": "EUR"},
            "method": "CARD",
            "paymentToken": token,
            "idempotencyKey": key,
            "description": "2 seats for Häxan",
            **parts,
        }

    def take(
        self, token: str | None = "pm_success", *, key: str = "key-1", caller: Any = BOOKING, **parts: Any
    ) -> dict[str, Any]:
        """Ask for the money of an order."""
        given = {"input": self.order(token, key=key, **parts)}
        answer: dict[str, Any] = self.client.data(TAKE, given, caller=caller)["takePayment"]
        return answer

    def settle(self, key: str = "key-1") -> dict[str, Any]:
        """Ask what became of a key."""
        answer: dict[str, Any] = self.client.data(SETTLE, {"key": key}, caller=BOOKING)["settlePayment"]
        return answer

    def refund(
        self, payment_id: str, amount: int | None = None, *, key: str = "refund-1", caller: Any = MANAGER
    ) -> dict[str, Any]:
        """A manager gives money back."""
        given: dict[str, Any] = {"paymentId": payment_id, "reason": "Projector broke", "idempotencyKey": key}
        if amount is not None:
            given["amount"] = {"amount": amount, "currency": "EUR"}
        answer: dict[str, Any] = self.client.data(REFUND, {"input": given}, caller=caller)["refundPayment"]
        return answer

    def refund_for_booking(self, payment_id: str, amount: int, *, key: str = "cancel-1") -> dict[str, Any]:
        """The booking gives money back."""
        given = {
            "paymentId": payment_id,
            "amount": {"amount": amount, "currency": "EUR"},
            "reason": "Booking cancelled",
            "idempotencyKey": key,
        }
        answer: dict[str, Any] = self.client.data(REFUND_FOR_BOOKING, {"input": given}, caller=BOOKING)[
            "refundForBooking"
        ]
        return answer

    def published(self, name: str) -> list[dict[str, Any]]:
        """Payloads of the events called `name`, in order."""
        query = select(OUTBOX.c.payload).where(OUTBOX.c.name == name).order_by(OUTBOX.c.seq)
        rows = self.runtime.database.read(lambda session: session.execute(query).scalars().all())
        return [orjson.loads(row) for row in rows]

    def captured_by_provider(self, booking_id: str = "booking-1") -> int:
        """Minor units that the provider's books have for a booking, captures less refunds."""
        charge = SimulatedCharge
        query = select(func.coalesce(func.sum(charge.amount_value - charge.refunded_amount), 0)).where(
            charge.booking_id == booking_id, charge.state == ChargeState.SUCCEEDED
        )
        return int(self.runtime.database.read(lambda session: session.execute(query).scalar_one()))

    def refunds_of_provider(self) -> int:
        """How many refunds the provider's books have."""
        query = select(func.count()).select_from(SimulatedRefund)
        return self.runtime.database.read(lambda session: session.execute(query).scalar_one())

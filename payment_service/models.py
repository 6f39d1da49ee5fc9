"""Tables of payment_db: our books, the fences around them, and the simulated provider's own books."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from chassis.money import Money
from chassis.tables import COLUMN_TYPES, service_metadata
from payment_service.lifecycle import CAPTURED


class Base(DeclarativeBase):
    """Tables of this service."""

    metadata = service_metadata()
    type_annotation_map = COLUMN_TYPES


class Payment(Base):
    """One try to take money. `promised_back` counts refunds begun, `refunded_amount` those that are done."""

    __tablename__ = "payments"
    __table_args__ = (
        Index("ix_payments_user_id_created_at_id", "user_id", "created_at", "id"),
        Index("ix_payments_cinema_id_created_at_id", "cinema_id", "created_at", "id"),
        Index("ix_payments_cinema_id_settled_at", "cinema_id", "settled_at"),
        Index("ix_payments_status_created_at", "status", "created_at"),
        Index("ix_payments_created_at_id", "created_at", "id"),
        UniqueConstraint("idempotency_key"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    booking_id: Mapped[str] = mapped_column(String(36), index=True)
    user_id: Mapped[str | None] = mapped_column(String(36))
    cinema_id: Mapped[str] = mapped_column(String(36))
    method: Mapped[str] = mapped_column(String(16))
    provider: Mapped[str] = mapped_column(String(16))
    provider_reference: Mapped[str | None] = mapped_column(String(128), index=True)
    payment_token: Mapped[str | None] = mapped_column(String(255))
    idempotency_key: Mapped[str] = mapped_column(String(255))
    status: Mapped[str] = mapped_column(String(20))
    failure_code: Mapped[str | None] = mapped_column(String(64))
    amount_value: Mapped[int]
    promised_back: Mapped[int] = mapped_column(default=0)
    refunded_amount: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str] = mapped_column(String(3))
    description: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    refunds: Mapped[list[Refund]] = relationship(lazy="selectin", order_by="Refund.created_at, Refund.id")

    @property
    def amount(self) -> Money:
        """What was to be taken."""
        return Money(self.amount_value, self.currency)

    @property
    def refundable(self) -> Money:
        """What could still go back: captured, less what went back or is on its way."""
        left = self.amount_value - self.promised_back if self.status in CAPTURED else 0
        return Money(left, self.currency)

    @property
    def refunded(self) -> Money:
        """What has gone back."""
        return Money(self.refunded_amount, self.currency)


class Refund(Base):
    """Money on its way back, stored before the provider is asked.

    `tries` counts how often the provider was asked, `next_try_at` says when it is asked again, `attention` what staff
    have to see to (lifecycle.Attention).
    """

    __tablename__ = "refunds"
    __table_args__ = (
        UniqueConstraint("idempotency_key"),
        Index("ix_refunds_status_next_try_at", "status", "next_try_at"),
        Index("ix_refunds_payment_id_settled_at", "payment_id", "settled_at"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    payment_id: Mapped[str] = mapped_column(String(36), ForeignKey("payments.id"))
    idempotency_key: Mapped[str] = mapped_column(String(255))
    fingerprint: Mapped[str] = mapped_column(String(64))
    amount_value: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[str | None] = mapped_column(String(255))
    requested_by: Mapped[str | None] = mapped_column(
        String(36), doc="who of the house; null: the booking's rules"
    )
    decided_by: Mapped[str | None] = mapped_column(String(36), doc="the second person, for or against it")
    status: Mapped[str] = mapped_column(String(24))
    provider_reference: Mapped[str | None] = mapped_column(String(128), index=True)
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    next_try_at: Mapped[datetime | None]
    attention: Mapped[str | None] = mapped_column(String(24), index=True)
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    @property
    def amount(self) -> Money:
        """What goes back."""
        return Money(self.amount_value, self.currency)


class PaymentKey(Base):
    """Every idempotency key that was ever seen; without a payment: closed, nothing may be taken under it."""

    __tablename__ = "payment_keys"

    idempotency_key: Mapped[str] = mapped_column(String(255), primary_key=True)
    payment_id: Mapped[str | None] = mapped_column(String(36))
    fingerprint: Mapped[str | None] = mapped_column(String(64))


class ProviderEvent(Base):
    """Webhooks that were acted on: the provider's event id, so that a repeated one has no second effect."""

    __tablename__ = "provider_events"

    provider: Mapped[str] = mapped_column(String(16), primary_key=True)
    event_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime] = mapped_column(index=True)


class Cinema(Base):
    """What cinema_service told of a place; `told_at`: an older fact that arrives late changes nothing."""

    __tablename__ = "cinemas"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    time_zone: Mapped[str] = mapped_column(String(64))
    currency: Mapped[str] = mapped_column(String(3))
    told_at: Mapped[datetime]


class SimulatedCharge(Base):
    """The simulated provider's books: written by it alone, in transactions of its own."""

    __tablename__ = "simulated_charges"
    __table_args__ = (
        UniqueConstraint("idempotency_key"),
        Index("ix_simulated_charges_cinema_id_settled_at", "cinema_id", "settled_at"),
    )

    reference: Mapped[str] = mapped_column(String(64), primary_key=True)
    idempotency_key: Mapped[str] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(String(20))
    failure_code: Mapped[str | None] = mapped_column(String(64))
    amount_value: Mapped[int]
    refunded_amount: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str] = mapped_column(String(3))
    method: Mapped[str] = mapped_column(String(16))
    token: Mapped[str] = mapped_column(String(64))
    booking_id: Mapped[str] = mapped_column(String(36))
    cinema_id: Mapped[str] = mapped_column(String(36))
    description: Mapped[str | None] = mapped_column(String(255))
    client_secret: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    settles_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]


class SimulatedRefund(Base):
    """Money that the simulated provider gave back."""

    __tablename__ = "simulated_refunds"
    __table_args__ = (UniqueConstraint("idempotency_key"),)

    reference: Mapped[str] = mapped_column(String(64), primary_key=True)
    charge_reference: Mapped[str] = mapped_column(
        String(64), ForeignKey("simulated_charges.reference"), index=True
    )
    idempotency_key: Mapped[str] = mapped_column(String(255))
    amount_value: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(index=True)


class SimulatedDelivery(Base):
    """A webhook that the simulated provider owes us; sent when due, again and again until it is accepted."""

    __tablename__ = "simulated_deliveries"
    __table_args__ = (Index("ix_simulated_deliveries_delivered_at_due_at", "delivered_at", "due_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    body: Mapped[str] = mapped_column(Text())
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    delivered_at: Mapped[datetime | None]

"""Enumerations of the booking graph."""

from __future__ import annotations

import graphene


class SeatCategory(graphene.Enum):
    STANDARD = "STANDARD"
    PREMIUM = "PREMIUM"
    RECLINER = "RECLINER"
    LOVESEAT = "LOVESEAT"
    ACCESSIBLE = "ACCESSIBLE"
    COMPANION = "COMPANION"


class ShowtimeStatus(graphene.Enum):
    """DRAFT: staff only. SCHEDULED: published, not yet on sale."""

    DRAFT = "DRAFT"
    SCHEDULED = "SCHEDULED"
    ON_SALE = "ON_SALE"
    SOLD_OUT = "SOLD_OUT"
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"


class SeatStatus(graphene.Enum):
    AVAILABLE = "AVAILABLE"
    HELD = "HELD"
    HELD_BY_ME = "HELD_BY_ME"
    SOLD = "SOLD"
    BLOCKED = "BLOCKED"


class TicketType(graphene.Enum):
    ADULT = "ADULT"
    CHILD = "CHILD"
    STUDENT = "STUDENT"
    SENIOR = "SENIOR"


class BookingStatus(graphene.Enum):
    HELD = "HELD"
    PAYING = "PAYING"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


class TicketStatus(graphene.Enum):
    VALID = "VALID"
    USED = "USED"
    VOID = "VOID"


class PaymentMethod(graphene.Enum):
    CARD = "CARD"
    WALLET = "WALLET"
    BANK_TRANSFER = "BANK_TRANSFER"
    CASH = "CASH"
    COMP = "COMP"


class ExportFormat(graphene.Enum):
    CSV = "CSV"
    XLSX = "XLSX"


class ExportKind(graphene.Enum):
    BOOKINGS = "BOOKINGS"
    SALES = "SALES"
    PAYMENTS = "PAYMENTS"


class AttentionKind(graphene.Enum):
    """PAYMENT_PENDING: no answer for more than ten minutes. REFUND_STUCK: tried three times and more."""

    PAYMENT_PENDING = "PAYMENT_PENDING"
    REFUND_STUCK = "REFUND_STUCK"


class CheckInOutcome(graphene.Enum):
    """REPEATED: handed in before. CONFLICT: somebody had gone in with this ticket before."""

    ADMITTED = "ADMITTED"
    REPEATED = "REPEATED"
    CONFLICT = "CONFLICT"
    REFUSED = "REFUSED"


class ExportStatus(graphene.Enum):
    RUNNING = "RUNNING"
    READY = "READY"
    FAILED = "FAILED"


class BookingWhen(graphene.Enum):
    UPCOMING = "UPCOMING"
    PAST = "PAST"


def text(value: object) -> str | None:
    """An enum argument as its plain name; None stays None."""
    return None if value is None else str(getattr(value, "value", value))

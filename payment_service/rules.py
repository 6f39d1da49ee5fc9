"""Pure decisions about money; no framework, no clock, no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from chassis.money import Money, payable_step
from payment_service.errors import (
    AmountInvalid,
    CurrencyMismatch,
    KeyInvalid,
    PaymentNotRefundable,
    PaymentTokenMissing,
    ReasonMissing,
    RefundExceedsPayment,
)
from payment_service.lifecycle import CAPTURED, PaymentMethod, PaymentStatus

DESK, TERMINAL = "desk", "terminal"
WITHOUT_PROVIDER = frozenset({DESK, TERMINAL})  # staff have the money already, and give it back themselves
LONGEST_REASON = 255
LARGEST_AMOUNT = 2_000_000_000  # what a 32-bit Int of GraphQL can still carry, with room for sums of two
_AT_THE_DESK = frozenset({PaymentMethod.CASH, PaymentMethod.COMP})


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be paid: by whom, for what, under which key.

    `at_terminal`: a card at the box office; `receipt`: what its terminal printed, where somebody noted it.
    """

    key: str
    booking_id: str
    user_id: str | None
    cinema_id: str
    amount: Money
    method: PaymentMethod
    token: str | None
    description: str | None
    at_terminal: bool = False
    receipt: str | None = None


def money_of(given: Mapping[str, int | str], *, field: tuple[str, ...]) -> Money:
    """An input's amount. Raises AmountInvalid for a currency or size that is none; zero passes."""
    try:
        money = Money(int(given["amount"]), str(given["currency"]))
    except ValueError:
        raise AmountInvalid(field=field) from None
    if not 0 <= money.amount <= LARGEST_AMOUNT:
        raise AmountInvalid(field=field)
    return money


def checked_key(key: str) -> str:
    """The key without blanks around it. Raises KeyInvalid."""
    bare = key.strip()
    if not 1 <= len(bare) <= 200:
        raise KeyInvalid(field=("input", "idempotencyKey"))
    return bare


def checked_reason(reason: str, *, field: tuple[str, ...] = ("input", "reason")) -> str:
    """The reason without blanks around it. Raises ReasonMissing."""
    bare = reason.strip()
    if not 1 <= len(bare) <= LONGEST_REASON:
        raise ReasonMissing(field=field)
    return bare


def told_reason(reason: str) -> str:
    """A sibling's reason, cut to what is kept: money that is owed does not wait for better words."""
    return reason.strip()[:LONGEST_REASON] or "Booking changed"


def taken_by_staff(order: Order) -> str | None:
    """DESK or TERMINAL where staff have the money already; None where a provider is to be asked.

    Raises PaymentTokenMissing when a provider is needed and nothing says whose money it is to take,
    AmountInvalid for nothing to pay (complimentary tickets excepted).
    """
    if order.amount.amount == 0 and order.method is not PaymentMethod.COMP:
        raise AmountInvalid(field=("input", "amount"))
    if order.method in _AT_THE_DESK:
        return DESK
    if order.token:
        return None
    if order.at_terminal and order.method is PaymentMethod.CARD:
        return TERMINAL
    raise PaymentTokenMissing(field=("input", "paymentToken"))


def refund_amount(asked: Money | None, *, status: PaymentStatus, captured: Money, promised: int) -> Money:
    """What goes back of `captured`, of which `promised` minor units went or are going back; None asks for all left.

    Raises PaymentNotRefundable, CurrencyMismatch, AmountInvalid, RefundExceedsPayment.
    """
    if status not in CAPTURED:
        raise PaymentNotRefundable(field=("input", "paymentId"))
    left = captured.amount - promised
    if asked is None:
        if left == 0:
            raise RefundExceedsPayment("Nothing is left of this payment.", field=("input", "amount"))
        return Money(left, captured.currency)
    if asked.currency != captured.currency:
        raise CurrencyMismatch(field=("input", "amount", "currency"))
    if asked.amount <= 0:
        raise AmountInvalid(field=("input", "amount"))
    if asked.amount % payable_step(asked.currency) and asked.amount != left:
        least = Money(payable_step(asked.currency), asked.currency)
        raise AmountInvalid(f"Refunds in this currency are multiples of {least}.", field=("input", "amount"))
    if asked.amount > left:
        raise RefundExceedsPayment(
            f"Only {Money(left, captured.currency)} is left.", field=("input", "amount")
        )
    return asked


def status_after_refund(captured: int, refunded: int) -> PaymentStatus:
    """Where a captured payment stands once `refunded` of it has gone back."""
    if refunded == 0:
        return PaymentStatus.SUCCEEDED
    return PaymentStatus.REFUNDED if refunded >= captured else PaymentStatus.PARTIALLY_REFUNDED


def day_in(at: datetime, time_zone: str | None) -> date:
    """The calendar day of an instant in `time_zone`; in UTC where that is not known."""
    return at.astimezone(_zone(time_zone or "UTC")).date()


def day_bounds(day: date, time_zone: str) -> tuple[datetime, datetime]:
    """First instant of `day` in `time_zone` and of the day after; 23 or 25 hours apart when clocks change."""
    zone = _zone(time_zone)
    start, end = (datetime.combine(when, time.min, zone) for when in (day, day + timedelta(days=1)))
    return start.astimezone(UTC), end.astimezone(UTC)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")

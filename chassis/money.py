"""Money in integer minor units of one currency; never a float."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_CURRENCY = re.compile(r"^[A-Z]{3}$")
# ISO 4217: digits after the point where they are not two.
_MINOR_DIGITS = {
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0,
    "RWF": 0, "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
}  # fmt: skip


# What can be paid by card is a multiple of these: five dinars and rials end in 0, and the ariary has no hundredths.
_PAYABLE_STEPS = {"BHD": 10, "JOD": 10, "KWD": 10, "OMR": 10, "TND": 10, "MGA": 100}


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies were put together."""


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount of `currency` (ISO 4217) in its minor unit: Money(1250, "EUR") is 12.50 euro."""

    amount: int
    currency: str

    def __post_init__(self) -> None:
        if not _CURRENCY.match(self.currency):
            raise ValueError(f"not an ISO 4217 code: {self.currency!r}")

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __mul__(self, count: int) -> Money:
        return Money(self.amount * count, self.currency)

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")
        return other.amount

    def percent(self, percent: int | Decimal) -> Money:
        """`percent` of it, rounded half up to what can be paid; never more than all of it for up to 100."""
        step = payable_step(self.currency)
        steps = Decimal(self.amount) * Decimal(percent) / Decimal(100 * step)
        share = int(steps.quantize(Decimal(1), rounding=ROUND_HALF_UP)) * step
        return Money(min(share, self.amount) if 0 <= percent <= 100 else share, self.currency)

    def at_most(self, other: Money) -> Money:
        """The smaller of the two."""
        return self if self.amount <= self._same(other) else other

    def __str__(self) -> str:
        return f"{decimal_text(self.amount, self.currency)} {self.currency}"


def zero(currency: str) -> Money:
    """Nothing, in `currency`."""
    return Money(0, currency)


def total(amounts: Iterable[Money], currency: str) -> Money:
    """Their sum; zero of `currency` for none. Raises CurrencyMismatch."""
    result = zero(currency)
    for amount in amounts:
        result = result + amount
    return result


def minor_digits(currency: str) -> int:
    """Digits after the decimal point of `currency`, from ISO 4217."""
    return _MINOR_DIGITS.get(currency, 2)


def payable_step(currency: str) -> int:
    """The least that can be paid in `currency`, in minor units: every price, discount and refund is a multiple."""
    return _PAYABLE_STEPS.get(currency, 1)


def decimal_text(amount: int, currency: str) -> str:
    """Plain decimal of minor units, e.g. 1250 EUR → "12.50", 1250 JPY → "1250"."""
    return f"{Decimal(amount).scaleb(-minor_digits(currency)):.{minor_digits(currency)}f}"

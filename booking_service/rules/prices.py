"""What a booking costs: seat category × ticket type, a fee, a discount. Always in one currency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import orjson

from booking_service.errors import TicketTypeNotSold
from chassis.errors import Refusal, Refusals
from chassis.money import Money, total, zero

PriceTable = Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Sum:
    """A booking's figures: subtotal − discount + fee = total, none of them negative."""

    subtotal: Money
    discount: Money
    fee: Money
    total: Money


@dataclass(frozen=True)
class CouponTerms:
    """What a coupon promised when it was reserved, in minor units of the booking's currency.

    Either `percent` or `amount_off`; never more than `most`, nothing below a subtotal of `least`.
    """

    percent: int | None = None
    amount_off: int | None = None
    most: int | None = None
    least: int | None = None


def discount_over(terms: CouponTerms, subtotal: Money) -> Money:
    """What the coupon takes off `subtotal`; as coupon_service reckons it, and never more than the subtotal."""
    if terms.least is not None and subtotal.amount < terms.least:
        return zero(subtotal.currency)
    off = Money(terms.amount_off or 0, subtotal.currency)
    if terms.percent is not None:
        off = subtotal.percent(terms.percent)
    if terms.most is not None:
        off = off.at_most(Money(terms.most, subtotal.currency))
    return off.at_most(subtotal)


def read_terms(text: str) -> CouponTerms:
    """The terms that write_terms wrote."""
    return CouponTerms(**orjson.loads(text))


def write_terms(terms: CouponTerms) -> str:
    """Short text for a column."""
    return orjson.dumps({name: value for name, value in asdict(terms).items() if value is not None}).decode()


def seat_prices(choices: Sequence[tuple[str, str]], prices: PriceTable, currency: str) -> list[Money]:
    """Price of each (category, ticket type), in order. Raises Refusals for those that are not sold."""
    faults: list[Refusal] = [
        TicketTypeNotSold(field=("input", "seats", index))
        for index, choice in enumerate(choices)
        if choice not in prices
    ]
    if faults:
        raise Refusals(faults)
    return [Money(prices[choice], currency) for choice in choices]


def sum_up(prices: Sequence[Money], *, fee: Money, discount: Money | None = None) -> Sum:
    """The figures of a booking; a discount never takes off more than the seats cost."""
    subtotal = total(prices, fee.currency)
    off = (discount or zero(fee.currency)).at_most(subtotal)
    return Sum(subtotal, off, fee, subtotal - off + fee)

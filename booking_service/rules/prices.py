"""What a booking costs: seat category × ticket type, a fee, a discount. Always in one currency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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

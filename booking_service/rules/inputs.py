"""How long texts and numbers of a request may be: what a column takes, on every database."""

from __future__ import annotations

import re

from booking_service.errors import AmountNotPayable, CardNumberGiven
from chassis.errors import Invalid
from chassis.money import Money, payable_step

LONGEST_KEY = 255
LONGEST_WORD = 16
LARGEST_AMOUNT = 200_000_000  # ten seats at that price still fit the 32-bit Int of GraphQL
_DIGITS = re.compile(r"\d(?:[ -]?\d){11,18}")


def check_lengths(**texts: str | None) -> None:
    """Raises Invalid for a text, named as in the request, of more than LONGEST_KEY characters."""
    for name, text in texts.items():
        if text is not None and len(text) > LONGEST_KEY:
            raise Invalid(f"{name} has at most {LONGEST_KEY} characters.")


def check_payable(money: Money, *, field: tuple[str | int, ...]) -> None:
    """Raises AmountNotPayable unless the amount can be paid by card, e.g. for 2.275 Kuwaiti dinars."""
    step = payable_step(money.currency)
    if money.amount % step:
        raise AmountNotPayable(
            f"Amounts in {money.currency} are multiples of {Money(step, money.currency)}.", field=field
        )


def check_payment_token(token: str | None, *, field: tuple[str, ...]) -> None:
    """Raises CardNumberGiven for a card's own number: those are for the provider's form and never kept here."""
    for found in _DIGITS.findall(token or ""):
        digits = [int(digit) for digit in found if digit.isdigit()]
        doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
        if (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0:  # ISO/IEC 7812: the last digit proves the others
            raise CardNumberGiven(field=field)

"""The table of permitted moves of a coupon's use; what is not in it does not happen."""

from __future__ import annotations

from enum import StrEnum


class DiscountKind(StrEnum):
    """How a coupon reduces a price."""

    PERCENT = "PERCENT"
    FIXED_AMOUNT = "FIXED_AMOUNT"


class UseState(StrEnum):
    """Where the use of a coupon by a booking stands; the first two count against its limits."""

    RESERVED = "RESERVED"
    REDEEMED = "REDEEMED"
    RELEASED = "RELEASED"  # the booking ended before it was paid
    RETURNED = "RETURNED"  # the booking was paid, then cancelled


_U = UseState
MOVES: dict[UseState, frozenset[UseState]] = {
    _U.RESERVED: frozenset({_U.REDEEMED, _U.RELEASED, _U.RETURNED}),
    _U.REDEEMED: frozenset({_U.RETURNED}),
    # A hold may be bought after all, by a payment that was slower than its expiry.
    _U.RELEASED: frozenset({_U.RESERVED, _U.REDEEMED, _U.RETURNED}),
    _U.RETURNED: frozenset(),
}
COUNTED = frozenset({_U.RESERVED, _U.REDEEMED})


def sources_of(target: UseState) -> list[str]:
    """The states from which a use may move to `target`; for the WHERE of a guarded update."""
    return [source.value for source, targets in MOVES.items() if target in targets]

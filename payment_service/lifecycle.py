"""The table of permitted moves of a payment and of a refund; what is not in it does not happen."""

from __future__ import annotations

from enum import StrEnum


class PaymentMethod(StrEnum):
    """How money comes in."""

    CARD = "CARD"
    WALLET = "WALLET"
    BANK_TRANSFER = "BANK_TRANSFER"
    CASH = "CASH"
    COMP = "COMP"


class PaymentStatus(StrEnum):
    """Where a payment stands."""

    PENDING = "PENDING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REFUNDED = "REFUNDED"


class RefundStatus(StrEnum):
    """Where a refund stands; AWAITING_APPROVAL: a second person has to agree, nothing was asked of the provider yet."""

    AWAITING_APPROVAL = "AWAITING_APPROVAL"
    PENDING = "PENDING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


class Attention(StrEnum):
    """What staff have to see to, or to know, about a refund."""

    RETURN_AT_TERMINAL = "RETURN_AT_TERMINAL"  # booked as done: somebody gives it back at the card terminal
    GIVEN_AT_PROVIDER = (
        "GIVEN_AT_PROVIDER"  # somebody gave it back on the provider's own pages, past our books
    )
    AMOUNT_DIFFERS = "AMOUNT_DIFFERS"  # the provider gave back another amount than we asked for
    STUCK = "STUCK"  # asked for again and again without an end


_P = PaymentStatus
MOVES: dict[PaymentStatus, frozenset[PaymentStatus]] = {
    _P.PENDING: frozenset({_P.SUCCEEDED, _P.FAILED}),
    # A provider may still capture what it had refused or never answered: its ledger is the truth about money.
    _P.FAILED: frozenset({_P.SUCCEEDED}),
    _P.SUCCEEDED: frozenset({_P.PARTIALLY_REFUNDED, _P.REFUNDED}),
    _P.PARTIALLY_REFUNDED: frozenset({_P.PARTIALLY_REFUNDED, _P.REFUNDED}),
    _P.REFUNDED: frozenset(),
}
CAPTURED = frozenset({_P.SUCCEEDED, _P.PARTIALLY_REFUNDED, _P.REFUNDED})


def sources_of(target: PaymentStatus) -> list[PaymentStatus]:
    """The states from which a payment may move to `target`; for the WHERE of a guarded update."""
    return [source for source, targets in MOVES.items() if target in targets]

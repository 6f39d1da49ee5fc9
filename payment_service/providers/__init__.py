"""Those who move money: the protocol, and which of them this installation uses.

A provider keeps books of its own; where they and ours differ, theirs are the truth. Everything asked of it
carries a key, and the same key never moves money twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from chassis.money import Money
from chassis.runtime import Runtime
from payment_service.lifecycle import PaymentMethod
from payment_service.settings import PaymentSettings

SIMULATED, STRIPE = "simulated", "stripe"
ONLINE = (PaymentMethod.CARD, PaymentMethod.WALLET, PaymentMethod.BANK_TRANSFER)
# A bank debits in days, and says no after days: no seat can wait for that. What was simulated tells at once.
_TOO_LATE = {STRIPE: frozenset({PaymentMethod.BANK_TRANSFER})}


class NoAnswer(Exception):
    """The provider did not answer in time, or not in words: whether money moved is unknown."""


class ChargeState(StrEnum):
    """What a provider says of a charge."""

    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    PROCESSING = "PROCESSING"
    ACTION_REQUIRED = "ACTION_REQUIRED"


@dataclass(frozen=True, kw_only=True)
class ChargeOrder:
    """What the provider is asked to take; `reference` is its own name of it, once known."""

    key: str
    amount: Money
    method: str
    booking_id: str
    cinema_id: str
    description: str | None
    token: str | None = None
    reference: str | None = None


@dataclass(frozen=True, kw_only=True)
class Charge:
    """What the provider says about one order. `settled_at`: when, by its own clock, the money moved.

    `refunded`: minor units that went back by the provider's books, whoever gave them back.
    """

    reference: str | None
    state: ChargeState
    amount: Money
    failure_code: str | None = None
    client_secret: str | None = None
    redirect_url: str | None = None
    settled_at: datetime | None = None
    refunded: int = 0


@dataclass(frozen=True, kw_only=True)
class RefundOrder:
    """What to give back of the charge called `charge_reference`; `reference` names the refund, once known.

    `asked_before`: the provider may have this refund already, though its answer never came.
    """

    key: str
    charge_reference: str
    amount: Money
    reference: str | None = None
    asked_before: bool = False


@dataclass(frozen=True, kw_only=True)
class RefundAnswer:
    """What became of a refund: True given back, False refused, None still under way; and how much it was."""

    reference: str | None
    done: bool | None
    amount: Money | None = None
    settled_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class GivenBack:
    """One refund on the provider's books; `key`: ours, None for one that somebody made there by hand."""

    reference: str
    key: str | None
    amount: Money
    done: bool
    settled_at: datetime


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A webhook, its signature verified. It only says where to look: the provider is asked again.

    `amount`: what it says the payment is about, None where it tells of something else.
    """

    event_id: str
    kind: str
    reference: str | None
    key: str | None
    amount: Money | None = None


@dataclass(frozen=True, kw_only=True)
class LedgerEntry:
    """One movement on the provider's books under our key: above zero it came in, below it went back."""

    key: str
    method: str
    amount: Money


class Provider(Protocol):
    """Takes money and gives it back. Every method but `read_notice` may raise NoAnswer."""

    name: str

    def charge(self, order: ChargeOrder, noted: Callable[[str], None]) -> Charge:
        """Take the money, once for each key; `noted` gets the provider's reference before money can move."""

    def look_up(self, order: ChargeOrder) -> Charge | None:
        """What became of an order, None when the provider never saw it. Moves nothing."""

    def close(self, order: ChargeOrder) -> Charge | None:
        """See to it that an order not yet captured never will be; what it is then, None when it never was."""

    def refund(self, order: RefundOrder) -> RefundAnswer:
        """Give money back, once for each key, however long ago it was asked for first."""

    def refunds_of(self, charge_reference: str) -> list[GivenBack]:
        """Every refund of a charge by the provider's books, whoever asked for it. Moves nothing."""

    def read_notice(self, body: bytes, headers: Mapping[str, str], now: datetime) -> Notice:
        """The notice in a webhook. Raises BadSignature, NotAWebhook."""

    def entries(self, cinema_id: str, start: datetime, end: datetime) -> list[LedgerEntry]:
        """The provider's own books of a cinema from `start` until before `end`."""


def offered_by(provider: str) -> list[PaymentMethod]:
    """The ways in which guests can pay while `provider` takes the money."""
    return [method for method in ONLINE if method not in _TOO_LATE.get(provider, ())]


def provider_names(settings: PaymentSettings) -> tuple[str, ...]:
    """Providers that this installation knows; the first takes new payments, all look after theirs."""
    return (STRIPE, SIMULATED) if settings.stripe_secret_key else (SIMULATED,)


def provider_named(runtime: Runtime[Any], name: str) -> Provider | None:
    """The provider called `name`, None when it is not set up here."""
    if name not in provider_names(runtime.settings):
        return None
    if name == STRIPE:
        from payment_service.providers.stripe_cards import StripeProvider

        return StripeProvider(runtime.settings)
    from payment_service.providers.simulated import SimulatedProvider

    return SimulatedProvider(runtime.database, runtime.settings)

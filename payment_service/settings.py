"""Settings of payment_service; names and meanings in docs/reference/settings.md."""

from __future__ import annotations

import hashlib
import hmac
import re
from pathlib import Path
from typing import Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from chassis.settings import PRODUCTION, ServiceSettings

_TEST_KEY = re.compile(r"[a-z]+_test_")


class PaymentSettings(ServiceSettings):
    """Which provider moves the money, how long it may take, and the secrets of both directions."""

    service_port: int = Field(3011, alias="SERVICE_PORT", ge=1, le=65535)
    provider_deadline_seconds: float = Field(
        5.0,
        alias="PROVIDER_DEADLINE_SECONDS",
        gt=0,
        description="Longest wait for an answer of the provider.",
    )
    provider_calls_at_once: int = Field(
        10,
        alias="PROVIDER_CALLS_AT_ONCE",
        ge=1,
        description="Fewer than threads: a slow provider leaves some free.",
    )
    unanswered_after_seconds: int = Field(
        20,
        alias="UNANSWERED_AFTER_SECONDS",
        ge=0,
        description="Then the provider is asked what became of it.",
    )
    reconcile_every_seconds: float = Field(15.0, alias="RECONCILE_EVERY_SECONDS", gt=0)
    payer_action_minutes: int = Field(
        10,
        alias="PAYER_ACTION_MINUTES",
        ge=1,
        description="How long a payer may take to confirm at the bank.",
    )
    refund_approval_above: int = Field(
        50_000,
        alias="REFUND_APPROVAL_ABOVE",
        ge=0,
        description="Minor units given back of one payment by hand that one person may decide on; 0: any sum.",
    )
    receipt_link_minutes: int = Field(15, alias="RECEIPT_LINK_MINUTES", ge=1)
    receipt_signing_key: str = Field("", alias="RECEIPT_SIGNING_KEY", description="Empty: derived.")

    simulated_slow_seconds: float = Field(30.0, alias="SIMULATED_SLOW_SECONDS", ge=0)
    simulated_late_seconds: float = Field(8.0, alias="SIMULATED_LATE_SECONDS", ge=0)
    simulated_webhook_secrets: str = Field(
        "", alias="SIMULATED_WEBHOOK_SECRETS", description="One, or two while they change. Empty: derived."
    )
    simulated_webhook_url: str = Field(
        "",
        alias="SIMULATED_WEBHOOK_URL",
        description="Where it sends webhooks; empty: this service's own port.",
    )

    stripe_secret_key: str = Field("", alias="STRIPE_SECRET_KEY", description="Set: Stripe takes the money.")
    stripe_publishable_key: str = Field("", alias="STRIPE_PUBLISHABLE_KEY")
    stripe_webhook_secrets: str = Field(
        "", alias="STRIPE_WEBHOOK_SECRETS", description="One, or two while they change, separated by commas."
    )
    stripe_api_base: str = Field("", alias="STRIPE_API_BASE", description="Empty: Stripe's own.")
    without_money: bool = Field(
        False,
        alias="ALLOW_PAYMENTS_WITHOUT_MONEY",
        validate_default=True,
        description="Production starts with the simulated provider or Stripe's test keys only where this is true.",
    )

    seed_sales_file: Path | None = Field(
        None, alias="SEED_SALES_FILE", description="Past sales of the sample data, written by another room."
    )

    @field_validator("without_money")
    @classmethod
    def _production_takes_money(cls, allowed: bool, facts: ValidationInfo) -> bool:
        key = str(facts.data.get("stripe_secret_key", ""))
        takes_none = not key or _TEST_KEY.match(key) is not None
        if facts.data.get("environment") == PRODUCTION and takes_none and not allowed:
            raise ValueError(
                "tickets would cost nothing: set Stripe's live keys, or this to true if that is what you want"
            )
        return allowed

    @model_validator(mode="after")
    def _stripe_is_whole(self) -> Self:
        if self.stripe_secret_key and not (self.stripe_webhook_secrets and self.stripe_publishable_key):
            raise ValueError(
                "STRIPE_SECRET_KEY needs STRIPE_PUBLISHABLE_KEY and STRIPE_WEBHOOK_SECRETS beside it"
            )
        if self.stripe_publishable_key and not self.stripe_secret_key:
            # Pages would show Stripe's form, and nobody could take the money.
            raise ValueError("STRIPE_PUBLISHABLE_KEY needs STRIPE_SECRET_KEY beside it")
        return self

    @property
    def receipt_key(self) -> str:
        """Signs the links of receipts."""
        return self.receipt_signing_key or self._derived("receipts")

    @property
    def webhook_secrets_of_simulated(self) -> tuple[str, ...]:
        """The first signs; all are accepted."""
        return _split(self.simulated_webhook_secrets) or (self._derived("simulated webhooks"),)

    @property
    def webhook_secrets_of_stripe(self) -> tuple[str, ...]:
        """All are accepted."""
        return _split(self.stripe_webhook_secrets)

    @property
    def webhook_address(self) -> str:
        """Where the simulated provider sends its webhooks."""
        return self.simulated_webhook_url or f"http://127.0.0.1:{self.service_port}/webhooks/simulated"

    def _derived(self, purpose: str) -> str:
        return hmac.new(self.internal_secret.encode(), purpose.encode(), hashlib.sha256).hexdigest()


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())

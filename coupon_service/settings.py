"""Settings of coupon_service; names and meanings in docs/reference/settings.md."""

from __future__ import annotations

from pydantic import Field

from chassis.settings import ServiceSettings


class CouponSettings(ServiceSettings):
    """What the house gives to faithful guests, and how often a code may be guessed."""

    loyalty_days: int = Field(30, alias="LOYALTY_COUPON_DAYS", ge=1, description="How long one is good for.")
    guesses_per_minute: int = Field(
        20, alias="COUPON_GUESSES_PER_MINUTE", ge=1, description="Unknown codes that one person may try."
    )

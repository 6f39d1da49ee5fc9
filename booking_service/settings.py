"""Settings of booking_service; names and meanings in docs/reference/settings.md."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from chassis.settings import ServiceSettings


class BookingSettings(ServiceSettings):
    """What the house decides; a cinema may differ in the first group (bookingPolicy)."""

    hold_minutes: float = Field(
        10, alias="HOLD_MINUTES", ge=0.05, le=60, description="A cinema's own policy has whole minutes."
    )
    maximum_seats: int = Field(10, alias="MAXIMUM_SEATS", ge=1, le=50)
    gap_rule: bool = Field(True, alias="GAP_RULE")
    sales_close_minutes: int = Field(0, alias="SALES_CLOSE_MINUTES", ge=-600, le=10_000)
    turnaround_minutes: int = Field(20, alias="TURNAROUND_MINUTES", ge=0, le=240)
    booking_fee: int = Field(0, alias="BOOKING_FEE", ge=0, description="Minor units a booking.")
    refund_tiers: str = Field(
        "24:100,12:50", alias="REFUND_TIERS", description="hours:percent, latest first."
    )

    full_refund_when_moved_minutes: int = Field(
        15,
        alias="FULL_REFUND_WHEN_MOVED_MINUTES",
        ge=1,
        description="Moved by so many minutes or more, a showtime can be given back in full until it begins.",
    )

    seats_per_person: int = Field(
        20,
        alias="SEATS_PER_PERSON",
        ge=1,
        description="Seats of one showtime that a person may hold and buy online.",
    )
    holds_per_minute: int = Field(10, alias="HOLDS_PER_MINUTE", ge=1, description="By one person.")
    holds_per_address: int = Field(
        120,
        alias="HOLDS_PER_ADDRESS",
        ge=1,
        description="By all guests at one address (IPv6: one /64) within ten minutes; staff aren't counted.",
    )
    local_holds_per_address: int = Field(
        2000, alias="LOCAL_HOLDS_PER_ADDRESS", ge=1, description="From this machine, outside production."
    )
    payments_per_minute: int = Field(
        10, alias="PAYMENTS_PER_MINUTE", ge=1, description="Tried by one person."
    )
    extension_minutes: float = Field(4, alias="HOLD_EXTENSION_MINUTES", ge=0.05)
    extensions: int = Field(10, alias="HOLD_EXTENSIONS", ge=0)
    pre_show_minutes: int = Field(10, alias="PRE_SHOW_MINUTES", ge=0, le=60)
    companion_release_minutes: int = Field(120, alias="COMPANION_RELEASE_MINUTES", ge=0)
    check_in_opens_minutes: int = Field(180, alias="CHECK_IN_OPENS_MINUTES", ge=0)
    turn_minutes: int = Field(2, alias="WAITING_ROOM_TURN_MINUTES", ge=1)
    payment_deadline_seconds: float = Field(10.0, alias="PAYMENT_DEADLINE_SECONDS", gt=0)
    unanswered_seconds: int = Field(20, alias="PAYMENT_UNANSWERED_SECONDS", ge=1)
    reconcile_seconds: float = Field(15.0, alias="RECONCILE_SECONDS", gt=0)
    sweep_seconds: float = Field(0.5, alias="SWEEP_SECONDS", gt=0)
    ticket_signing_keys: str = Field(
        alias="TICKET_SIGNING_KEYS",
        description="name:base64 of 32 bytes, the first signs, separated by commas.",
    )
    files_dir: Path = Field(Path("/tmp/lobbycard-files"), alias="BOOKING_FILES_DIR")  # noqa: S108  # a place of last resort
    seed_days_behind: int = Field(
        60, alias="SEED_DAYS_BEHIND", ge=0, le=60, description="Days of made-up past sales."
    )
    seed_sales_file: Path | None = Field(None, alias="SEED_SALES_FILE")

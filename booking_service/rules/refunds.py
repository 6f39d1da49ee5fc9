"""What a cancellation gives back: a percentage that falls in steps towards the start, of what was really paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chassis.money import Money


@dataclass(frozen=True, order=True)
class Tier:
    """From `hours_before` the start or earlier, `percent` of what was paid goes back."""

    hours_before: float
    percent: int


@dataclass(frozen=True)
class Quote:
    """What a cancellation now would give back, and until when that holds."""

    percent: int
    amount: Money
    until_next_step: datetime | None


def quote(paid: Money, tiers: Sequence[Tier], *, starts_at: datetime, now: datetime) -> Quote | None:
    """The quote at `now`; None once the showtime has begun."""
    if now >= starts_at:
        return None
    for tier in sorted(tiers, reverse=True):
        step = starts_at - timedelta(hours=tier.hours_before)
        if now <= step:
            return Quote(tier.percent, paid.percent(tier.percent), step)
    return Quote(0, paid.percent(0), None)


def quote_in_full(paid: Money, *, starts_at: datetime, now: datetime) -> Quote | None:
    """The quote for what the house changed: everything, until the start as it is now; None once it has begun."""
    return Quote(100, paid, starts_at) if now < starts_at else None


def is_moved_far(promised_at: datetime | None, starts_at: datetime, *, minutes: int) -> bool:
    """Whether a showtime begins `minutes` or more before or after what the guest booked; None: it was never moved."""
    return promised_at is not None and abs(starts_at - promised_at) >= timedelta(minutes=minutes)


def read_tiers(text: str) -> list[Tier]:
    """Tiers from "24:100,12:50". Raises ValueError for anything else."""
    pairs = (entry.split(":", 1) for entry in text.split(",") if entry.strip())
    return sorted((Tier(float(hours), int(percent)) for hours, percent in pairs), reverse=True)


def write_tiers(tiers: Sequence[Tier]) -> str:
    """The text that read_tiers reads."""
    return ",".join(f"{tier.hours_before:g}:{tier.percent}" for tier in sorted(tiers, reverse=True))

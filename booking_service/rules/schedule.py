"""Times of a showtime: when it ends, which day it belongs to, when it is on sale, what stands in its way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

# A cinema's day ends at five in the morning: a film at half past midnight belongs to the evening before.
DAY_ENDS = timedelta(hours=5)


@dataclass(frozen=True)
class LocalTimes:
    """A start as the cinema's clock shows it; weekday 1 Monday to 7 Sunday."""

    business_day: date
    weekday: int
    hour: int


@dataclass(frozen=True)
class Slot:
    """A span that a showtime fills in a room."""

    starts_at: datetime
    ends_at: datetime


def local_times(starts_at: datetime, time_zone: str) -> LocalTimes:
    """`starts_at` in the cinema's zone. Raises zoneinfo.ZoneInfoNotFoundError for an unknown zone."""
    local = starts_at.astimezone(ZoneInfo(time_zone))
    day = (local.replace(tzinfo=None) - DAY_ENDS).date()
    return LocalTimes(day, day.isoweekday(), local.hour)


def slot_of(starts_at: datetime, *, duration_minutes: int, pre_show_minutes: int) -> Slot:
    """From the start of the trailers to the end of the film."""
    return Slot(starts_at, starts_at + timedelta(minutes=duration_minutes + pre_show_minutes))


def clashes(slot: Slot, others: Iterable[Slot], *, turnaround_minutes: int) -> bool:
    """Whether `slot` and any other leave less than the turnaround time between them."""
    gap = timedelta(minutes=turnaround_minutes)
    return any(
        slot.starts_at < other.ends_at + gap and other.starts_at < slot.ends_at + gap for other in others
    )


def is_on_sale(
    *, state: str, sales_open_at: datetime | None, sales_close_at: datetime, now: datetime
) -> bool:
    """Whether seats may be held now."""
    return state == "PUBLISHED" and (sales_open_at is None or sales_open_at <= now) and now < sales_close_at


def status(
    *,
    state: str,
    sales_open_at: datetime | None,
    sales_close_at: datetime,
    seats_available: int,
    now: datetime,
) -> str:
    """The status that people see: DRAFT, SCHEDULED, ON_SALE, SOLD_OUT, CLOSED or CANCELLED."""
    if state != "PUBLISHED":
        return state
    if now >= sales_close_at:
        return "CLOSED"
    if sales_open_at is not None and now < sales_open_at:
        return "SCHEDULED"
    return "ON_SALE" if seats_available > 0 else "SOLD_OUT"

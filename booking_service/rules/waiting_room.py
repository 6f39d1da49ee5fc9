"""The queue before an on-sale: a shuffle that anyone can check, and whose turn it is at a moment.

The seed's SHA-256 is published before opening, the seed itself after it. Those who came before opening are
ordered by SHA-256 of seed and place id; later ones follow in order of arrival. A turn is never stored: rank
and rate say when it comes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Turn:
    """When a place is admitted, and until when it may choose seats."""

    begins_at: datetime
    ends_at: datetime


def seed_hash(seed: str) -> str:
    """What is published before opening."""
    return hashlib.sha256(seed.encode()).hexdigest()


def shuffled(place_ids: Iterable[str], seed: str) -> list[str]:
    """The order of those who came before opening."""
    return sorted(place_ids, key=lambda place: hashlib.sha256(f"{seed}:{place}".encode()).digest())


def turn_of(rank: int, *, opens_at: datetime, joined_at: datetime, rate: int, turn_minutes: int) -> Turn:
    """The turn of a place; `rate` admissions a minute. Nobody is admitted before they came."""
    begins = max(opens_at + timedelta(minutes=rank / rate), joined_at)
    return Turn(begins, begins + timedelta(minutes=turn_minutes))


def admitted_so_far(*, opens_at: datetime, rate: int, now: datetime) -> int:
    """How many ranks have had their turn called by `now`."""
    return 0 if now < opens_at else int((now - opens_at) / timedelta(minutes=1) * rate) + 1


def waiting_range(minutes: float) -> tuple[int, int]:
    """An honest range of whole minutes around an expected wait."""
    return int(minutes * 0.9), int(minutes * 1.2) + 1

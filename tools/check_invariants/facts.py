"""What a copy of the system has stored, as rows; the checks read nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from tools.check_invariants.journal import Asked

Row = Any  # a row of some table, an attribute for each column
Key = TypeVar("Key")
LIVE = ("HELD", "PAYING", "CONFIRMED")


@dataclass(frozen=True)
class Violation:
    """One thing that is not as promised. `kind`: missing, doubled, late or wrong."""

    kind: str
    subject: str
    words: str


@dataclass(frozen=True)
class Limits:
    """How long something may take before it is late."""

    hold: timedelta = timedelta(seconds=6)  # a round of the sweeper and five seconds
    unsent: timedelta = timedelta(seconds=30)
    stuck: timedelta = timedelta(seconds=60)
    payer: timedelta = timedelta(minutes=12)  # a payer may take his time at the bank


@dataclass(frozen=True)
class Figure:
    """A line of a sales report: revenue, given back, bookings, tickets."""

    report: str
    currency: str
    key: str
    values: tuple[int, int, int, int]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything that was read at one moment, `now` by the clock of booking's database."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    limits: Limits = Limits()
    # booking_db
    bookings: Sequence[Row] = ()
    claims: Sequence[Row] = ()
    tickets: Sequence[Row] = ()
    showtimes: Sequence[Row] = ()
    steps: Sequence[Row] = ()
    attempts: Sequence[Row] = ()
    refunds_due: Sequence[Row] = ()
    answers: Sequence[Row] = ()
    plans: Mapping[str, frozenset[str]] = field(default_factory=dict)  # seat ids by plan
    figures: Sequence[Figure] = ()
    # payment_db: our books, then the provider's
    payments: Sequence[Row] = ()
    refunds: Sequence[Row] = ()
    charges: Sequence[Row] = ()
    provider_refunds: Sequence[Row] = ()
    deliveries: Sequence[Row] = ()
    # coupon_db
    coupons: Sequence[Row] = ()
    coupon_uses: Sequence[Row] = ()
    coupon_counts: Sequence[Row] = ()
    members: Sequence[Row] = ()
    # notification_db, movie_db, user_db
    notifications: Sequence[Row] = ()
    visits: Sequence[Row] = ()
    audit: Sequence[Row] = ()
    # of every service
    outboxes: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    inboxes: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    subscribers: Mapping[str, frozenset[str]] = field(default_factory=dict)  # of an event's name
    # Redis and broker; None where they were not asked
    depths: Mapping[str, int] | None = None
    dead_letters: Mapping[str, Sequence[str]] | None = None
    poison: frozenset[str] = frozenset()
    locks: Mapping[tuple[str, str], str] | None = None
    seat_maps: Mapping[str, Mapping[str, str]] | None = None
    # what a client was told; None without a journal
    journal: Sequence[Asked] | None = None

    def events(self, name: str) -> list[Row]:
        """Events called `name`, of whichever service."""
        return [row for rows in self.outboxes.values() for row in rows if row.name == name]


def is_sample(row_id: str) -> bool:
    """Whether an id belongs to the sample data: made from names (UUIDv5), so no event ever told of it."""
    return len(row_id) == 36 and row_id[14] == "5"


def by(rows: Iterable[Row], key: Callable[[Row], Key]) -> dict[Key, list[Row]]:
    """Rows grouped by `key`; a missing group is an empty list."""
    groups: dict[Key, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups

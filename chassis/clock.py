"""Time as an argument: the system's clock, and one that a test can set."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time as an aware UTC datetime."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SetClock:
    """A clock that stands still until somebody moves it; for tests and simulations."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)
        self._lock = threading.Lock()

    def now(self) -> datetime:
        with self._lock:
            return self._at

    def set(self, at: datetime) -> None:
        """Jump to an aware instant."""
        with self._lock:
            self._at = at.astimezone(UTC)

    def advance(self, **amount: float) -> None:
        """Move on by a timedelta given as keywords, e.g. `minutes=10`."""
        with self._lock:
            self._at += timedelta(**amount)


SYSTEM_CLOCK = SystemClock()

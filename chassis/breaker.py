"""Circuit breaker: after some failures nobody waits any more for one who does not answer.

Calls run side by side: only the count is guarded, never the call. (pybreaker holds its lock while the call
runs, so one slow answer made every other caller of the same sibling wait.)
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime

FAILURES = 5
WITHIN_SECONDS = 60.0
OPEN_SECONDS = 30.0
PROBE_SECONDS = 1.0


class Breaker:
    """Closed: calls pass. Open: they are refused until OPEN_SECONDS are over, or a probe finds the other alive."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures: deque[float] = deque(maxlen=FAILURES)
        self._open_until: float | None = None
        self._next_probe = 0.0
        self._since: datetime | None = None
        self._last_error: str | None = None

    @property
    def state(self) -> str:
        """closed, open or half-open (the next call decides)."""
        with self._lock:
            if self._open_until is None:
                return "closed"
            return "open" if self._clock() < self._open_until else "half-open"

    def told(self) -> dict[str, str | None]:
        """How it stands, since when (None: always closed), and what failed last, as plain values."""
        state = self.state
        with self._lock:
            since = None if self._since is None else self._since.isoformat(timespec="seconds")
            return {"state": state, "since": since, "lastError": self._last_error}

    def allows(self) -> bool:
        """Whether a call may be made now; when half-open, one caller is let through and the others wait for it."""
        with self._lock:
            now = self._clock()
            if self._open_until is None:
                return True
            if now < self._open_until:
                return False
            self._open_until = now + OPEN_SECONDS
            return True

    def may_probe(self) -> bool:
        """Whether it is this caller's turn to look if the other is alive: once a second while open."""
        with self._lock:
            now = self._clock()
            if self._open_until is None or now < self._next_probe:
                return False
            self._next_probe = now + PROBE_SECONDS
            return True

    def succeeded(self) -> None:
        """An answer came: calls pass again."""
        with self._lock:
            self._failures.clear()
            if self._open_until is not None:
                self._since = datetime.now(UTC)
            self._open_until = None

    def failed(self, error: str = "no answer") -> None:
        """No answer came, for this reason; the fifth within a minute opens the breaker."""
        with self._lock:
            now = self._clock()
            self._failures.append(now)
            self._last_error = error
            if len(self._failures) == FAILURES and now - self._failures[0] <= WITHIN_SECONDS:
                if self._open_until is None:
                    self._since = datetime.now(UTC)
                self._open_until = now + OPEN_SECONDS
                self._next_probe = now + PROBE_SECONDS

"""Circuit breaker: after some failures nobody waits any more for one who does not answer.

Calls run side by side: only the count is guarded, never the call. (pybreaker holds its lock while the call
runs, so one slow answer made every other caller of the same sibling wait.)
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

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

    @property
    def state(self) -> str:
        """closed, open or half-open (the next call decides)."""
        with self._lock:
            if self._open_until is None:
                return "closed"
            return "open" if self._clock() < self._open_until else "half-open"

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
            self._open_until = None

    def failed(self) -> None:
        """No answer came; the fifth within a minute opens the breaker."""
        with self._lock:
            now = self._clock()
            self._failures.append(now)
            if len(self._failures) == FAILURES and now - self._failures[0] <= WITHIN_SECONDS:
                self._open_until = now + OPEN_SECONDS
                self._next_probe = now + PROBE_SECONDS

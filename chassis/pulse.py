"""How this process is doing at present: how many requests, how slow, how many failed, in the last minutes."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

WINDOW_SECONDS = 300.0
# Enough for a p95 that means something; a busy process looks back on less than the whole window.
MOST_KEPT = 2000


@dataclass(frozen=True)
class Reading:
    """Figures of the window; without a request there is neither a p95 nor a rate. `error_rate` is 0 to 1."""

    requests: int
    p95_milliseconds: int | None
    error_rate: float | None


class Pulse:
    """Remembers the latest requests. Safe to use from many threads; `clock` gives monotonic seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._beats: deque[tuple[float, float, bool]] = deque(maxlen=MOST_KEPT)

    def note(self, seconds: float, *, failed: bool) -> None:
        """One request was answered, or failed for a reason of ours."""
        with self._lock:
            self._beats.append((self._clock(), seconds, failed))

    def read(self) -> Reading:
        """The figures now."""
        since = self._clock() - WINDOW_SECONDS
        with self._lock:
            while self._beats and self._beats[0][0] < since:
                self._beats.popleft()
            beats = list(self._beats)
        if not beats:
            return Reading(0, None, None)
        took = sorted(seconds for _, seconds, _ in beats)
        failed = sum(1 for beat in beats if beat[2])
        # Nearest rank: the smallest value that 95 of 100 don't exceed.
        slowest = took[max(0, -(-len(took) * 95 // 100) - 1)]
        return Reading(len(beats), round(slowest * 1000), round(failed / len(beats), 4))


PULSE = Pulse()  # of the process: its one application beats, its health tells

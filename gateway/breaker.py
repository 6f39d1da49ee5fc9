"""Circuit breakers: a member that keeps failing is left alone for a while, and let in as soon as it is well.

Five failures within a minute open a breaker for thirty seconds. A thread of its own asks every member behind an
open breaker each second whether it lives; the first yes closes it, so that a restart is felt at once.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum

from chassis.logs import log

FAILURES_TO_OPEN = 5
WINDOW_SECONDS = 60.0
OPEN_SECONDS = 30.0
PROBE_EVERY_SECONDS = 1.0


class State(Enum):
    """Closed lets all through, open none, half-open one that decides."""

    CLOSED = "closed"
    HALF_OPEN = "half_open"
    OPEN = "open"


@dataclass
class _Circuit:
    failed_at: deque[float] = field(default_factory=lambda: deque(maxlen=FAILURES_TO_OPEN))
    opened_at: float | None = None
    tried_at: float | None = None
    opened_times: int = 0
    changed_at: datetime | None = None
    last_error: str | None = None

    def let_one_try(self, now: float) -> bool:
        """Whether a request may pass the open breaker: one, once it has been open long enough."""
        if self.opened_at is None:  # it closed while we waited for the lock
            return True
        if now - max(self.opened_at, self.tried_at or self.opened_at) < OPEN_SECONDS:
            return False
        self.tried_at = now
        return True


class Breakers:
    """One breaker a member. Safe to use from many threads; `clock` gives monotonic seconds."""

    def __init__(self, names: Iterable[str] = (), clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._circuits: dict[str, _Circuit] = {name: _Circuit() for name in names}
        self._lock = threading.Lock()

    def allows(self, name: str) -> bool:
        """Whether a request may go to `name` now; past the open time one is let through to try."""
        circuit = self._circuits.get(name)
        if circuit is None or circuit.opened_at is None:
            return True
        now = self._clock()
        with self._lock:
            return circuit.let_one_try(now)

    def record(self, name: str, succeeded: bool, error: str = "no answer") -> None:
        """Hear how a request to `name` went; `error`: in a word, why not well."""
        circuit = self._circuits.get(name)
        if succeeded:
            if circuit is not None and (circuit.opened_at is not None or circuit.failed_at):
                self.close(name)
            return
        now = self._clock()
        with self._lock:
            circuit = self._circuits.setdefault(name, _Circuit())
            circuit.failed_at.append(now)
            circuit.last_error = error
            full = len(circuit.failed_at) == FAILURES_TO_OPEN and now - circuit.failed_at[0] <= WINDOW_SECONDS
            tried = circuit.opened_at is not None and circuit.tried_at is not None
            if not (full or tried):
                return
            opens = circuit.opened_at is None
            circuit.opened_at, circuit.tried_at = now, None
            circuit.opened_times += opens
            if opens:
                circuit.changed_at = datetime.now(UTC)
        if opens:
            log().warning("breaker opened", subgraph=name)

    def close(self, name: str) -> None:
        """Let everything through again, because `name` was seen to be well."""
        with self._lock:
            circuit = self._circuits.setdefault(name, _Circuit())
            was_open = circuit.opened_at is not None
            circuit.opened_at = circuit.tried_at = None
            circuit.failed_at.clear()
            if was_open:
                circuit.changed_at = datetime.now(UTC)
        if was_open:
            log().info("breaker closed", subgraph=name)

    def open_names(self) -> list[str]:
        """The members that are left alone at present."""
        with self._lock:
            return [name for name, circuit in self._circuits.items() if circuit.opened_at is not None]

    def state(self, name: str) -> State:
        """How the breaker of `name` stands."""
        with self._lock:
            circuit = self._circuits.get(name)
            if circuit is None or circuit.opened_at is None:
                return State.CLOSED
            return State.OPEN if self._clock() - circuit.opened_at < OPEN_SECONDS else State.HALF_OPEN

    def told(self) -> dict[str, dict[str, str | None]]:
        """How each breaker stands, since when (None: always closed), and what failed last, as plain values."""
        with self._lock:
            known = dict(self._circuits)
        return {
            name: {
                "state": self.state(name).value,
                "since": circuit.changed_at.isoformat(timespec="seconds") if circuit.changed_at else None,
                "lastError": circuit.last_error,
            }
            for name, circuit in known.items()
        }

    def times_opened(self) -> dict[str, int]:
        """How often each breaker has opened since the start."""
        with self._lock:
            return {name: circuit.opened_times for name, circuit in self._circuits.items()}


class Prober:
    """Asks members behind open breakers whether they live, and closes the breakers of those that do."""

    def __init__(
        self, breakers: Breakers, lives: Callable[[str], bool], every_seconds: float = PROBE_EVERY_SECONDS
    ) -> None:
        self._breakers = breakers
        self._lives = lives
        self._every_seconds = every_seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="prober", daemon=True)

    def start(self) -> None:
        """Begin probing, in the background."""
        self._thread.start()

    def stop(self) -> None:
        """End probing."""
        self._stopping.set()

    def probe_once(self) -> None:
        """One round."""
        for name in self._breakers.open_names():
            if self._lives(name):
                self._breakers.close(name)

    def _run(self) -> None:
        while not self._stopping.wait(self._every_seconds):
            self.probe_once()

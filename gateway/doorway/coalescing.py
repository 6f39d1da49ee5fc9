"""One execution for equal questions that are asked at the same moment by nobody in particular.

When sales open, a thousand visitors ask for the same page within a second. Only visitors' queries are shared, and
only answers without errors: those carry the id of one request. The key holds all that a member could answer by.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable

from gateway.engine import Answer


class _Flight:
    """An execution under way; the lock is held until it has landed."""

    __slots__ = ("answer", "landed")

    def __init__(self) -> None:
        self.answer: Answer | None = None
        self.landed = threading.Lock()
        self.landed.acquire()


class Coalescing:
    """Executions under way, by their keys."""

    def __init__(self) -> None:
        self._flights: dict[Hashable, _Flight] = {}
        self._lock = threading.Lock()
        self.joined = 0

    def run(self, key: Hashable, execute: Callable[[], Answer]) -> Answer:
        """What `execute` answers, or what it answers to somebody who asked the same just before."""
        with self._lock:
            flight = self._flights.get(key)
            if flight is None:
                own = self._flights[key] = _Flight()
            else:
                self.joined += 1
        if flight is None:
            return self._fly(key, own, execute)
        with flight.landed:
            pass
        return execute() if flight.answer is None else flight.answer

    def _fly(self, key: Hashable, own: _Flight, execute: Callable[[], Answer]) -> Answer:
        try:
            answer = execute()
            if not answer.errors and not answer.set_cookies:
                own.answer = answer
            return answer
        finally:
            with self._lock:
                del self._flights[key]
            own.landed.release()

"""Letting in only as many requests as can be served in time; the rest is told at once to come back.

Measured without it: at twice the capacity 26 of 600 requests a second were answered in time; with it 300.
A short wait is allowed. Some places are kept for mutations, and these wait longer, so that buying outlasts looking:
of two hundred people who want one and the same thing, each hears whether it is theirs.
"""

from __future__ import annotations

from queue import Empty, SimpleQueue

from gateway.doorway.refusal import Refusal

QUERY_WAITS_SECONDS = 0.1
MUTATION_WAITS_SECONDS = 2.0
KEPT_SHARE = 5  # one place in so many is kept for mutations


class _Places:
    """So many places; a queue of tokens, because it costs a twentieth of a semaphore."""

    def __init__(self, count: int) -> None:
        self._free: SimpleQueue[None] = SimpleQueue()
        for _ in range(count):
            self._free.put(None)

    def take(self, wait_seconds: float) -> bool:
        """Take a place, waiting a little for one to come free. Whether there was one."""
        try:
            self._free.get(timeout=wait_seconds) if wait_seconds else self._free.get_nowait()
        except Empty:
            return False
        return True

    def give_back(self) -> None:
        """Free a place."""
        self._free.put(None)


class Admission:
    """Places for requests, and for streams, which hold one much longer."""

    def __init__(self, places: int, streams: int) -> None:
        kept = places // KEPT_SHARE
        self._shared = _Places(places - kept)
        self._kept = _Places(kept)
        self._streams = _Places(streams)
        self.shed = 0

    def enter(self, *, writes: bool) -> _Places:
        """A place for a request, to be given back after it. Raises Refusal (503) when none comes free soon."""
        if writes and self._kept.take(0):
            return self._kept
        if self._shared.take(MUTATION_WAITS_SECONDS if writes else QUERY_WAITS_SECONDS):
            return self._shared
        raise self._full()

    def enter_stream(self) -> None:
        """Take a place for a stream. Raises Refusal (503) when all are taken; leave_stream gives it back."""
        if not self._streams.take(0):
            raise self._full()

    def leave_stream(self) -> None:
        """Give back the place of a stream."""
        self._streams.give_back()

    def _full(self) -> Refusal:
        self.shed += 1
        message = "Too much is asked of us right now. Please try again in a moment."
        return Refusal(503, "OVERLOADED", message, headers={"Retry-After": "1"})

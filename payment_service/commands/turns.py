"""Places before the provider: a slow one may keep some threads waiting, never all of them.

Problem: a crowd before a healthy provider should queue for a moment, a crowd before a silent one should not, or every
thread would stand there. Idea: who finds all places taken looks how long the others have been inside; while most of
them have just come it is worth a short wait. Price: in the first second of a silence some wait in vain.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from functools import cache
from threading import Condition

from payment_service.settings import PaymentSettings

PATIENCE_SECONDS = 1.0  # inside for longer: the provider is slow
TURN_SECONDS = 1.5


class NoTurn(Exception):
    """All places are taken; the provider was not asked."""


class Places:
    """So many at once; the others wait shortly, or not at all."""

    def __init__(
        self, at_once: int, clock: Callable[[], float] = time.monotonic, turn_seconds: float = TURN_SECONDS
    ) -> None:
        self._at_once = at_once
        self._turn_seconds = turn_seconds
        self._clock = clock
        self._freed = Condition()
        self._entered: list[float] = []

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """One of the places. Raises NoTurn."""
        with self._freed:
            if not self._freed.wait_for(lambda: self._is_free() or self._is_slow(), self._turn_seconds):
                raise NoTurn
            if not self._is_free():
                raise NoTurn
            entered = self._clock()
            self._entered.append(entered)
        try:
            yield
        finally:
            with self._freed:
                self._entered.remove(entered)
                self._freed.notify()

    def _is_free(self) -> bool:
        return len(self._entered) < self._at_once

    def _is_slow(self) -> bool:
        """Whether half of those inside have been there for long; they are in the order in which they came."""
        return self._clock() - self._entered[len(self._entered) // 2] > PATIENCE_SECONDS


def a_turn(settings: PaymentSettings) -> contextlib.AbstractContextManager[None]:
    """One of the few places before the provider. Raises NoTurn."""
    return _places(settings.provider_calls_at_once).turn()


@cache
def _places(at_once: int) -> Places:
    """One set for the whole process."""
    return Places(at_once)

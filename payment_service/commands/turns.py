"""Places before the provider: a slow one may keep some threads waiting, never all of them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from threading import BoundedSemaphore

from payment_service.settings import PaymentSettings

TURN_SECONDS = 1.5
WAITING = 2  # more would be as many threads lost


class NoTurn(Exception):
    """All places are taken; the provider was not asked."""


@dataclass(frozen=True)
class _Places:
    """Those who are with the provider, and those who wait to be."""

    inside: BoundedSemaphore
    before: BoundedSemaphore


@contextlib.contextmanager
def a_turn(settings: PaymentSettings) -> Iterator[None]:
    """One of the few places before the provider, waited for shortly and by few. Raises NoTurn."""
    places = _places(settings.provider_calls_at_once)
    if not places.inside.acquire(blocking=False) and not _waited_for(places):
        raise NoTurn
    try:
        yield
    finally:
        places.inside.release()


def _waited_for(places: _Places) -> bool:
    if not places.before.acquire(blocking=False):
        return False
    try:
        return places.inside.acquire(timeout=TURN_SECONDS)
    finally:
        places.before.release()


@cache
def _places(at_once: int) -> _Places:
    """One set for the whole process."""
    return _Places(BoundedSemaphore(at_once), BoundedSemaphore(WAITING))

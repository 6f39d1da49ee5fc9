"""Passwords: HMAC-SHA-256 with the pepper, then bcrypt, in a small pool so that sign-ins can't eat the machine.

bcrypt reads 72 bytes; the HMAC in front makes every password, however long, 44 characters of base 64. One hash
of cost 12 is a fifth of a second of processor time: beyond `workers` at once people wait, beyond the patience
they are asked to come back.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading
import unicodedata
from functools import lru_cache

import bcrypt

from chassis.errors import Unavailable
from user_service.settings import UserSettings


class Hasher:
    """Hashes and compares passwords; safe to share between threads."""

    def __init__(self, pepper: str, cost: int, workers: int, patience_seconds: float) -> None:
        self._pepper = pepper.encode()
        self._cost = cost
        self._patience = patience_seconds
        self._places = threading.BoundedSemaphore(workers)
        # Compared with when nobody has the address, so that it takes as long as when somebody has.
        self._nobody = bcrypt.hashpw(b"nobody", bcrypt.gensalt(cost))

    def hash(self, password: str) -> str:
        """What is stored for `password`. Raises Unavailable when too many wait."""
        with _Place(self._places, self._patience):
            return bcrypt.hashpw(self._peppered(password), bcrypt.gensalt(self._cost)).decode()

    def matches(self, password: str, stored: str | None) -> bool:
        """Whether `stored` was made from `password`; the same work when nothing is stored. Raises Unavailable."""
        with _Place(self._places, self._patience):
            known = stored.encode() if stored else self._nobody
            return bcrypt.checkpw(self._peppered(password), known) and stored is not None

    def _peppered(self, password: str) -> bytes:
        text = unicodedata.normalize("NFC", password).encode()
        return base64.b64encode(hmac.new(self._pepper, text, hashlib.sha256).digest())


class _Place:
    """One of the places in the pool."""

    def __init__(self, places: threading.BoundedSemaphore, patience_seconds: float) -> None:
        self._places = places
        self._patience = patience_seconds

    def __enter__(self) -> None:
        if not self._places.acquire(timeout=self._patience):
            raise Unavailable("Many people sign in right now. Please try again in a moment.")

    def __exit__(self, *_reason: object) -> None:
        self._places.release()


def hasher(settings: UserSettings) -> Hasher:
    """The process's hasher for these settings."""
    return _hasher(
        settings.password_pepper,
        settings.bcrypt_cost,
        settings.hashing_workers,
        settings.hashing_wait_seconds,
    )


@lru_cache(maxsize=4)
def _hasher(pepper: str, cost: int, workers: int, patience_seconds: float) -> Hasher:
    return Hasher(pepper, cost, workers, patience_seconds)

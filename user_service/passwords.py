"""Passwords: HMAC-SHA-256 with the pepper, then bcrypt, in a small pool so that sign-ins can't eat the machine.

bcrypt reads 72 bytes; the HMAC in front makes every password, however long, 44 characters of base 64. One hash
of cost 12 is a fifth of a second of processor time: beyond `workers` at once people wait, beyond the queue or the
patience they are asked to come back.
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

    def __init__(self, pepper: str, cost: int, workers: int, queue: int, patience_seconds: float) -> None:
        self._pepper = pepper.encode()
        self._cost = cost
        self._pool = _Pool(workers, queue, patience_seconds)
        # Compared with when nobody has the address, so that it takes as long as when somebody has.
        self._nobody = bcrypt.hashpw(b"nobody", bcrypt.gensalt(cost))

    def hash(self, password: str) -> str:
        """What is stored for `password`. Raises Unavailable when too many wait."""
        with self._pool:
            return bcrypt.hashpw(self._peppered(password), bcrypt.gensalt(self._cost)).decode()

    def matches(self, password: str, stored: str | None) -> bool:
        """Whether `stored` was made from `password`; the same work when nothing is stored. Raises Unavailable."""
        with self._pool:
            known = stored.encode() if stored else self._nobody
            return bcrypt.checkpw(self._peppered(password), known) and stored is not None

    def _peppered(self, password: str) -> bytes:
        text = unicodedata.normalize("NFC", password).encode()
        return base64.b64encode(hmac.new(self._pepper, text, hashlib.sha256).digest())


class _Pool:
    """Places to work at, and as many to wait at: a crowd at the sign-in must not take every thread of the service."""

    def __init__(self, workers: int, queue: int, patience_seconds: float) -> None:
        self._inside = threading.BoundedSemaphore(workers + queue)
        self._working = threading.BoundedSemaphore(workers)
        self._patience = patience_seconds

    def __enter__(self) -> None:
        if not self._inside.acquire(blocking=False):
            raise _busy()
        if not self._working.acquire(timeout=self._patience):
            self._inside.release()
            raise _busy()

    def __exit__(self, *_reason: object) -> None:
        self._working.release()
        self._inside.release()


def _busy() -> Unavailable:
    return Unavailable("Many people sign in right now. Please try again in a moment.")


def hasher(settings: UserSettings) -> Hasher:
    """The process's hasher for these settings."""
    return _hasher(
        settings.password_pepper,
        settings.bcrypt_cost,
        settings.hashing_workers,
        settings.hashing_queue,
        settings.hashing_wait_seconds,
    )


@lru_cache(maxsize=4)
def _hasher(pepper: str, cost: int, workers: int, queue: int, patience_seconds: float) -> Hasher:
    return Hasher(pepper, cost, workers, queue, patience_seconds)

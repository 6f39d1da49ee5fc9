"""Statements of callers, made and read; each is kept for some seconds, since signing costs more than looking up.

What is kept stands for exactly the same words: the same person, role, places and session, from the same room, for
the same service. A kept one is never used longer than it says it lives.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from chassis.identity import LEEWAY_SECONDS, Caller, read_statement, sign_caller
from chassis.room_keys import RoomKeys

REUSED_SECONDS = 20.0  # signed for 60: what is used again still has 40 to live
KEPT_MADE = 20_000
KEPT_READ = 4_000


class Statements:
    """Signed statements in the name of one room."""

    def __init__(self, secret: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._secret = secret
        self._clock = clock
        self._signed: dict[tuple[Caller, str], tuple[str, float]] = {}

    def of(self, caller: Caller, audience: str) -> str:
        """What the service named `audience` is told of `caller`."""
        key, now = (caller, audience), self._clock()
        known = self._signed.get(key)
        if known is not None and now < known[1]:
            return known[0]
        if len(self._signed) >= KEPT_MADE:
            self._signed.clear()
        statement = sign_caller(caller, audience, self._secret)
        self._signed[key] = (statement, now + REUSED_SECONDS)
        return statement


class CallerReader:
    """Reads statements for one service."""

    def __init__(self, audience: str, keys: RoomKeys, clock: Callable[[], float] = time.time) -> None:
        self._audience = audience
        self._keys = keys
        self._clock = clock
        self._read: dict[str, tuple[Caller, float]] = {}

    def read(self, statement: str) -> Caller:
        """The caller stated. Raises Unauthenticated as `chassis.identity.read_statement` does."""
        known = self._read.get(statement)
        if known is not None and self._clock() < known[1]:
            return known[0]
        caller, expires = read_statement(statement, self._audience, self._keys)
        if len(self._read) >= KEPT_READ:
            self._read.clear()
        self._read[statement] = (caller, expires + LEEWAY_SECONDS)
        return caller

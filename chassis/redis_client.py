"""A Redis client that never makes anybody wait twice: Redis spares work here, it never decides.

Problem: a Redis that is silent, not gone, costs the full timeout with every command, and one request sends several.
Idea: after a failure the whole process leaves it alone for a moment; commands fail at once meanwhile, and those who
use it go on without it. Price: for that moment nobody notices that it is back.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as NoConnection
from redis.exceptions import TimeoutError as NoAnswer
from redis.retry import Retry

TIMEOUT_SECONDS = 0.5
PAUSE_SECONDS = 1.0


class LeftAlone(Retry):
    """One try for each command, and none at all for a moment after one that failed."""

    __hash__ = Retry.__hash__

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(NoBackoff(), 0)
        self._clock = clock
        self._until = float("-inf")

    def __deepcopy__(self, _memo: dict[int, Any]) -> LeftAlone:
        return self  # redis copies it for each connection; all of them are to know

    def call_with_retry(self, do: Callable[[], Any], *arguments: Any, **options: Any) -> Any:
        """Run `do` once. Raises redis.ConnectionError without running it while Redis is left alone."""
        if self._clock() < self._until:
            raise NoConnection("Redis did not answer a moment ago")
        try:
            return super().call_with_retry(do, *arguments, **options)
        except (NoConnection, NoAnswer):
            self._until = self._clock() + PAUSE_SECONDS
            raise


@lru_cache(maxsize=16)
def patience_with(_url: str) -> LeftAlone:
    """What this process remembers of the Redis at that address, shared by all its clients."""
    return LeftAlone()


def redis_client(url: str) -> redis.Redis:
    """A client that gives up quickly. Its commands raise redis.RedisError."""
    return redis.Redis.from_url(
        url,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        health_check_interval=30,
        retry=patience_with(url),
    )

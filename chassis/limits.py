"""How often somebody may do something: counted in Redis, in this process alone while Redis is away."""

from __future__ import annotations

import ipaddress
import time
from functools import lru_cache
from typing import Any, cast

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from chassis.errors import RateLimited
from chassis.identity import Caller
from chassis.logs import log
from chassis.redis_client import TIMEOUT_SECONDS, patience_with
from chassis.runtime import Runtime

WRITES = "writes_per_minute"

NETWORK_BITS = 64


def source_of(address: str | None) -> str:
    """Whom a visitor's address counts for: itself, or of IPv6 its network of 64 bits, which one line is given whole."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return address or "unknown"
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, NETWORK_BITS), strict=False))


class RateLimiter:
    """Moving-window limits. When Redis fails they go on per process: safe, not open."""

    def __init__(self, redis_url: str, prefix: str) -> None:
        self._prefix = prefix
        # Any: these go to the Redis client; the library's own annotation knows plain values alone.
        options: Any = {"socket_timeout": TIMEOUT_SECONDS, "socket_connect_timeout": TIMEOUT_SECONDS}
        options["retry"] = patience_with(redis_url)
        shared = cast(Storage, storage_from_string(redis_url, **options))
        self._shared = MovingWindowRateLimiter(shared)
        self._local = MovingWindowRateLimiter(MemoryStorage())

    def hit(self, name: str, key: str, *, limit: int, per_seconds: int) -> None:
        """Count one use of `name` by `key`. Raises RateLimited, with the seconds to wait, beyond `limit`."""
        item = RateLimitItemPerSecond(limit, per_seconds, namespace=self._prefix)
        try:
            limiter, allowed = self._shared, self._shared.hit(item, name, key)
        except Exception as error:  # noqa: BLE001  # whatever the storage raises: count here instead
            log().warning("limits count locally", error=repr(error))
            limiter, allowed = self._local, self._local.hit(item, name, key)
        if not allowed:
            reset = limiter.get_window_stats(item, name, key).reset_time
            raise RateLimited(retry_after_seconds=max(1, int(reset - time.time()) + 1))


def count_use(runtime: Runtime[Any], caller: Caller, setting: str) -> None:
    """Count one use by a person of what `setting` (e.g. writes_per_minute) limits, over all services together.

    Visitors and siblings are not counted here: what visitors may do has limits of its own, by source. Raises
    RateLimited.
    """
    if caller.user_id is None or caller.is_peer:
        return
    settings = runtime.settings
    limiter = shared_limiter(settings.redis_url, settings.prefix)
    limiter.hit(setting, caller.user_id, limit=getattr(settings, setting), per_seconds=60)


@lru_cache(maxsize=8)
def shared_limiter(redis_url: str, prefix: str) -> RateLimiter:
    """The process's limiter at one Redis, for limits that start with `prefix`."""
    return RateLimiter(redis_url, prefix)

"""What the gateway has noticed of itself and of those behind it, laid in Redis for whoever shows it.

Services can't ask the gateway: it stands in front of them, at an address that only browsers know. A note ends by
itself, so that one who died says nothing any more.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

import orjson
import redis

LIFE_SECONDS = 10
EVERY_SECONDS = 2.0
_PATTERN = "notes:gateway:*"


def leave(client: redis.Redis, who: str, note: Mapping[str, Any]) -> None:
    """Lay the note of the gateway process `who`. Raises redis.RedisError."""
    client.set(f"notes:gateway:{who}", orjson.dumps(dict(note)), ex=LIFE_SECONDS)


def latest(client: redis.Redis) -> dict[str, Any] | None:
    """All gateways' notes as one: requests added up, otherwise the worst of each; None without any, or without Redis."""
    found: list[dict[str, Any]] = []
    with contextlib.suppress(redis.RedisError):
        names = list(client.scan_iter(match=_PATTERN, count=1000))
        texts: list[Any] = client.mget(names) if names else []
        found = [orjson.loads(text) for text in texts if text]
    return _worst(found) if found else None


def _worst(notes: list[dict[str, Any]]) -> dict[str, Any]:
    order = ("closed", "half_open", "open")
    breakers: dict[str, dict[str, Any]] = {}
    for note in notes:
        for name, facts in note["breakers"].items():
            known = breakers.get(name)
            if known is None or order.index(facts["state"]) > order.index(known["state"]):
                breakers[name] = facts
    return {
        "requests": sum(note["requests"] for note in notes),
        "p95Milliseconds": max((note["p95Milliseconds"] or 0 for note in notes), default=0) or None,
        "errorRate": max((note["errorRate"] or 0.0 for note in notes), default=0.0),
        "breakers": breakers,
    }

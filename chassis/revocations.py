"""Sessions that ended before their access tokens did, told to every room through the shared Redis."""

from __future__ import annotations

import redis

COUNT = "revoked:count"


class Revocations:
    """Marks of ended sessions; each lives as long as the longest access token that may still be about."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client

    def revoke(self, session_id: str, seconds: int) -> None:
        """Refuse the access tokens of `session_id` for `seconds`. Raises redis.RedisError when Redis is down."""
        both = self._client.pipeline(transaction=True)
        both.set(_key(session_id), b"1", ex=max(1, seconds))
        both.incr(COUNT)
        both.execute()

    def is_revoked(self, session_id: str) -> bool:
        """Whether the session has ended. Raises redis.RedisError when Redis is down."""
        return bool(self._client.exists(_key(session_id)))

    def count(self) -> int:
        """How many were revoked so far: as long as it stays the same none was. Raises redis.RedisError."""
        return int(self._client.get(COUNT) or 0)


def _key(session_id: str) -> str:
    return f"revoked:session:{session_id}"

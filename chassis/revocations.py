"""Sessions that ended before their access tokens did, told to every room through the shared Redis."""

from __future__ import annotations

import redis


class Revocations:
    """Marks of ended sessions; each lives as long as the longest access token that may still be about."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client

    def revoke(self, session_id: str, seconds: int) -> None:
        """Refuse the access tokens of `session_id` for `seconds`. Raises redis.RedisError when Redis is down."""
        self._client.set(_key(session_id), b"1", ex=max(1, seconds))

    def is_revoked(self, session_id: str) -> bool:
        """Whether the session has ended. Raises redis.RedisError when Redis is down."""
        return bool(self._client.exists(_key(session_id)))


def _key(session_id: str) -> str:
    return f"revoked:session:{session_id}"

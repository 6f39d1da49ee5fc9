"""Sessions that ended before their access tokens did, told to every room through the shared Redis."""

from __future__ import annotations

import secrets

import redis

LATEST = "revoked:latest"


class Revocations:
    """Marks of ended sessions; each lives as long as the longest access token that may still be about."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client

    def revoke(self, session_id: str, seconds: int) -> None:
        """Refuse the access tokens of `session_id` for `seconds`. Raises redis.RedisError when Redis is down."""
        both = self._client.pipeline(transaction=True)
        both.set(_key(session_id), b"1", ex=max(1, seconds))
        both.set(LATEST, secrets.randbits(62))
        both.execute()

    def is_revoked(self, session_id: str) -> bool:
        """Whether the session has ended. Raises redis.RedisError when Redis is down."""
        return bool(self._client.exists(_key(session_id)))

    def latest(self) -> int:
        """A number that each of them changes: as long as it stays the same none was revoked. Raises redis.RedisError.

        Drawn, not counted: a Redis that was emptied would count up to the old number again.
        """
        return int(self._client.get(LATEST) or 0)


def _key(session_id: str) -> str:
    return f"revoked:session:{session_id}"

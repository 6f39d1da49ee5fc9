"""Ended sessions: every room hears of each of them, whatever became of Redis meanwhile."""

from __future__ import annotations

import redis

from chassis.revocations import Revocations


def test_the_number_changes_with_each_end_though_redis_was_emptied_between(redis_client: redis.Redis) -> None:
    """Who looks twice a second must not take a Redis that was emptied, and told of one more, for an old one."""
    revocations, seen = Revocations(redis_client), set()

    for number in range(20):
        redis_client.flushdb()
        revocations.revoke(f"session-{number}", 60)
        seen.add(revocations.latest())

    assert len(seen) == 20


def test_an_end_is_known_for_as_long_as_a_token_may_live(redis_client: redis.Redis) -> None:
    revocations = Revocations(redis_client)
    revocations.revoke("session-1", 60)

    assert revocations.is_revoked("session-1")
    assert not revocations.is_revoked("session-2")
    assert 0 < redis_client.ttl("revoked:session:session-1") <= 60

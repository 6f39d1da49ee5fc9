"""Redis spares work: one that is silent must not make anybody wait for each command."""

import socket

import pytest
import redis

from chassis.clock import SetClock
from chassis.errors import RateLimited
from chassis.limits import RateLimiter
from chassis.redis_client import PAUSE_SECONDS, LeftAlone, redis_client
from chassis.testing import NOON, REDIS_URL


class Ticking:
    """Seconds that pass only when the test says so."""

    def __init__(self):
        self.clock = SetClock(NOON)

    def __call__(self):
        return self.clock.now().timestamp()


def test_after_a_failure_nobody_waits_for_redis_until_the_pause_is_over():
    seconds, tries = Ticking(), []
    patience = LeftAlone(seconds)

    def silent():
        tries.append(1)
        raise redis.TimeoutError

    for _ in range(3):
        with pytest.raises(redis.RedisError):
            patience.call_with_retry(silent, lambda _error: None)
    assert len(tries) == 1

    seconds.clock.advance(seconds=PAUSE_SECONDS)
    assert patience.call_with_retry(lambda: "back", lambda _error: None) == "back"


def test_a_redis_that_accepts_and_says_nothing_is_asked_once_by_all_clients_of_a_process():
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        first, second = redis_client(url), redis_client(url)
        for client in (first, first, second, second):
            with pytest.raises(redis.RedisError):
                client.get("anything")
        server.settimeout(5)
        server.accept()[0].close()
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_refusal_of_redis_itself_is_no_silence(redis_client):
    client = redis.Redis.from_url(REDIS_URL, retry=LeftAlone())
    client.set("word", "text")
    with pytest.raises(redis.ResponseError):
        client.incr("word")
    assert client.get("word") == b"text"


def test_limits_are_counted_without_waiting_once_redis_was_found_silent():
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        with pytest.raises(redis.RedisError):
            redis_client(url).get("anything")
        limiter = RateLimiter(url, "test")
        limiter.hit("writes", "ana", limit=1, per_seconds=60)
        with pytest.raises(RateLimited):
            limiter.hit("writes", "ana", limit=1, per_seconds=60)
        server.settimeout(5)
        server.accept()[0].close()
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()

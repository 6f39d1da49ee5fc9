"""Waking work that waits: "there is something to do" from whoever stored it to the process that does it.

Problem: looking into a database five times a second costs a core its rest, looking seldom makes everything late.
Idea: a transaction notes a topic (`after_commit`); once it has committed, the database publishes the topic on
Redis, and the worker that listens looks at once. Price: a nudge may get lost (the process died first, Redis is
away), so whoever waits still looks by itself now and then; what is to be done stands in the database alone.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy.orm import Session

from chassis.logs import log
from chassis.redis_client import redis_client

OUTBOX = "outbox"
_TOPICS = "nudges"
# How often to look while Redis can't say when.
UNTOLD_SECONDS = 0.5


def after_commit(session: Session, topic: str) -> None:
    """Nudge whoever waits for `topic` once the transaction of `session` has committed."""
    session.info.setdefault(_TOPICS, set()).add(topic)


def topics_of(session: Session) -> set[str]:
    """The topics that were noted in `session`."""
    noted: set[str] = session.info.get(_TOPICS, set())
    return noted


class Nudges:
    """Gives and takes the nudges of one service; safe to share between threads."""

    def __init__(self, redis_url: str, prefix: str) -> None:
        self._redis = redis_client(redis_url)
        self._url = redis_url
        self._prefix = prefix

    def give(self, topics: Iterable[str]) -> None:
        """Wake whoever waits for one of `topics`. Never fails and never waits long: a nudge is a courtesy."""
        try:
            for topic in topics:
                self._redis.publish(self._channel(topic), b"")
        except redis.RedisError as error:
            log().info("nudge was not given", error=repr(error))

    def waiting(self, topic: str) -> Waiting:
        """A place to wait for `topic`; use it as a context, in one thread."""
        return Waiting(self._url, self._channel(topic))

    def close(self) -> None:
        """Give the connections back."""
        self._redis.close()

    def _channel(self, topic: str) -> str:
        return f"{self._prefix}:nudge:{topic}"


class Waiting:
    """Waits for nudges on one topic; one that comes between two waits ends the next at once."""

    def __init__(self, redis_url: str, channel: str) -> None:
        # No timeout: it is there to wait. No second try: whoever waits does something else meanwhile.
        self._client = redis.Redis.from_url(
            redis_url, socket_connect_timeout=1, health_check_interval=30, retry=Retry(NoBackoff(), 0)
        )
        self._channel = channel
        self._listener: Any = None  # redis leaves its class untyped

    def __enter__(self) -> Self:
        self._listen()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._deafen()
        self._client.close()

    def wait(self, seconds: float, stop: threading.Event) -> None:
        """Until a nudge comes, `seconds` have passed or, nudged by the one who set it, `stop` is set.

        Without Redis: a short while, so that work goes on, only less promptly.
        """
        if self._listener is None:
            stop.wait(min(seconds, UNTOLD_SECONDS))
            self._listen()
            return
        deadline = time.monotonic() + seconds
        try:
            while not stop.is_set() and (left := deadline - time.monotonic()) > 0:
                if self._is_nudge(self._listener.get_message(timeout=left)):
                    break
            while self._listener.get_message(timeout=0) is not None:
                pass  # any number of nudges is one
        except (redis.RedisError, OSError):
            self._deafen()

    def _listen(self) -> None:
        listener: Any = self._client.pubsub()  # type: ignore[no-untyped-call]  # redis leaves it untyped
        try:
            listener.subscribe(self._channel)
            confirmed = listener.get_message(timeout=1)
        except (redis.RedisError, OSError):
            confirmed = None
        if confirmed is None:
            listener.close()
        else:
            self._listener = listener

    def _deafen(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    @staticmethod
    def _is_nudge(message: dict[str, Any] | None) -> bool:
        return message is not None and message["type"] == "message"

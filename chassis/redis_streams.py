"""Events over Redis Streams: a stream for each subscriber, consumer groups, reclaim, a dead-letter stream.

Streams are made per subscriber, as queues are in RabbitMQ: the publisher looks up who wants an event in a set
kept in Redis, and adds it to all their streams in one transaction. Handled entries are deleted, so that a
stream's length is its depth.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence
from typing import Any

import redis

from chassis.broker import DELIVERIES, BrokerDown, Handler
from chassis.events import Envelope
from chassis.ids import new_id
from chassis.logs import log

GROUP = "subscribers"
BLOCK_MILLISECONDS = 500
FIRST_RETRY_MILLISECONDS = 200
# An entry in the hands of a consumer that died is taken over after this long.
ABANDONED_MILLISECONDS = 30_000


class StreamsBroker:
    """A Broker on Redis Streams; see chassis.broker for its promises."""

    def __init__(self, url: str, prefix: str) -> None:
        # Any: the client's own annotations unite RESP2, RESP3 and async answers.
        self._redis: Any = redis.Redis.from_url(url, socket_timeout=10, socket_connect_timeout=3)
        self._prefix = f"{{{prefix}:events}}"
        self._consumer = new_id()
        self._failed: dict[bytes, float] = {}

    def publish(self, envelopes: Sequence[Envelope]) -> None:
        """See Broker."""
        try:
            names = sorted({envelope.name for envelope in envelopes})
            wanted = {name: self._redis.smembers(self._bindings(name)) for name in names}
            with self._redis.pipeline(transaction=True) as pipe:
                for envelope in envelopes:
                    for subscriber in sorted(wanted[envelope.name]):
                        pipe.xadd(self._queue(subscriber.decode()), {"event": envelope.to_bytes()})
                pipe.execute()
        except redis.RedisError as error:
            raise BrokerDown(str(error)) from error

    def declare(self, subscriber: str, names: Iterable[str]) -> None:
        """See Broker."""
        try:
            for name in names:
                self._redis.sadd(self._bindings(name), subscriber)
            self._redis.xgroup_create(self._queue(subscriber), GROUP, id="0", mkstream=True)
        except redis.ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise BrokerDown(str(error)) from error
        except redis.RedisError as error:
            raise BrokerDown(str(error)) from error

    def consume(self, subscriber: str, names: Iterable[str], handler: Handler, stop: threading.Event) -> None:
        """See Broker."""
        self.declare(subscriber, names)
        queue = self._queue(subscriber)
        try:
            while not stop.is_set():
                self._retry(subscriber, handler)
                block = 50 if self._failed else BLOCK_MILLISECONDS
                answer = self._redis.xreadgroup(GROUP, self._consumer, {queue: ">"}, count=50, block=block)
                for entry_id, fields in _entries(answer):
                    self._handle(subscriber, entry_id, fields, handler)
        except redis.ResponseError as error:
            if "NOGROUP" not in str(error):
                raise BrokerDown(str(error)) from error
            self.declare(subscriber, names)  # somebody emptied Redis: begin anew
        except redis.RedisError as error:
            raise BrokerDown(str(error)) from error

    def _handle(self, subscriber: str, entry_id: bytes, fields: dict[bytes, bytes], handler: Handler) -> None:
        queue = self._queue(subscriber)
        try:
            handler(Envelope.from_bytes(fields[b"event"]))
        except Exception as error:  # noqa: BLE001  # whatever the reaction raised: deliver again, or lay aside
            deliveries = self._deliveries(queue, entry_id)
            log().warning("event failed", subscriber=subscriber, deliveries=deliveries, error=repr(error))
            if deliveries >= DELIVERIES:
                with self._redis.pipeline(transaction=True) as pipe:
                    pipe.xadd(self._dead(subscriber), {**fields, b"error": repr(error)[:500]})
                    pipe.xack(queue, GROUP, entry_id)
                    pipe.xdel(queue, entry_id)
                    pipe.execute()
                self._failed.pop(entry_id, None)
            else:
                self._failed[entry_id] = time.monotonic() + FIRST_RETRY_MILLISECONDS / 1000 * 2 ** (
                    deliveries - 1
                )
            return
        self._failed.pop(entry_id, None)
        with self._redis.pipeline(transaction=True) as pipe:
            pipe.xack(queue, GROUP, entry_id)
            pipe.xdel(queue, entry_id)
            pipe.execute()

    def _retry(self, subscriber: str, handler: Handler) -> None:
        """Deliver again what failed here when its time has come, and what a dead consumer left behind."""
        queue = self._queue(subscriber)
        due = [entry_id for entry_id, at in self._failed.items() if at <= time.monotonic()]
        for entry_id in due:
            for claimed_id, fields in self._redis.xclaim(queue, GROUP, self._consumer, 0, [entry_id]):
                self._handle(subscriber, claimed_id, fields, handler)
        abandoned = self._redis.xautoclaim(queue, GROUP, self._consumer, ABANDONED_MILLISECONDS, count=10)
        for entry_id, fields in abandoned[1]:
            if fields and entry_id not in self._failed:
                self._handle(subscriber, entry_id, fields, handler)

    def _deliveries(self, queue: str, entry_id: bytes) -> int:
        pending = self._redis.xpending_range(queue, GROUP, entry_id, entry_id, 1)
        return int(pending[0]["times_delivered"]) if pending else DELIVERIES

    def dead_letters(self, subscriber: str) -> list[Envelope]:
        """See Broker."""
        try:
            rows = self._redis.xrange(self._dead(subscriber))
        except redis.RedisError as error:
            raise BrokerDown(str(error)) from error
        return [Envelope.from_bytes(fields[b"event"]) for _, fields in rows]

    def replay_dead_letters(self, subscriber: str) -> int:
        """See Broker."""
        try:
            rows = self._redis.xrange(self._dead(subscriber))
            with self._redis.pipeline(transaction=True) as pipe:
                for entry_id, fields in rows:
                    pipe.xadd(self._queue(subscriber), {"event": fields[b"event"]})
                    pipe.xdel(self._dead(subscriber), entry_id)
                pipe.execute()
        except redis.RedisError as error:
            raise BrokerDown(str(error)) from error
        return len(rows)

    def depth(self, subscriber: str) -> int:
        """See Broker."""
        try:
            return int(self._redis.xlen(self._queue(subscriber)))
        except redis.RedisError as error:
            raise BrokerDown(str(error)) from error

    def close(self) -> None:
        """See Broker."""
        self._redis.close()

    def _queue(self, subscriber: str) -> str:
        return f"{self._prefix}:queue:{subscriber}"

    def _dead(self, subscriber: str) -> str:
        return f"{self._prefix}:dead:{subscriber}"

    def _bindings(self, name: str) -> str:
        return f"{self._prefix}:bindings:{name}"


def _entries(answer: Any) -> Iterable[tuple[bytes, dict[bytes, bytes]]]:
    """Entries of one stream out of XREADGROUP's answer: a list of pairs (RESP2) or a mapping (RESP3)."""
    if not answer:
        return
    streams = answer.items() if isinstance(answer, dict) else answer
    for _name, entries in streams:
        for batch in entries:
            if isinstance(batch, list) and batch and isinstance(batch[0], (tuple, list)):
                yield from ((entry_id, fields) for entry_id, fields in batch)
            else:
                yield batch[0], batch[1]

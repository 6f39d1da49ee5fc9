"""Events over Redis Streams: a stream for each subscriber, consumer groups, reclaim, a dead-letter stream.

Streams are made per subscriber, as queues are in RabbitMQ: the publisher looks up who wants an event in a set
kept in Redis, and adds it to all their streams in one transaction. Handled entries are deleted, so that a
stream's length is its depth.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import redis

from chassis.broker import (
    MOST_TAKEOVERS,
    PREFETCH,
    BrokerDown,
    DeadLetter,
    Handler,
    Unroutable,
    cause_of,
    next_wait,
    pause_of,
)
from chassis.errors import Unavailable
from chassis.events import Envelope
from chassis.ids import new_id
from chassis.kill_points import reached
from chassis.recollection import Recollection

GROUP = "subscribers"
BLOCK_SECONDS = 2.0
RECLAIM_SECONDS = 5.0
Fields = dict[bytes, bytes]


class StreamsBroker:
    """A Broker on Redis Streams; see chassis.broker for its promises."""

    def __init__(self, url: str, prefix: str, abandoned_seconds: float) -> None:
        # Any: the client's own annotations unite RESP2, RESP3 and async answers.
        self._redis: Any = redis.Redis.from_url(url, socket_timeout=10, socket_connect_timeout=3)
        self._prefix = f"{{{prefix}:events}}"
        self._memory = Recollection(self._redis, self._prefix)
        self._consumer = new_id()
        self._abandoned_seconds = abandoned_seconds
        self._reclaim_at = 0.0
        self._failed: dict[bytes, float] = {}
        self._stop = threading.Event()

    def publish(self, envelopes: Sequence[Envelope]) -> None:
        """See Broker."""
        with _reachable():
            names = sorted({envelope.name for envelope in envelopes})
            wanted = {name: self._redis.smembers(self._bindings(name)) for name in names}
            with _Publication(self._redis.connection_pool, {}, True, None) as pipe:
                for envelope in envelopes:
                    for subscriber in sorted(wanted[envelope.name]):
                        pipe.xadd(self._queue(subscriber.decode()), {"event": envelope.to_bytes()})
                pipe.execute()
        unwanted = [envelope.id for envelope in envelopes if not wanted[envelope.name]]
        if unwanted:
            raise Unroutable(unwanted)

    def declare(self, subscriber: str, names: Iterable[str]) -> None:
        """See Broker."""
        with _reachable():
            try:
                # The stream first: a name that leads nowhere would lose what is published meanwhile.
                self._redis.xgroup_create(self._queue(subscriber), GROUP, id="0", mkstream=True)
            except redis.ResponseError as error:
                if "BUSYGROUP" not in str(error):
                    raise
            self._memory.bind(subscriber, [self._bindings(name) for name in names])

    def consume(self, subscriber: str, names: Iterable[str], handler: Handler, stop: threading.Event) -> None:
        """See Broker."""
        self._stop = stop
        self.declare(subscriber, names)
        queue = self._queue(subscriber)
        with _reachable():
            while not stop.is_set():
                try:
                    self._retry(subscriber, handler)
                    answer = self._redis.xreadgroup(
                        GROUP, self._consumer, {queue: ">"}, count=PREFETCH, block=self._block()
                    )
                except redis.ResponseError as error:
                    if "NOGROUP" not in str(error):
                        raise
                    self.declare(subscriber, names)  # somebody emptied Redis: begin anew
                    continue
                for entry_id, fields in _entries(answer):
                    self._handle(subscriber, entry_id, fields, handler)

    def _block(self) -> int:
        """Milliseconds until there is something else to do than wait for events."""
        due = min([*self._failed.values(), time.monotonic() + BLOCK_SECONDS])
        return max(1, round((due - time.monotonic()) * 1000))

    def _handle(self, subscriber: str, entry_id: bytes, fields: Fields, handler: Handler) -> None:
        body = fields.get(b"event", b"")
        try:
            if not self._try(body, handler):
                return
        except Exception as error:  # noqa: BLE001  # whatever the reaction raised: deliver again, or lay aside
            deliveries = self._deliveries(self._queue(subscriber), entry_id)
            wait = next_wait(subscriber, body, deliveries, cause_of(error))
            if wait is None:
                self._lay_aside(subscriber, entry_id, body, cause_of(error))
            else:
                self._failed[entry_id] = time.monotonic() + wait
            return
        self._done(subscriber, entry_id)

    def _try(self, body: bytes, handler: Handler) -> bool:
        """Handle one event, waiting for an own part that is away; False when stopped while waiting."""
        attempt = 1
        while True:
            try:
                handler(Envelope.from_bytes(body))
                return True
            except Unavailable:
                if self._stop.wait(pause_of(attempt)):
                    return False
                attempt += 1

    def _lay_aside(self, subscriber: str, entry_id: bytes, body: bytes, cause: str) -> None:
        self._done(subscriber, entry_id, {b"event": body, b"error": cause.encode()})

    def _done(self, subscriber: str, entry_id: bytes, letter: Fields | None = None) -> None:
        """Take an event out of the stream, into the dead letters when there is a `letter`."""
        queue = self._queue(subscriber)
        with self._redis.pipeline(transaction=True) as pipe:
            if letter is not None:
                pipe.xadd(self._dead(subscriber), letter)
            pipe.xack(queue, GROUP, entry_id)
            pipe.xdel(queue, entry_id)
            pipe.execute()
        self._failed.pop(entry_id, None)

    def _retry(self, subscriber: str, handler: Handler) -> None:
        """Deliver again what failed here when its time has come, and what a dead consumer left behind."""
        queue = self._queue(subscriber)
        for entry_id in [entry_id for entry_id, at in self._failed.items() if at <= time.monotonic()]:
            del self._failed[entry_id]
            for claimed_id, fields in self._redis.xclaim(queue, GROUP, self._consumer, 0, [entry_id]):
                self._handle(subscriber, claimed_id, fields, handler)
        if time.monotonic() < self._reclaim_at:
            return
        idle = round(self._abandoned_seconds * 1000)
        abandoned = self._redis.xautoclaim(queue, GROUP, self._consumer, idle, count=PREFETCH)[1]
        if len(abandoned) < PREFETCH:
            self._reclaim_at = time.monotonic() + min(RECLAIM_SECONDS, self._abandoned_seconds)
        for entry_id, fields in abandoned:
            if not fields or entry_id in self._failed:
                continue
            if self._deliveries(queue, entry_id) > MOST_TAKEOVERS:
                next_wait(subscriber, fields[b"event"], MOST_TAKEOVERS, "no consumer lived to finish it")
                self._lay_aside(subscriber, entry_id, fields[b"event"], "no consumer lived to finish it")
            else:
                self._handle(subscriber, entry_id, fields, handler)

    def _deliveries(self, queue: str, entry_id: bytes) -> int:
        pending = self._redis.xpending_range(queue, GROUP, entry_id, entry_id, 1)
        return int(pending[0]["times_delivered"]) if pending else 1

    def lost_since(self, sender: str) -> str | None:
        """See Broker."""
        with _reachable():
            return self._memory.lost_since(sender)

    def sent_again(self, sender: str, mark: str) -> None:
        """See Broker."""
        with _reachable():
            self._memory.note(sender, mark)

    def dead_letters(self, subscriber: str) -> list[DeadLetter]:
        """See Broker."""
        with _reachable():
            rows = self._redis.xrange(self._dead(subscriber))
        return [DeadLetter.of(fields[b"event"], fields[b"error"].decode()) for _, fields in rows]

    def dead_count(self, subscriber: str) -> int:
        """See Broker."""
        with _reachable():
            return int(self._redis.xlen(self._dead(subscriber)))

    def replay_dead_letters(self, subscriber: str) -> int:
        """See Broker."""
        with _reachable():
            rows = self._redis.xrange(self._dead(subscriber))
            with self._redis.pipeline(transaction=True) as pipe:
                for entry_id, fields in rows:
                    pipe.xadd(self._queue(subscriber), {"event": fields[b"event"]})
                    pipe.xdel(self._dead(subscriber), entry_id)
                pipe.execute()
        return len(rows)

    def depth(self, subscriber: str) -> int:
        """See Broker."""
        with _reachable():
            return int(self._redis.xlen(self._queue(subscriber)))

    def close(self) -> None:
        """See Broker."""
        self._redis.close()

    def _queue(self, subscriber: str) -> str:
        return f"{self._prefix}:queue:{subscriber}"

    def _dead(self, subscriber: str) -> str:
        return f"{self._prefix}:dead:{subscriber}"

    def _bindings(self, name: str) -> str:
        return f"{self._prefix}:bindings:{name}"


class _Publication(redis.client.Pipeline):
    """A transaction at which a process can be made to die after it was sent and before it was answered."""

    def parse_response(self, *args: Any, **options: Any) -> Any:
        """See Redis."""
        reached("broker.before_confirm")
        return super().parse_response(*args, **options)  # type: ignore[no-untyped-call]  # redis leaves it untyped


@contextmanager
def _reachable() -> Iterator[None]:
    try:
        yield
    except redis.RedisError as error:
        raise BrokerDown(str(error)) from error


def _entries(answer: Any) -> Iterable[tuple[bytes, Fields]]:
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

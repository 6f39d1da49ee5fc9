"""Events over RabbitMQ: a topic exchange, a durable quorum queue for each subscriber, publisher confirms.

Persistent, mandatory messages; a delivery limit and a dead-letter exchange on each queue, for consumers that die.
An event that merely fails is laid aside by the consumer itself, which knows the cause. pika's connections are
not safe between threads: one Broker, one thread.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import pika
import pika.exceptions
from pika.adapters.blocking_connection import BlockingChannel

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
from chassis.kill_points import is_armed, reached

WAKE_SECONDS = 2.0
_CAUSE = "cause"


class RabbitBroker:
    """A Broker on RabbitMQ; see chassis.broker for its promises."""

    def __init__(self, url: str, prefix: str) -> None:
        parameters = pika.URLParameters(url)
        parameters.heartbeat = 30
        parameters.socket_timeout = 5
        parameters.blocked_connection_timeout = 10
        self._exchange = f"{prefix}.events"
        self._dead_exchange = f"{prefix}.events.dead"
        self._failures: Counter[bytes] = Counter()
        self._stop = threading.Event()
        with _reachable():
            self._connection = pika.BlockingConnection(parameters)
            self._channel: BlockingChannel = self._connection.channel()
            self._channel.confirm_delivery()
            self._channel.exchange_declare(self._exchange, "topic", durable=True)
            self._channel.exchange_declare(self._dead_exchange, "direct", durable=True)

    def publish(self, envelopes: Sequence[Envelope]) -> None:
        """See Broker."""
        unwanted: list[str] = []
        with _reachable():
            for envelope in envelopes:
                try:
                    self._send(self._exchange, envelope.name, envelope.to_bytes(), _properties(envelope))
                except pika.exceptions.UnroutableError:
                    unwanted.append(envelope.id)
        if unwanted:
            raise Unroutable(unwanted)

    def declare(self, subscriber: str, names: Iterable[str]) -> None:
        """See Broker."""
        queue = self._queue(subscriber)
        arguments = {
            "x-queue-type": "quorum",
            # Counts deaths of consumers too, whose innocent neighbours an event was: so far above DELIVERIES.
            "x-delivery-limit": MOST_TAKEOVERS,
            "x-dead-letter-exchange": self._dead_exchange,
            "x-dead-letter-routing-key": queue,
        }
        with _reachable():
            self._channel.queue_declare(queue, durable=True, arguments=arguments)
            self._channel.queue_declare(
                self._dead(subscriber), durable=True, arguments={"x-queue-type": "quorum"}
            )
            self._channel.queue_bind(self._dead(subscriber), self._dead_exchange, queue)
            for name in names:
                self._channel.queue_bind(queue, self._exchange, name)

    def consume(self, subscriber: str, names: Iterable[str], handler: Handler, stop: threading.Event) -> None:
        """See Broker."""
        self._stop = stop
        self.declare(subscriber, names)
        with _reachable():
            self._channel.basic_qos(prefetch_count=PREFETCH)
            for method, _, body in self._channel.consume(
                self._queue(subscriber), inactivity_timeout=WAKE_SECONDS
            ):
                if method is not None:
                    self._handle(subscriber, method.delivery_tag, body, handler)
                if stop.is_set():
                    break
            self._channel.cancel()

    def _handle(self, subscriber: str, tag: int, body: bytes, handler: Handler) -> None:
        try:
            if not self._try(body, handler):
                return  # the queue gets it back when the channel is closed
        except Exception as error:  # noqa: BLE001  # whatever the reaction raised: deliver again, or lay aside
            self._failures[body] += 1
            wait = next_wait(subscriber, body, self._failures[body], cause_of(error))
            if wait is not None:
                # Not at once, and meanwhile the others flow.
                self._connection.call_later(wait, partial(self._channel.basic_nack, tag, requeue=True))
                return
            self._lay_aside(subscriber, body, cause_of(error))
        self._failures.pop(body, None)
        self._channel.basic_ack(tag)

    def _try(self, body: bytes, handler: Handler) -> bool:
        """Handle one event, waiting for an own part that is away; False when stopped while waiting."""
        attempt = 1
        while True:
            try:
                handler(Envelope.from_bytes(body))
                return True
            except Unavailable:
                if self._stop.is_set():
                    return False
                self._connection.sleep(pause_of(attempt))  # keeps the heartbeat going
                attempt += 1

    def _lay_aside(self, subscriber: str, body: bytes, cause: str) -> None:
        properties = pika.BasicProperties(delivery_mode=pika.DeliveryMode.Persistent, headers={_CAUSE: cause})
        self._send("", self._dead(subscriber), body, properties)

    def _send(self, exchange: str, key: str, body: bytes, properties: pika.BasicProperties) -> None:
        """Returns once the broker has stored it in at least one queue. Raises UnroutableError when there is none."""
        if is_armed("broker.before_confirm"):
            # pika sends and waits in one call; on a channel without confirms the call ends with the sending.
            self._connection.channel().basic_publish(exchange, key, body, properties, mandatory=True)
            reached("broker.before_confirm")
        self._channel.basic_publish(exchange, key, body, properties, mandatory=True)

    def lost_since(self, sender: str) -> str | None:
        """See Broker: what RabbitMQ confirmed, it keeps on disk."""
        return None

    def sent_again(self, sender: str, mark: str) -> None:
        """See Broker."""

    def dead_letters(self, subscriber: str) -> list[DeadLetter]:
        """See Broker. Each is put back at the end as it is read: a return would count as a delivery."""
        letters: list[DeadLetter] = []
        with _reachable():
            for method, properties, body in self._taken(subscriber):
                cause = str((properties.headers or {}).get(_CAUSE) or "no consumer lived to finish it")
                self._lay_aside(subscriber, body, cause)
                self._channel.basic_ack(method.delivery_tag)
                letters.append(DeadLetter.of(body, cause))
        return letters

    def dead_count(self, subscriber: str) -> int:
        """See Broker."""
        return self._waiting(self._dead(subscriber))

    def replay_dead_letters(self, subscriber: str) -> int:
        """See Broker."""
        count = 0
        with _reachable():
            for method, _, body in self._taken(subscriber):
                fresh = pika.BasicProperties(delivery_mode=pika.DeliveryMode.Persistent)
                self._send("", self._queue(subscriber), body, fresh)
                self._channel.basic_ack(method.delivery_tag)
                count += 1
        return count

    def _taken(self, subscriber: str) -> Iterator[tuple[Any, Any, bytes]]:
        """As many dead letters as there are now, oldest first; to be acknowledged by the caller."""
        for _ in range(self.dead_count(subscriber)):
            method, properties, body = self._channel.basic_get(self._dead(subscriber))
            if method is None or body is None:
                return
            yield method, properties, body

    def depth(self, subscriber: str) -> int:
        """See Broker."""
        return self._waiting(self._queue(subscriber))

    def _waiting(self, queue: str) -> int:
        with _reachable():
            return int(self._channel.queue_declare(queue, passive=True).method.message_count)

    def close(self) -> None:
        """See Broker."""
        if self._connection.is_open:
            self._connection.close()

    def _queue(self, subscriber: str) -> str:
        return f"{self._exchange}.{subscriber}"

    def _dead(self, subscriber: str) -> str:
        return f"{self._dead_exchange}.{subscriber}"


@contextmanager
def _reachable() -> Iterator[None]:
    try:
        yield
    except (pika.exceptions.AMQPError, OSError) as error:
        raise BrokerDown(repr(error)) from error


def _properties(envelope: Envelope) -> pika.BasicProperties:
    return pika.BasicProperties(
        content_type="application/json",
        delivery_mode=pika.DeliveryMode.Persistent,
        message_id=envelope.id,
        type=f"{envelope.name}.v{envelope.version}",
        timestamp=int(time.time()),
    )

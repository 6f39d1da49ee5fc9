"""Events over RabbitMQ: a topic exchange, a durable quorum queue for each subscriber, publisher confirms.

Persistent messages, `mandatory` off (an event nobody subscribed to is nobody's loss), delivery limit and
dead-letter exchange on each queue. pika's connections are not safe between threads: one Broker, one thread.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence
from typing import Any

import pika
import pika.exceptions
from pika.adapters.blocking_connection import BlockingChannel

from chassis.broker import DELIVERIES, BrokerDown, Handler
from chassis.events import Envelope
from chassis.logs import log

PREFETCH = 20
_LOST = (pika.exceptions.AMQPError, OSError)


class RabbitBroker:
    """A Broker on RabbitMQ; see chassis.broker for its promises."""

    def __init__(self, url: str, prefix: str) -> None:
        parameters = pika.URLParameters(url)
        parameters.heartbeat = 30
        parameters.socket_timeout = 5
        parameters.blocked_connection_timeout = 10
        self._exchange = f"{prefix}.events"
        self._dead_exchange = f"{prefix}.events.dead"
        try:
            self._connection = pika.BlockingConnection(parameters)
            self._channel: BlockingChannel = self._connection.channel()
            self._channel.confirm_delivery()
            self._channel.exchange_declare(self._exchange, "topic", durable=True)
            self._channel.exchange_declare(self._dead_exchange, "direct", durable=True)
        except _LOST as error:
            raise BrokerDown(repr(error)) from error

    def publish(self, envelopes: Sequence[Envelope]) -> None:
        """See Broker."""
        try:
            for envelope in envelopes:
                self._channel.basic_publish(
                    self._exchange, envelope.name, envelope.to_bytes(), _properties(envelope)
                )
        except _LOST as error:
            raise BrokerDown(repr(error)) from error

    def declare(self, subscriber: str, names: Iterable[str]) -> None:
        """See Broker."""
        queue = self._queue(subscriber)
        arguments = {
            "x-queue-type": "quorum",
            "x-delivery-limit": DELIVERIES - 1,
            "x-dead-letter-exchange": self._dead_exchange,
            "x-dead-letter-routing-key": queue,
        }
        try:
            self._channel.queue_declare(queue, durable=True, arguments=arguments)
            self._channel.queue_declare(
                self._dead(subscriber), durable=True, arguments={"x-queue-type": "quorum"}
            )
            self._channel.queue_bind(self._dead(subscriber), self._dead_exchange, queue)
            for name in names:
                self._channel.queue_bind(queue, self._exchange, name)
        except _LOST as error:
            raise BrokerDown(repr(error)) from error

    def consume(self, subscriber: str, names: Iterable[str], handler: Handler, stop: threading.Event) -> None:
        """See Broker."""
        self.declare(subscriber, names)
        try:
            self._channel.basic_qos(prefetch_count=PREFETCH)
            for method, properties, body in self._channel.consume(
                self._queue(subscriber), inactivity_timeout=0.5
            ):
                if method is not None:
                    self._handle(subscriber, method.delivery_tag, properties, body, handler)
                if stop.is_set():
                    break
            self._channel.cancel()
        except _LOST as error:
            raise BrokerDown(repr(error)) from error

    def _handle(self, subscriber: str, tag: int, properties: Any, body: bytes, handler: Handler) -> None:
        try:
            handler(Envelope.from_bytes(body))
        except Exception as error:  # noqa: BLE001  # whatever the reaction raised: deliver again until the queue's limit
            deliveries = int((properties.headers or {}).get("x-delivery-count", 0)) + 1
            log().warning("event failed", subscriber=subscriber, deliveries=deliveries, error=repr(error))
            self._connection.sleep(min(2.0, 0.2 * 2 ** (deliveries - 1)))
            self._channel.basic_nack(tag, requeue=True)
            return
        self._channel.basic_ack(tag)

    def dead_letters(self, subscriber: str) -> list[Envelope]:
        """See Broker."""
        found: list[Envelope] = []
        tags: list[int] = []
        try:
            while True:
                method, _, body = self._channel.basic_get(self._dead(subscriber))
                if method is None or body is None:
                    break
                found.append(Envelope.from_bytes(body))
                tags.append(method.delivery_tag)
            for tag in tags:
                self._channel.basic_nack(tag, requeue=True)
        except _LOST as error:
            raise BrokerDown(repr(error)) from error
        return found

    def replay_dead_letters(self, subscriber: str) -> int:
        """See Broker."""
        count = 0
        try:
            while True:
                method, _, body = self._channel.basic_get(self._dead(subscriber))
                if method is None or body is None:
                    return count
                envelope = Envelope.from_bytes(body)
                self._channel.basic_publish("", self._queue(subscriber), body, _properties(envelope))
                self._channel.basic_ack(method.delivery_tag)
                count += 1
        except _LOST as error:
            raise BrokerDown(repr(error)) from error

    def depth(self, subscriber: str) -> int:
        """See Broker."""
        try:
            answer = self._channel.queue_declare(self._queue(subscriber), passive=True)
            return int(answer.method.message_count)
        except _LOST as error:
            raise BrokerDown(repr(error)) from error

    def close(self) -> None:
        """See Broker."""
        if self._connection.is_open:
            self._connection.close()

    def _queue(self, subscriber: str) -> str:
        return f"{self._exchange}.{subscriber}"

    def _dead(self, subscriber: str) -> str:
        return f"{self._dead_exchange}.{subscriber}"


def _properties(envelope: Envelope) -> pika.BasicProperties:
    return pika.BasicProperties(
        content_type="application/json",
        delivery_mode=pika.DeliveryMode.Persistent,
        message_id=envelope.id,
        type=f"{envelope.name}.v{envelope.version}",
        timestamp=int(time.time()),
    )

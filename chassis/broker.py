"""The road that events travel: one port, two transports (RabbitMQ, Redis Streams), the same promises.

Promises: `publish` returns only when the broker has the events; each named subscriber gets each event at least
once; an event that fails DELIVERIES times goes to the subscriber's dead letters and the others flow on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from chassis.events import Envelope

DELIVERIES = 5
Handler = Callable[[Envelope], object]


class BrokerDown(Exception):
    """The broker cannot be reached or did not confirm."""


class Publisher(Protocol):
    """The half of a broker that a relay needs."""

    def publish(self, envelopes: Sequence[Envelope]) -> None:
        """Hand over `envelopes`; returns once they are confirmed. Raises BrokerDown."""


class Broker(Publisher, Protocol):
    """One connection to a broker; use each from one thread only."""

    def declare(self, subscriber: str, names: Iterable[str]) -> None:
        """Make sure that `subscriber` has a queue that receives events called `names`. Raises BrokerDown."""

    def consume(self, subscriber: str, names: Iterable[str], handler: Handler, stop: threading.Event) -> None:
        """Call `handler` for each event until `stop` is set; an exception in it means: deliver again later.

        Raises BrokerDown when the connection is lost.
        """

    def dead_letters(self, subscriber: str) -> list[Envelope]:
        """Events that `subscriber` failed to handle, oldest first. Raises BrokerDown."""

    def replay_dead_letters(self, subscriber: str) -> int:
        """Give them all back to the subscriber's queue; how many. Raises BrokerDown."""

    def depth(self, subscriber: str) -> int:
        """Events waiting for `subscriber` or in its hands. Raises BrokerDown."""

    def close(self) -> None:
        """Give the connection back."""


def connect(url: str, prefix: str) -> Broker:
    """A broker for `url`: amqp(s)://… is RabbitMQ, redis(s)://… is Redis Streams. Raises BrokerDown, ValueError."""
    if url.startswith(("amqp://", "amqps://")):
        from chassis.rabbit import RabbitBroker

        return RabbitBroker(url, prefix)
    if url.startswith(("redis://", "rediss://", "unix://")):
        from chassis.redis_streams import StreamsBroker

        return StreamsBroker(url, prefix)
    raise ValueError(f"no broker speaks {url.split(':', 1)[0]!r}")

"""Tools for tests of what travels: both transports, each test under a prefix of its own. A pytest plugin.

A test that takes `broker_address` runs on Redis Streams (TEST_REDIS_URL) and on RabbitMQ (TEST_AMQP_URL); the
latter carries the mark `real`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator

import pika
import pytest
import redis

from chassis.broker import Broker, BrokerDown, Handler, connect
from chassis.ids import new_id
from chassis.testing import AMQP_URL, REDIS_URL, room_of

Address = tuple[str, str]


def wait_until(is_true: Callable[[], object], seconds: float = 40) -> None:
    """Wait for a condition, generously; fails when it never holds."""
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


class Consumer:
    """A subscriber in a thread of its own, as a worker has it; comes back when the broker was away."""

    def __init__(self, address: Address, subscriber: str, names: list[str], handle: Handler) -> None:
        self.stop = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(address, subscriber, names, handle), daemon=True
        )
        self._thread.start()

    def _run(self, address: Address, subscriber: str, names: list[str], handle: Handler) -> None:
        while not self.stop.is_set():
            try:
                connection = connect(*address)
                connection.consume(subscriber, names, handle, self.stop)
                connection.close()
            except BrokerDown:
                self.stop.wait(0.2)

    def end(self) -> None:
        """Ask it to stop and wait for it."""
        self.stop.set()
        self._thread.join(10)


@pytest.fixture(params=["redis", pytest.param("rabbitmq", marks=pytest.mark.real)])
def broker_address(request: pytest.FixtureRequest) -> Iterator[Address]:
    """The broker's address and a prefix of this test's own; what it left there is removed."""
    prefix = f"test-{new_id()}"
    if request.param == "redis":
        yield REDIS_URL, prefix
        client = redis.Redis.from_url(REDIS_URL)
        for key in client.scan_iter(f"{{{prefix}*"):
            client.delete(key)
        client.close()
    else:
        yield AMQP_URL, prefix
        _forget_queues(prefix, ("mailer", "books", room_of(request)))


@pytest.fixture
def broker(broker_address: Address) -> Iterator[Broker]:
    """A connection for the test itself."""
    connection = connect(*broker_address)
    yield connection
    connection.close()


def _forget_queues(prefix: str, subscribers: Iterable[str]) -> None:
    connection = pika.BlockingConnection(pika.URLParameters(AMQP_URL))
    channel = connection.channel()
    for subscriber in subscribers:
        channel.queue_delete(f"{prefix}.events.{subscriber}")
        channel.queue_delete(f"{prefix}.events.dead.{subscriber}")
    channel.exchange_delete(f"{prefix}.events")
    channel.exchange_delete(f"{prefix}.events.dead")
    connection.close()

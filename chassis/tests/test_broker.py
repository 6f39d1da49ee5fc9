"""The promises of the road for events, kept by both transports."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pika
import pytest
import redis

from chassis.broker import DELIVERIES, Broker, BrokerDown, connect
from chassis.events import Envelope
from chassis.ids import new_id
from chassis.testing import AMQP_URL, REDIS_URL


@pytest.fixture(params=[pytest.param("redis"), pytest.param("rabbitmq", marks=pytest.mark.real)])
def address(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
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
        connection = pika.BlockingConnection(pika.URLParameters(AMQP_URL))
        channel = connection.channel()
        for subscriber in ("mailer", "books"):
            channel.queue_delete(f"{prefix}.events.{subscriber}")
            channel.queue_delete(f"{prefix}.events.dead.{subscriber}")
        channel.exchange_delete(f"{prefix}.events")
        channel.exchange_delete(f"{prefix}.events.dead")
        connection.close()


@pytest.fixture
def broker(address: tuple[str, str]) -> Iterator[Broker]:
    """A connection for the test itself."""
    connection = connect(*address)
    yield connection
    connection.close()


def wait_until(is_true: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for a condition, generously; fails when it never holds."""
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


class Consumer:
    """A subscriber in a thread of its own, as a worker has it."""

    def __init__(
        self, address: tuple[str, str], subscriber: str, names: list[str], handle: Callable[[Envelope], None]
    ):
        self.stop = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(address, subscriber, names, handle), daemon=True
        )
        self._thread.start()

    def _run(
        self, address: tuple[str, str], subscriber: str, names: list[str], handle: Callable[[Envelope], None]
    ) -> None:
        connection = connect(*address)
        connection.consume(subscriber, names, handle, self.stop)
        connection.close()

    def end(self) -> None:
        self.stop.set()
        self._thread.join(10)


def test_each_subscriber_gets_each_event_it_asked_for(address: tuple[str, str], broker: Broker) -> None:
    got: dict[str, list[str]] = {"mailer": [], "books": []}
    broker.declare("mailer", ["sale.made"])
    broker.declare("books", ["sale.made", "sale.undone"])
    broker.publish(
        [Envelope("sale.made", {"n": 1}), Envelope("sale.undone", {"n": 2}), Envelope("weather.changed", {})]
    )

    consumers = [
        Consumer(address, "mailer", ["sale.made"], lambda event: got["mailer"].append(event.name)),
        Consumer(
            address, "books", ["sale.made", "sale.undone"], lambda event: got["books"].append(event.name)
        ),
    ]

    wait_until(lambda: len(got["mailer"]) == 1 and len(got["books"]) == 2)
    for consumer in consumers:
        consumer.end()
    assert got == {"mailer": ["sale.made"], "books": ["sale.made", "sale.undone"]}


def test_an_event_waits_for_a_subscriber_that_is_away(address: tuple[str, str], broker: Broker) -> None:
    got: list[int] = []
    broker.declare("mailer", ["sale.made"])

    broker.publish([Envelope("sale.made", {"n": number}) for number in range(5)])
    consumer = Consumer(address, "mailer", ["sale.made"], lambda event: got.append(event.payload["n"]))

    wait_until(lambda: len(got) == 5)
    consumer.end()
    assert got == [0, 1, 2, 3, 4]
    assert broker.depth("mailer") == 0


def test_a_failed_event_is_delivered_again(address: tuple[str, str], broker: Broker) -> None:
    tries: list[str] = []

    def handle(event: Envelope) -> None:
        tries.append(event.id)
        if len(tries) < 3:
            raise RuntimeError("not yet")

    broker.declare("mailer", ["sale.made"])
    sent = Envelope("sale.made", {})
    broker.publish([sent])
    consumer = Consumer(address, "mailer", ["sale.made"], handle)

    wait_until(lambda: len(tries) == 3)
    consumer.end()
    assert tries == [sent.id] * 3
    assert broker.dead_letters("mailer") == []


def test_a_poison_event_is_laid_aside_and_the_others_flow(address: tuple[str, str], broker: Broker) -> None:
    tries: list[str] = []
    got: list[str] = []

    def handle(event: Envelope) -> None:
        if event.payload.get("poison"):
            tries.append(event.id)
            raise RuntimeError("poison")
        got.append(event.id)

    broker.declare("mailer", ["sale.made"])
    poison, good = Envelope("sale.made", {"poison": True}), Envelope("sale.made", {})
    broker.publish([poison, good])
    consumer = Consumer(address, "mailer", ["sale.made"], handle)

    wait_until(lambda: got == [good.id] and len(broker.dead_letters("mailer")) == 1)
    consumer.end()
    assert len(tries) == DELIVERIES
    assert [letter.id for letter in broker.dead_letters("mailer")] == [poison.id]
    assert broker.replay_dead_letters("mailer") == 1
    wait_until(lambda: broker.depth("mailer") == 1)
    assert broker.dead_letters("mailer") == []


def test_an_event_that_nobody_asked_for_is_nobodys_loss(broker: Broker) -> None:
    broker.publish([Envelope("sale.made", {})])


def test_a_broker_that_is_not_there_says_so() -> None:
    for url in ("redis://127.0.0.1:1/0", "amqp://guest:guest@127.0.0.1:1/"):
        with pytest.raises(BrokerDown):
            connect(url, "test").publish([Envelope("sale.made", {})])
    with pytest.raises(ValueError, match="no broker speaks"):
        connect("kafka://127.0.0.1", "test")


def test_an_envelope_reads_what_it_wrote_and_refuses_the_rest() -> None:
    sent = Envelope("sale.made", {"n": 1}, request_id="r1", actor_id="a1")

    assert Envelope.from_bytes(sent.to_bytes()) == sent
    for garbage in (b"", b"[]", b"{}", b'{"name": 1}'):
        with pytest.raises(ValueError, match=r"not an event envelope|line 1"):
            Envelope.from_bytes(garbage)

"""The promises of the road for events, kept by both transports: one suite, run against each."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from chassis.broker import DELIVERIES, PREFETCH, Broker, BrokerDown, Unroutable, connect
from chassis.errors import Unavailable
from chassis.events import Envelope
from chassis.testing_brokers import Address, Consumer, wait_until
from tools import private_servers


def test_each_subscriber_gets_each_event_it_asked_for(broker_address: Address, broker: Broker) -> None:
    got: dict[str, list[str]] = {"mailer": [], "books": []}
    broker.declare("mailer", ["sale.made"])
    broker.declare("books", ["sale.made", "sale.undone"])
    broker.publish([Envelope("sale.made", {"n": 1}), Envelope("sale.undone", {"n": 2})])

    consumers = [
        Consumer(broker_address, "mailer", ["sale.made"], lambda event: got["mailer"].append(event.name)),
        Consumer(
            broker_address,
            "books",
            ["sale.made", "sale.undone"],
            lambda event: got["books"].append(event.name),
        ),
    ]

    wait_until(lambda: len(got["mailer"]) == 1 and len(got["books"]) == 2)
    for consumer in consumers:
        consumer.end()
    assert got == {"mailer": ["sale.made"], "books": ["sale.made", "sale.undone"]}


def test_an_event_waits_for_a_subscriber_that_is_away(broker_address: Address, broker: Broker) -> None:
    got: list[int] = []
    broker.declare("mailer", ["sale.made"])

    broker.publish([Envelope("sale.made", {"n": number}) for number in range(5)])
    consumer = Consumer(broker_address, "mailer", ["sale.made"], lambda event: got.append(event.payload["n"]))

    wait_until(lambda: len(got) == 5)
    consumer.end()
    assert got == [0, 1, 2, 3, 4]
    assert broker.depth("mailer") == 0


def test_a_failed_event_is_delivered_again(broker_address: Address, broker: Broker) -> None:
    tries: list[str] = []

    def handle(event: Envelope) -> None:
        tries.append(event.id)
        if len(tries) < 3:
            raise RuntimeError("not yet")

    broker.declare("mailer", ["sale.made"])
    sent = Envelope("sale.made", {})
    broker.publish([sent])
    consumer = Consumer(broker_address, "mailer", ["sale.made"], handle)

    wait_until(lambda: len(tries) == 3)
    consumer.end()
    assert tries == [sent.id] * 3
    assert broker.dead_letters("mailer") == []


def test_poison_first_in_the_queue_is_laid_aside_with_its_cause_and_the_others_flow(
    broker_address: Address,
    broker: Broker,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """F14: dead-lettered after at most five tries, the others are not held up, and the alarm can be counted."""
    tries: list[str] = []
    got: list[str] = []
    seen: list[str] = []

    def handle(event: Envelope) -> None:
        seen.append(event.id)
        if event.payload.get("poison"):
            tries.append(event.id)
            raise RuntimeError("no such seat")
        got.append(event.id)

    broker.declare("mailer", ["sale.made"])
    poison = Envelope("sale.made", {"poison": True})
    others = [Envelope("sale.made", {}) for _ in range(30)]
    broker.publish([poison, *others])
    consumer = Consumer(broker_address, "mailer", ["sale.made"], handle)

    wait_until(lambda: len(got) == 30)
    wait_until(lambda: broker.dead_count("mailer") == 1)
    consumer.end()
    assert len(tries) == DELIVERIES
    assert got == [event.id for event in others]
    assert seen[:2] == [poison.id, others[0].id]
    [letter] = broker.dead_letters("mailer")
    assert (letter.id, letter.name, letter.cause) == (poison.id, "sale.made", "RuntimeError('no such seat')")
    assert "event laid aside" in capsys.readouterr().out


def test_looking_at_dead_letters_changes_nothing(broker_address: Address, broker: Broker) -> None:
    def refuse(_event: Envelope) -> None:
        raise RuntimeError("never")

    broker.declare("mailer", ["sale.made"])
    sent = [Envelope("sale.made", {"n": number}) for number in range(3)]
    broker.publish(sent)
    consumer = Consumer(broker_address, "mailer", ["sale.made"], refuse)
    wait_until(lambda: broker.dead_count("mailer") == 3)
    consumer.end()

    looks = [[letter.id for letter in broker.dead_letters("mailer")] for _ in range(DELIVERIES + 2)]

    assert {tuple(sorted(look)) for look in looks} == {tuple(sorted(event.id for event in sent))}
    wait_until(lambda: broker.dead_count("mailer") == 3)


def test_dead_letters_are_replayed_and_have_all_their_tries_again(
    broker_address: Address, broker: Broker
) -> None:
    tries: list[str] = []
    is_mended = threading.Event()

    def handle(event: Envelope) -> None:
        tries.append(event.id)
        if not is_mended.is_set() or len(tries) < 2 * DELIVERIES:
            raise RuntimeError("not yet")

    broker.declare("mailer", ["sale.made"])
    broker.publish([Envelope("sale.made", {})])
    consumer = Consumer(broker_address, "mailer", ["sale.made"], handle)
    wait_until(lambda: broker.dead_count("mailer") == 1)
    is_mended.set()

    assert broker.replay_dead_letters("mailer") == 1

    wait_until(lambda: len(tries) == 2 * DELIVERIES)
    consumer.end()
    assert broker.dead_letters("mailer") == []
    assert broker.depth("mailer") == 0


def test_what_is_not_an_event_at_all_is_laid_aside_and_can_be_looked_at(
    broker_address: Address, broker: Broker
) -> None:
    class Garbage(Envelope):
        def to_bytes(self) -> bytes:
            return b"\xff not an event"

    broker.declare("mailer", ["sale.made"])
    broker.publish([Garbage("sale.made", {})])
    consumer = Consumer(broker_address, "mailer", ["sale.made"], lambda _event: None)

    wait_until(lambda: broker.dead_count("mailer") == 1)
    consumer.end()
    [letter] = broker.dead_letters("mailer")
    assert (letter.id, letter.body) == ("", b"\xff not an event")
    assert "not an event envelope" in letter.cause
    assert broker.replay_dead_letters("mailer") == 1


def test_a_consumer_whose_database_is_away_waits_for_it_and_lays_nothing_aside(
    broker_address: Address, broker: Broker
) -> None:
    tries: list[int] = []

    def handle(event: Envelope) -> None:
        tries.append(event.payload["n"])
        if len(tries) <= DELIVERIES + 1:
            raise Unavailable

    broker.declare("mailer", ["sale.made"])
    broker.publish([Envelope("sale.made", {"n": 1}), Envelope("sale.made", {"n": 2})])
    consumer = Consumer(broker_address, "mailer", ["sale.made"], handle)

    wait_until(lambda: len(tries) == DELIVERIES + 3)
    consumer.end()
    assert tries == [1] * (DELIVERIES + 2) + [2]
    assert broker.dead_count("mailer") == 0


def test_what_a_consumer_held_when_it_died_comes_to_another(broker_address: Address) -> None:
    """F06, the transport's half: taken, not acknowledged, and the connection is gone."""
    died = threading.Event()
    got: list[int] = []

    class Dies(BaseException):
        pass

    def die(_event: Envelope) -> None:
        died.set()
        raise Dies

    broker = connect(*broker_address)
    broker.declare("mailer", ["sale.made"])
    broker.publish([Envelope("sale.made", {"n": number}) for number in range(5)])
    with pytest.raises(Dies):
        broker.consume("mailer", ["sale.made"], die, threading.Event())
    broker.close()

    heir = connect(*broker_address, abandoned_seconds=0.1)
    stop = threading.Event()
    thread = threading.Thread(
        target=heir.consume,
        args=("mailer", ["sale.made"], lambda event: got.append(event.payload["n"]), stop),
    )
    thread.start()
    wait_until(lambda: len(got) == 5)
    stop.set()
    thread.join(10)

    assert died.is_set()
    assert sorted(got) == [0, 1, 2, 3, 4]
    wait_until(lambda: heir.depth("mailer") == 0)
    heir.close()


def test_events_that_many_consumers_held_when_they_died_are_no_poison(broker_address: Address) -> None:
    """A process that dies again and again takes nothing with it: only what fails is laid aside."""
    got: list[int] = []

    class Dies(BaseException):
        pass

    def die(_event: Envelope) -> None:
        raise Dies

    sender = connect(*broker_address)
    sender.declare("mailer", ["sale.made"])
    sender.publish([Envelope("sale.made", {"n": number}) for number in range(3)])
    for _ in range(DELIVERIES + 2):
        victim = connect(*broker_address, abandoned_seconds=0.1)
        with pytest.raises(Dies):
            victim.consume("mailer", ["sale.made"], die, threading.Event())
        victim.close()

    heir = Consumer((*broker_address,), "mailer", ["sale.made"], lambda event: got.append(event.payload["n"]))
    wait_until(lambda: len(got) == 3)
    heir.end()
    assert sorted(got) == [0, 1, 2]
    assert sender.dead_count("mailer") == 0
    sender.close()


def test_a_busy_consumer_holds_few_events_and_leaves_the_others_to_its_brothers(
    broker_address: Address, broker: Broker
) -> None:
    is_free = threading.Event()
    held: list[int] = []
    got: list[int] = []

    def be_busy(event: Envelope) -> None:
        held.append(event.payload["n"])
        is_free.wait(60)

    broker.declare("mailer", ["sale.made"])
    broker.publish([Envelope("sale.made", {"n": number}) for number in range(PREFETCH * 2)])
    busy = Consumer(broker_address, "mailer", ["sale.made"], be_busy)
    wait_until(lambda: len(held) == 1)

    brother = Consumer(broker_address, "mailer", ["sale.made"], lambda event: got.append(event.payload["n"]))

    wait_until(lambda: len(got) == PREFETCH)
    assert got == list(range(PREFETCH, 2 * PREFETCH))
    is_free.set()
    wait_until(lambda: len(held) == PREFETCH)
    busy.end()
    brother.end()


def test_an_event_that_nobody_has_asked_for_is_named_and_the_others_arrive(
    broker_address: Address, broker: Broker
) -> None:
    got: list[str] = []
    broker.declare("mailer", ["sale.made"])
    wanted, unwanted = Envelope("sale.made", {}), Envelope("weather.changed", {})

    with pytest.raises(Unroutable) as refused:
        broker.publish([unwanted, wanted])

    assert refused.value.event_ids == {unwanted.id}
    consumer = Consumer(broker_address, "mailer", ["sale.made"], lambda event: got.append(event.id))
    wait_until(lambda: got == [wanted.id])
    consumer.end()


def test_a_subscriber_may_ask_for_more_later(broker_address: Address, broker: Broker) -> None:
    got: list[str] = []
    broker.declare("mailer", ["sale.made"])
    broker.declare("mailer", ["sale.made", "sale.undone"])

    broker.publish([Envelope("sale.undone", {}), Envelope("sale.made", {})])

    consumer = Consumer(
        broker_address, "mailer", ["sale.made", "sale.undone"], lambda event: got.append(event.name)
    )
    wait_until(lambda: len(got) == 2)
    consumer.end()
    assert got == ["sale.undone", "sale.made"]


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


@pytest.mark.parametrize(
    "server",
    [private_servers.redis_server, pytest.param(private_servers.rabbitmq_server, marks=pytest.mark.real)],
    ids=["redis", "rabbitmq"],
)
def test_what_was_confirmed_survives_a_crash_of_the_broker_and_its_consumers_come_back(server: Any) -> None:
    got: list[int] = []
    with server() as running:
        address = (running.url, "test-crash")
        broker = connect(*address)
        broker.declare("mailer", ["sale.made"])
        consumer = Consumer(address, "mailer", ["sale.made"], lambda event: got.append(event.payload["n"]))
        broker.publish([Envelope("sale.made", {"n": 0})])
        wait_until(lambda: got == [0])
        consumer.end()
        broker.publish([Envelope("sale.made", {"n": number}) for number in range(1, 51)])

        running.program.kill()
        with pytest.raises(BrokerDown):
            broker.publish([Envelope("sale.made", {"n": 99})])
        returning = Consumer(address, "mailer", ["sale.made"], lambda event: got.append(event.payload["n"]))
        running.program.start()

        wait_until(lambda: len(got) >= 51, seconds=90)
        returning.end()
        assert got == list(range(51))

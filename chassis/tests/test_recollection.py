"""A Redis that was emptied is told again what it carried; one that was not is left in peace."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.broker import Broker, connect
from chassis.clock import SetClock
from chassis.database import Database
from chassis.events import Event
from chassis.ids import new_id
from chassis.tables import service_metadata
from chassis.testing import REDIS_URL
from chassis.testing_brokers import wait_until

EVENTS = {"mailer": ["sale.made"], "books": ["sale.made", "sale.undone"]}


@pytest.fixture
def database(tmp_path: Path, clock: SetClock) -> Iterator[Database]:
    """A database with only the frame's tables."""
    made = Database(f"sqlite:///{tmp_path}/frame.db", clock=clock)
    service_metadata().create_all(made.engine)
    yield made
    made.close()


@pytest.fixture
def prefix() -> Iterator[str]:
    """A prefix of this test's own, removed afterwards."""
    made = f"test-{new_id()}"
    yield made
    empty(made)


@pytest.fixture
def broker(prefix: str) -> Iterator[Broker]:
    """A broker on Redis whose subscribers have declared what they want."""
    connection = connect(REDIS_URL, prefix)
    declare_all(connection)
    yield connection
    connection.close()


def declare_all(broker: Broker) -> None:
    for subscriber, names in EVENTS.items():
        broker.declare(subscriber, names)


def empty(prefix: str) -> None:
    """What FLUSHALL would do, to this test's keys alone."""
    client = redis.Redis.from_url(REDIS_URL)
    for key in client.scan_iter(f"{{{prefix}*"):
        client.delete(key)
    client.close()


def sell(database: Database, broker: Broker) -> None:
    def tell(session: Session) -> None:
        outbox.publish(session, Event("sale.made", {}), Event("sale.undone", {}))

    database.transact(tell)
    outbox.relay(database, broker)


def told_again(database: Database, broker: Broker) -> int:
    return outbox.make_up_for_losses(database, broker, "shop")


def settle(database: Database, broker: Broker) -> None:
    """Wait until the sender has noted the present mark."""
    wait_until(lambda: broker.lost_since("shop"))
    told_again(database, broker)
    outbox.relay(database, broker)


def test_what_an_emptied_redis_carried_is_sent_again_to_everyone(
    database: Database, broker: Broker, prefix: str
) -> None:
    settle(database, broker)
    sell(database, broker)
    empty(prefix)
    assert told_again(database, broker) == 0  # nobody is there yet who could be told

    declare_all(broker)
    wait_until(lambda: broker.lost_since("shop"))

    assert told_again(database, broker) == 2
    assert outbox.relay(database, broker) == 2
    assert {name: broker.depth(name) for name in EVENTS} == {"mailer": 1, "books": 2}
    assert told_again(database, broker) == 0


def test_a_subscriber_that_comes_back_late_misses_nothing(
    database: Database, broker: Broker, prefix: str
) -> None:
    settle(database, broker)
    empty(prefix)
    broker.declare("mailer", EVENTS["mailer"])
    settle(database, broker)
    sell(database, broker)  # books has not come back, and nobody knows that it will

    broker.declare("books", EVENTS["books"])
    wait_until(lambda: broker.lost_since("shop"))
    told_again(database, broker)
    outbox.relay(database, broker)

    assert broker.depth("books") == 2


def test_subscribers_that_declare_once_more_cause_nothing(database: Database, broker: Broker) -> None:
    settle(database, broker)
    sell(database, broker)

    declare_all(broker)

    assert broker.lost_since("shop") is None
    assert told_again(database, broker) == 0


@pytest.mark.real("rabbitmq")
def test_a_broker_that_keeps_what_it_confirmed_is_never_told_again(prefix: str) -> None:
    from chassis.testing import AMQP_URL

    connection = connect(AMQP_URL, prefix)

    assert connection.lost_since("shop") is None
    connection.close()

"""Outbox, inbox and stored answers: a fact is told if and only if it happened, and acted on once."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from chassis import idempotency, inbox, outbox
from chassis.broker import BrokerDown
from chassis.clock import SetClock
from chassis.database import Database
from chassis.events import Envelope, Event
from chassis.ids import new_id
from chassis.tables import service_metadata
from chassis.testing import MYSQL_URL


@pytest.fixture(params=["sqlite", pytest.param("mysql", marks=pytest.mark.real)])
def database(request: pytest.FixtureRequest, tmp_path: Path, clock: SetClock) -> Iterator[Database]:
    """A database with only the frame's tables."""
    url = f"sqlite:///{tmp_path}/frame.db"
    server, name = None, f"test_chassis_{new_id()[-12:]}"
    if request.param == "mysql":
        server = create_engine(MYSQL_URL)
        with server.begin() as connection:
            connection.execute(text(f"CREATE DATABASE {name} COLLATE utf8mb4_bin"))

        url = server.url.set(database=name).render_as_string(hide_password=False)
    made = Database(url, clock=clock)
    service_metadata().create_all(made.engine)
    yield made
    made.close()
    if server is not None:
        with server.begin() as connection:
            connection.execute(text(f"DROP DATABASE {name}"))
        server.dispose()


class Road:
    """A broker that keeps what it was given; it may be down."""

    def __init__(self) -> None:
        self.sent: list[Envelope] = []
        self.is_down = False

    def publish(self, envelopes: Sequence[Envelope]) -> None:
        if self.is_down:
            raise BrokerDown("down")
        self.sent.extend(envelopes)


def _tell(number: int, session: Session) -> None:
    outbox.publish(session, Event("sale.made", {"n": number}))


def test_events_leave_in_the_order_they_happened_and_once(database: Database) -> None:
    road = Road()
    for number in range(3):
        database.transact(partial(_tell, number))

    assert outbox.relay(database, road) == 3
    assert outbox.relay(database, road) == 0
    assert [envelope.payload["n"] for envelope in road.sent] == [0, 1, 2]


def test_what_was_rolled_back_is_never_told(database: Database) -> None:
    def fail(session: Session) -> None:
        outbox.publish(session, Event("sale.made", {}))
        raise RuntimeError("no sale")

    with pytest.raises(RuntimeError):
        database.transact(fail)

    assert database.read(outbox.waiting_count) == 0


def test_a_broker_that_is_down_loses_nothing(database: Database) -> None:
    road = Road()
    road.is_down = True
    database.transact(lambda session: outbox.publish(session, Event("sale.made", {"n": 1})))
    with pytest.raises(BrokerDown):
        outbox.relay(database, road)

    road.is_down = False
    outbox.relay(database, road)

    assert [envelope.payload for envelope in road.sent] == [{"n": 1}]


def test_an_event_is_acted_on_once_however_often_it_comes(database: Database) -> None:
    envelope = Envelope("sale.made", {})

    assert database.transact(lambda session: inbox.first_time(session, envelope))
    assert not database.transact(lambda session: inbox.first_time(session, envelope))


def test_a_reaction_that_failed_may_try_again(database: Database) -> None:
    envelope = Envelope("sale.made", {})

    def fail(session: Session) -> None:
        assert inbox.first_time(session, envelope)
        raise RuntimeError("later")

    with pytest.raises(RuntimeError):
        database.transact(fail)

    assert database.transact(lambda session: inbox.first_time(session, envelope))


def test_two_workers_that_get_the_same_event_at_once_act_once(database: Database) -> None:
    envelope, outcomes = Envelope("sale.made", {}), []
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        outcomes.append(database.transact(lambda session: inbox.first_time(session, envelope)))

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(outcomes) == [False, False, False, True]


def test_the_same_key_gives_the_stored_answer_and_another_question_is_refused(database: Database) -> None:
    mark = idempotency.fingerprint("pay", 100)
    database.transact(lambda session: idempotency.store(session, "ana", "pay", "k1", mark, {"done": True}))

    assert database.read(lambda session: idempotency.recall(session, "ana", "pay", "k1", mark)) == {
        "done": True
    }
    assert database.read(lambda session: idempotency.recall(session, "ben", "pay", "k1", mark)) is None
    with pytest.raises(idempotency.IdempotencyKeyReused):
        database.read(lambda session: idempotency.recall(session, "ana", "pay", "k1", "another mark"))


def test_answers_are_forgotten_after_a_day_and_not_before(database: Database, clock: SetClock) -> None:
    mark = idempotency.fingerprint("pay")
    database.transact(lambda session: idempotency.store(session, "ana", "pay", "k1", mark, 1))

    clock.advance(hours=23)
    idempotency.purge(database)
    assert database.read(lambda session: idempotency.recall(session, "ana", "pay", "k1", mark)) == 1
    clock.advance(hours=2)
    idempotency.purge(database)
    assert database.read(lambda session: idempotency.recall(session, "ana", "pay", "k1", mark)) is None


def test_sent_events_are_purged_and_waiting_ones_kept(database: Database, clock: SetClock) -> None:
    road = Road()
    database.transact(lambda session: outbox.publish(session, Event("sale.made", {})))
    outbox.relay(database, road)
    database.transact(lambda session: outbox.publish(session, Event("sale.made", {})))
    clock.advance(days=30)

    outbox.purge(database)
    inbox.purge(database)

    assert database.read(outbox.waiting_count) == 1
    assert timedelta(days=7) == outbox.KEPT

"""Outbox, inbox and stored answers: a fact is told if and only if it happened, and acted on once."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy.orm import Session

from chassis import idempotency, inbox, outbox
from chassis.broker import BrokerDown, Unroutable
from chassis.clock import SetClock
from chassis.database import Database
from chassis.events import Envelope, Event


class Road:
    """A broker that keeps what it was given; it may be down, and nobody may have asked for some events."""

    def __init__(self) -> None:
        self.sent: list[Envelope] = []
        self.is_down = False
        self.unasked: set[str] = set()

    def publish(self, envelopes: Sequence[Envelope]) -> None:
        if self.is_down:
            raise BrokerDown("down")
        self.sent.extend(envelope for envelope in envelopes if envelope.name not in self.unasked)
        unasked = [envelope.id for envelope in envelopes if envelope.name in self.unasked]
        if unasked:
            raise Unroutable(unasked)


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


def test_an_event_that_nobody_asked_for_waits_for_a_late_subscriber_and_holds_up_nobody(
    database: Database,
) -> None:
    road = Road()
    road.unasked = {"sale.made"}
    for number in range(outbox.BATCH + 1):
        database.transact(partial(_tell, number))
    database.transact(lambda session: outbox.publish(session, Event("sale.undone", {})))

    assert outbox.relay(database, road) == 1
    assert [envelope.name for envelope in road.sent] == ["sale.undone"]

    road.unasked = set()
    assert outbox.relay(database, road) == outbox.BATCH + 1
    assert [envelope.payload["n"] for envelope in road.sent[1:]] == list(range(outbox.BATCH + 1))


def test_an_event_that_nobody_asks_for_at_all_is_settled_in_the_end(
    database: Database, clock: SetClock
) -> None:
    road = Road()
    road.unasked = {"sale.made"}
    database.transact(partial(_tell, 1))
    assert outbox.relay(database, road) == 0

    clock.advance(seconds=outbox.UNASKED.total_seconds() + 1)

    assert outbox.relay(database, road) == 1
    assert database.read(outbox.waiting_count) == 0
    assert road.sent == []


def test_the_age_of_the_outbox_is_that_of_its_oldest_event(database: Database, clock: SetClock) -> None:
    assert database.read(outbox.oldest_age_seconds) == 0
    database.transact(partial(_tell, 1))
    clock.advance(seconds=7)
    database.transact(partial(_tell, 2))

    assert database.read(outbox.oldest_age_seconds) == 7
    assert outbox.relay(database, Road()) == 2
    assert database.read(outbox.oldest_age_seconds) == 0


def test_what_a_broker_lost_is_sent_again_from_an_instant_on(database: Database, clock: SetClock) -> None:
    database.transact(partial(_tell, 1))
    outbox.relay(database, Road())
    clock.advance(minutes=5)
    since = clock.now()
    database.transact(partial(_tell, 2))
    outbox.relay(database, Road())

    assert outbox.send_again(database, since) == 1

    fresh = Road()
    outbox.relay(database, fresh)
    assert [envelope.payload["n"] for envelope in fresh.sent] == [2]


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

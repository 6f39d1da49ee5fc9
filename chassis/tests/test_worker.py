"""A worker's parts together: what happened here is heard there, promptly, and after any of them was away."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import redis
from sqlalchemy.orm import Session

from chassis import kill_points, outbox
from chassis.broker import connect
from chassis.clock import SetClock
from chassis.database import Database
from chassis.events import Envelope, Event
from chassis.lag import Lag, lag_of
from chassis.nudges import Nudges, after_commit
from chassis.runtime import Runtime
from chassis.settings import ServiceSettings
from chassis.tables import service_metadata
from chassis.testing import REDIS_URL, make_runtime
from chassis.testing_brokers import Address, wait_until
from chassis.worker import Timer, Worker, declare_queues
from tools import private_servers

AN_HOUR = 3600.0
Make = Callable[..., Runtime[ServiceSettings]]


@pytest.fixture
def make(frame_url: str, clock: SetClock) -> Iterator[Make]:
    """Makes the parts of a service called mailer, at a broker."""
    made: list[Runtime[ServiceSettings]] = []

    def build(address: Address, **settings: Any) -> Runtime[ServiceSettings]:
        url, prefix = address
        given = {"BROKER_URL": url, "MESSAGE_PREFIX": prefix, **settings}
        made.append(make_runtime("mailer", ServiceSettings, frame_url, clock, **given))
        service_metadata().create_all(made[-1].database.engine)
        return made[-1]

    yield build
    for runtime in made:
        runtime.close()


class Books:
    """A worker that notes what it heard."""

    def __init__(self, runtime: Runtime[ServiceSettings], **options: Any) -> None:
        self.heard: list[int] = []
        self.runtime = runtime
        self.worker = Worker(runtime, {"sale.made": self._hear}, **options)

    def _hear(self, _runtime: Any, _session: Session, payload: Any, _envelope: Envelope) -> None:
        self.heard.append(payload["n"])

    def __enter__(self) -> Books:
        declare_queues(self.runtime, self.worker.reactions)
        self.worker.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.worker.stop()


def tell(database: Database, *numbers: int) -> None:
    for number in numbers:
        database.transact(partial(_tell, number))


def _tell(number: int, session: Session) -> None:
    outbox.publish(session, Event("sale.made", {"n": number}))


def test_an_event_leaves_at_once_however_seldom_the_outbox_is_looked_into(
    broker_address: Address, make: Make
) -> None:
    runtime = make(broker_address)
    with Books(runtime, relay_seconds=AN_HOUR) as books:
        tell(runtime.database, 1)
        wait_until(lambda: books.heard == [1])
        tell(runtime.database, 2, 3)
        wait_until(lambda: books.heard == [1, 2, 3])


def test_an_event_whose_nudge_was_lost_leaves_a_little_later(broker_address: Address, make: Make) -> None:
    runtime = make(broker_address)
    silent = Database(runtime.settings.database_url, clock=runtime.clock)
    with Books(runtime, relay_seconds=0.1) as books:
        tell(silent, 1)
        wait_until(lambda: books.heard == [1])
    silent.close()


def end_of_a_relay_at(point: str, address: Address, database: Database, folder: Path) -> int:
    """How a process of its own that sends what waits ends, which is to die at `point`: minus the signal."""
    (folder / point).touch()
    database.close()  # no connection in both processes
    pid = os.fork()
    if pid == 0:
        kill_points.watch(folder)
        outbox.relay(database, connect(*address))
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_an_event_whose_sender_died_before_the_confirm_is_sent_again_and_acted_on_once(
    broker_address: Address, make: Make, tmp_path: Path
) -> None:
    """F05: the broker has it, and nobody who is alive knows."""
    runtime = make(broker_address)
    books = Books(runtime)
    declare_queues(runtime, books.worker.reactions)
    tell(runtime.database, 1)
    broker = connect(*broker_address)

    died = end_of_a_relay_at("broker.before_confirm", broker_address, runtime.database, tmp_path)

    assert died == -signal.SIGKILL
    wait_until(lambda: broker.depth("mailer") == 1)
    assert runtime.database.read(outbox.waiting_count) == 1
    with books:
        wait_until(lambda: runtime.database.read(outbox.waiting_count) == 0)
        tell(runtime.database, 2)
        wait_until(lambda: 2 in books.heard)
    assert books.heard == [1, 2]
    broker.close()


def test_without_redis_events_still_leave_over_another_broker(make: Make) -> None:
    with private_servers.redis_server() as other:
        runtime = make((other.url, "test-away"), REDIS_URL="redis://127.0.0.1:1/0")
        with Books(runtime, relay_seconds=AN_HOUR) as books:
            tell(runtime.database, 1)
            wait_until(lambda: books.heard == [1])


def test_a_worker_that_waits_stops_when_it_is_told_to(broker_address: Address, make: Make) -> None:
    runtime = make(broker_address)
    books = Books(runtime, relay_seconds=AN_HOUR, timers=[Timer("idle", AN_HOUR, lambda _: None, "errands")])
    with books:
        threads = list(books.worker._threads)

    assert not any(thread.is_alive() for thread in threads)


def test_a_timer_is_woken_by_a_nudge_on_its_topic(make: Make) -> None:
    runtime = make((REDIS_URL, "test-errands"))
    rounds: list[int] = []
    timer = Timer("errands", AN_HOUR, lambda _: rounds.append(1), "errands")
    with Books(runtime, timers=[timer]):
        wait_until(lambda: rounds == [1])
        runtime.database.transact(lambda session: after_commit(session, "errands"))
        wait_until(lambda: rounds == [1, 1])


def test_what_rolled_back_wakes_nobody(make: Make) -> None:
    runtime = make((REDIS_URL, "test-undone"))
    waiting = Nudges(REDIS_URL, "test-undone:mailer").waiting("errands")
    woken = threading.Event()

    def undone(session: Session) -> None:
        after_commit(session, "errands")
        raise RuntimeError("undone")

    with waiting:
        with pytest.raises(RuntimeError):
            runtime.database.transact(undone)
        assert waiting._listener.get_message(timeout=0) is None
        runtime.database.transact(lambda session: after_commit(session, "errands"))
        waiting.wait(AN_HOUR, woken)


def test_a_listener_hears_again_after_redis_was_away(make: Make) -> None:
    with private_servers.redis_server() as server:
        runtime = make((server.url, "test-return"), REDIS_URL=server.url)
        with Books(runtime, relay_seconds=AN_HOUR) as books:
            tell(runtime.database, 1)
            wait_until(lambda: books.heard == [1])
            server.program.kill()
            tell(runtime.database, 2)
            server.program.start()
            wait_until(lambda: books.heard == [1, 2])
            wait_until(lambda: answers(runtime))
            tell(runtime.database, 3)
            wait_until(lambda: books.heard == [1, 2, 3])


def answers(runtime: Runtime[ServiceSettings]) -> bool:
    """Whether this process has noticed that Redis is back."""
    try:
        return bool(runtime.redis.ping())
    except redis.RedisError:
        return False


@pytest.mark.parametrize(
    "server",
    [private_servers.redis_server, pytest.param(private_servers.rabbitmq_server, marks=pytest.mark.real)],
    ids=["redis", "rabbitmq"],
)
def test_the_outbox_drains_when_the_broker_is_back_and_nothing_is_lost_or_doubled(
    server: Any, make: Make
) -> None:
    """F09, the drain: a broker that was killed and comes back on its files; sales went on meanwhile."""
    with server() as running:
        runtime = make((running.url, "test-drain"))
        with Books(runtime) as books:
            tell(runtime.database, *range(20))
            wait_until(lambda: books.heard == list(range(20)))

            running.program.kill()
            tell(runtime.database, *range(20, 150))
            assert runtime.database.read(outbox.waiting_count) == 130
            running.program.start()

            wait_until(lambda: len(books.heard) == 150, seconds=90)
            wait_until(lambda: runtime.database.read(outbox.waiting_count) == 0)
            wait_until(lambda: lag_of(runtime, has_queue=True) == Lag(0, 0.0, 0, 0))
            assert sorted(books.heard) == list(range(150))


def test_how_far_behind_a_service_is_can_be_read(
    broker_address: Address, make: Make, clock: SetClock
) -> None:
    runtime = make(broker_address)
    broker = connect(*broker_address)
    broker.declare("mailer", ["sale.made"])
    broker.publish([Envelope("sale.made", {"n": 1}), Envelope("sale.made", {"n": 2})])
    tell(runtime.database, 3)
    clock.advance(seconds=9)

    wait_until(lambda: lag_of(runtime, has_queue=True) == Lag(1, 9.0, 2, 0))
    assert lag_of(runtime, has_queue=False) == Lag(1, 9.0, 0, 0)
    broker.close()

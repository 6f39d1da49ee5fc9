"""One clock, no lost update, and clear words when a database is away."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select, update
from sqlalchemy.orm import Session

from chassis.clock import SetClock
from chassis.database import Database, UtcDateTime, sql_now, utc_now
from chassis.errors import Unavailable
from chassis.testing import MYSQL_URL, NOON

METADATA = MetaData()
COUNTERS = Table(
    "counters",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("value", Integer),
    Column("at", UtcDateTime()),
)
WORDS = Table("words", METADATA, Column("word", String(20), primary_key=True))


@pytest.fixture
def sqlite(tmp_path: Path, clock: SetClock) -> Database:
    """A file database that follows the test's clock."""
    database = Database(f"sqlite:///{tmp_path}/x.db", clock=clock)
    METADATA.create_all(database.engine)
    return database


def test_the_clock_of_a_test_holds_inside_statements(sqlite: Database, clock: SetClock) -> None:
    assert sqlite.read(utc_now) == NOON
    clock.advance(minutes=5)
    sqlite.transact(lambda session: session.execute(insert(COUNTERS).values(id=1, value=0, at=sql_now())))

    assert sqlite.read(lambda session: session.scalar(select(COUNTERS.c.at))) == NOON + timedelta(minutes=5)


@pytest.mark.real
def test_the_clock_of_a_test_holds_inside_statements_of_mysql_too(clock: SetClock) -> None:
    database = Database(MYSQL_URL + "test" if MYSQL_URL.endswith("/") else MYSQL_URL, clock=clock)

    assert database.read(utc_now) == NOON
    clock.advance(days=400)
    assert database.transact(utc_now) == NOON + timedelta(days=400)
    database.close()


def test_an_instant_keeps_its_microseconds_and_comes_back_as_utc(sqlite: Database) -> None:
    tokyo = datetime(2026, 11, 22, 3, 4, 5, 678901, timezone(timedelta(hours=9)))
    sqlite.transact(lambda session: session.execute(insert(COUNTERS).values(id=1, value=0, at=tokyo)))

    found = sqlite.read(lambda session: session.scalar(select(COUNTERS.c.at)))

    assert found == tokyo
    assert found is not None
    assert found.tzinfo is UTC


def test_an_instant_without_a_zone_is_refused(sqlite: Database) -> None:
    naive = datetime(2026, 11, 22)  # noqa: DTZ001  # the point of the test

    with pytest.raises(Exception, match="an instant needs a time zone"):
        sqlite.transact(lambda session: session.execute(insert(COUNTERS).values(id=1, value=0, at=naive)))


def test_read_modify_write_from_many_threads_loses_no_update(sqlite: Database) -> None:
    sqlite.transact(lambda session: session.execute(insert(COUNTERS).values(id=1, value=0)))

    def add(session: Session) -> None:
        value = session.scalar(select(COUNTERS.c.value))
        session.execute(update(COUNTERS).values(value=(value or 0) + 1))

    threads = [threading.Thread(target=lambda: [sqlite.transact(add) for _ in range(25)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sqlite.read(lambda session: session.scalar(select(COUNTERS.c.value))) == 100


def test_a_failed_transaction_leaves_nothing(sqlite: Database) -> None:
    def fail(session: Session) -> None:
        session.execute(insert(WORDS).values(word="half"))
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError):
        sqlite.transact(fail)

    assert sqlite.read(lambda session: session.scalar(select(WORDS.c.word))) is None


def test_a_database_that_is_away_is_unavailable_not_a_bug() -> None:
    away = Database("mysql://root@127.0.0.1:1/none")

    with pytest.raises(Unavailable):
        away.read(utc_now)
    with pytest.raises(Unavailable):
        away.transact(utc_now)
    assert not away.answers()


@pytest.mark.real
def test_a_deadlocks_victim_runs_again(request: pytest.FixtureRequest) -> None:
    database = Database(MYSQL_URL + "test" if MYSQL_URL.endswith("/") else MYSQL_URL)
    METADATA.drop_all(database.engine)
    METADATA.create_all(database.engine)
    request.addfinalizer(database.close)
    request.addfinalizer(lambda: METADATA.drop_all(database.engine))
    database.transact(
        lambda session: session.execute(insert(COUNTERS), [{"id": 1, "value": 0}, {"id": 2, "value": 0}])
    )
    meet = threading.Barrier(2)
    runs: list[int] = []

    def cross(first: int, second: int) -> None:
        met: list[bool] = []

        def work(session: Session) -> None:
            runs.append(first)
            for row in (first, second):
                session.execute(
                    update(COUNTERS).where(COUNTERS.c.id == row).values(value=COUNTERS.c.value + 1)
                )
                if not met:
                    met.append(True)
                    meet.wait(10)

        database.transact(work)

    threads = [threading.Thread(target=cross, args=pair) for pair in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(runs) == 3
    assert database.read(lambda session: list(session.scalars(select(COUNTERS.c.value)))) == [2, 2]

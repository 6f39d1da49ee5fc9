"""One database of one service: SQLite or MySQL by its URL, with the same guarantees on both.

SQLite's driver opens transactions too late and loses updates; so each write transaction begins with BEGIN
IMMEDIATE. MySQL runs READ COMMITTED with a short lock wait, and a deadlock's victim is run again. Nothing in
the services leans on an isolation level: they use unique keys and guarded single statements.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

import orjson
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Engine,
    Integer,
    create_engine,
    event,
    func,
    select,
    type_coerce,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.engine import Connection, CursorResult, Dialect, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.types import TypeDecorator

from chassis.clock import SYSTEM_CLOCK, Clock, SystemClock
from chassis.errors import Unavailable
from chassis.nudges import Nudges, topics_of

T = TypeVar("T")

ATTEMPTS = 6
# MySQL: lock wait timeout, deadlock, snapshot conflict (MariaDB). The whole transaction has to run again.
RETRIED_ERRORS = frozenset({1205, 1213, 1020})
BigId = BigInteger().with_variant(Integer, "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC instant with microseconds, on both engines."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """DATETIME(6) on MySQL, whose plain DATETIME drops fractions."""
        return dialect.type_descriptor(mysql.DATETIME(fsp=6) if dialect.name == "mysql" else DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC without a zone. Raises ValueError for a naive value: it could mean anything."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


def sql_now() -> ColumnElement[datetime]:
    """The database's own time inside a statement: the one clock by which expiry is judged."""
    return type_coerce(func.utc_timestamp(6), UtcDateTime())


def rows_changed(session: Session, statement: UpdateBase) -> int:
    """Execute a guarded UPDATE or DELETE; how many rows it found as it expected them.

    The session's own objects are left as they are: refresh those that are used afterwards.
    """
    done = session.execute(statement.execution_options(synchronize_session=False))
    return int(cast(CursorResult[Any], done).rowcount)


def utc_now(session: Session) -> datetime:
    """The database's time, as an aware UTC datetime."""
    return session.execute(_NOW).scalar_one()


_NOW = select(sql_now())  # built once: every command asks for the time, most of them several times


class Database:
    """Connections to one database; safe to share between threads, to be `forget`-ed after a fork."""

    def __init__(
        self,
        url: str,
        *,
        clock: Clock = SYSTEM_CLOCK,
        synchronous: str = "NORMAL",
        pool_size: int = 8,
        nudges: Nudges | None = None,
    ) -> None:
        # A plain mysql:// means PyMySQL; "pymysql://" ends in it too, so only the start of the address counts.
        self.url = f"mysql+pymysql://{url[8:]}" if url.startswith("mysql://") else url
        self.clock = clock
        self.nudges = nudges
        self.is_sqlite = make_url(self.url).get_backend_name() == "sqlite"
        self.engine: Engine = self._sqlite(synchronous) if self.is_sqlite else self._mysql(pool_size)

    def transact(self, work: Callable[[Session], T]) -> T:
        """Run `work` in one write transaction and commit; its result.

        `work` runs again after a deadlock or lock wait, so it must do nothing outside the session. Raises
        Unavailable when the database cannot be reached or stays locked.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with Session(self._writing, expire_on_commit=False) as session, session.begin():
                    result = work(session)
            except OperationalError as error:
                if attempt == ATTEMPTS or not _is_retried(error):
                    raise _unavailable(error) from error
                time.sleep(random.uniform(0.005, 0.03) * attempt)  # noqa: S311  # jitter, no secret
                continue
            if self.nudges is not None:
                self.nudges.give(topics_of(session))
            return result
        raise AssertionError("the loop returns or raises")

    def read(self, work: Callable[[Session], T]) -> T:
        """Run `work` in a read-only transaction; its result. Raises Unavailable as `transact`."""
        try:
            with Session(self.engine, expire_on_commit=False) as session:
                return work(session)
        except OperationalError as error:
            raise _unavailable(error) from error

    def answers(self) -> bool:
        """Whether a trivial statement succeeds; for health checks."""
        try:
            with self.engine.connect() as connection:
                connection.execute(select(1))
            return True
        except Exception:  # noqa: BLE001  # whatever the driver raises: the answer is no
            return False

    def forget(self) -> None:
        """Drop inherited connections in a forked child without closing the parent's."""
        self.engine.dispose(close=False)

    def close(self) -> None:
        """Close all pooled connections."""
        self.engine.dispose()
        if self.nudges is not None:
            self.nudges.close()

    def _sqlite(self, synchronous: str) -> Engine:
        engine = create_engine(self.url, connect_args={"timeout": 10, "check_same_thread": False}, **_ENGINE)
        clock = self.clock

        @event.listens_for(engine, "connect")
        def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
            connection.isolation_level = None  # transactions are begun below, not guessed by the driver
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(f"PRAGMA synchronous={synchronous}")
            connection.execute("PRAGMA foreign_keys=ON")
            connection.create_function("utc_timestamp", 1, lambda _digits: _sqlite_text(clock.now()))

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            writes = connection.get_execution_options().get("writes", False)
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

        self._writing: Any = engine.execution_options(writes=True)
        return engine

    def _mysql(self, pool_size: int) -> Engine:
        engine = create_engine(
            self.url,
            **_ENGINE,
            isolation_level="READ COMMITTED",
            pool_size=pool_size,
            max_overflow=2 * pool_size,
            pool_timeout=5,
            pool_recycle=1800,
            pool_pre_ping=True,
            connect_args={
                "connect_timeout": 3,
                "read_timeout": 15,
                "charset": "utf8mb4",
                "init_command": "SET SESSION innodb_lock_wait_timeout=5, time_zone='+00:00'",
            },
        )
        if not isinstance(self.clock, SystemClock):
            # UTC_TIMESTAMP() follows the session's timestamp variable: a test's clock holds inside statements too.
            @event.listens_for(engine, "begin")
            def _set_time(connection: Connection) -> None:
                connection.exec_driver_sql(f"SET SESSION timestamp = {self.clock.now().timestamp():.6f}")

        self._writing = engine
        return engine


def _json_text(value: Any) -> str:
    return orjson.dumps(value).decode()


# What a statement was given stays out of its errors: those are logged, and it may be anything about anybody.
_ENGINE: dict[str, Any] = {
    "json_serializer": _json_text,
    "json_deserializer": orjson.loads,
    "hide_parameters": True,
}


def _sqlite_text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def _is_retried(error: OperationalError) -> bool:
    code = error.orig.args[0] if error.orig is not None and error.orig.args else None
    return code in RETRIED_ERRORS or "database is locked" in str(error.orig)


def _unavailable(error: OperationalError) -> Exception:
    """Connection trouble as Unavailable; anything else is a bug and stays itself."""
    code = error.orig.args[0] if error.orig is not None and error.orig.args else None
    text = str(error.orig)
    lost = (
        error.connection_invalidated
        or _is_retried(error)
        or code in {2002, 2003, 2006, 2013, 1040, 1053, 1927}
    )
    return Unavailable() if lost or "unable to open database" in text else error

"""Tools for tests of services: a clock to set, a fresh database on both engines, a client, fake siblings.

Loaded as a pytest plugin by the root conftest.py. A test that takes `database_url` runs on SQLite and on a
real MySQL or MariaDB (TEST_DATABASE_URL, by default root on 127.0.0.1:3306); the latter carry the mark `real`.
"""

from __future__ import annotations

import importlib
import os
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
import redis
from flask import Flask
from sqlalchemy import create_engine, text

from chassis import migrations
from chassis.clock import SetClock
from chassis.database import Database
from chassis.identity import CALLER_HEADER, VISITOR, Caller, Role, sign_caller
from chassis.runtime import Runtime
from chassis.settings import ServiceSettings
from chassis.testing_peers import FakePeers as FakePeers  # noqa: PLC0414  # handed on: one of the same tools
from chassis.testing_rooms import ROOM_KEYS, SECRET

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
MYSQL_URL = os.environ.get("TEST_DATABASE_URL", "mysql+pymysql://root@127.0.0.1:3306/")
REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/9")
AMQP_URL = os.environ.get("TEST_AMQP_URL", "amqp://guest:guest@127.0.0.1:5672/")

S = TypeVar("S", bound=ServiceSettings)


def as_user(
    user_id: str, role: str = "CUSTOMER", scope: tuple[str, ...] = (), session_id: str = "session-1"
) -> Caller:
    """A signed-in person as the gateway tells of one."""
    return Caller(user_id, Role[role], frozenset(scope), session_id)


def as_peer(service: str, user_id: str | None = None) -> Caller:
    """A sibling service that asks."""
    return Caller(user_id, issuer=service)


class ServiceClient:
    """Asks one service as the gateway would."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.runtime: Runtime[Any] = app.extensions["runtime"]
        self._client = app.test_client()

    def headers(self, caller: Caller = VISITOR) -> dict[str, str]:
        """The headers that make a request come from `caller`."""
        return {CALLER_HEADER: sign_caller(caller, self.runtime.name, self.runtime.settings.internal_secret)}

    def gql(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        *,
        caller: Caller = VISITOR,
        **headers: str,
    ) -> dict[str, Any]:
        """The whole answer: data and errors."""
        answer = self._client.post(
            "/graphql",
            json={"query": query, "variables": dict(variables or {})},
            headers={**self.headers(caller), **headers},
        )
        parsed: dict[str, Any] = answer.get_json()
        return parsed

    def data(
        self, query: str, variables: Mapping[str, Any] | None = None, *, caller: Caller = VISITOR
    ) -> dict[str, Any]:
        """The data of an answer that must be free of errors."""
        answer = self.gql(query, variables, caller=caller)
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    def error_codes(
        self, query: str, variables: Mapping[str, Any] | None = None, *, caller: Caller = VISITOR
    ) -> list[str]:
        """Codes of the top-level errors."""
        return [
            error["extensions"]["code"]
            for error in self.gql(query, variables, caller=caller).get("errors", [])
        ]

    def get(self, path: str, **options: Any) -> Any:
        """A plain HTTP GET."""
        return self._client.get(path, **options)

    def post(self, path: str, **options: Any) -> Any:
        """A plain HTTP POST."""
        return self._client.post(path, **options)


def make_runtime(
    name: str, kind: type[S], database_url: str, clock: SetClock, peers: Any = None, **settings: Any
) -> Runtime[S]:
    """A runtime for tests; settings by their environment names, e.g. HOLD_MINUTES=5."""
    values = {
        "DATABASE_URL": database_url,
        "REDIS_URL": REDIS_URL,
        "INTERNAL_SECRET": SECRET,
        "ROOM_KEYS": ROOM_KEYS,
        "LOG_LEVEL": "ERROR",
        # The people of tests do in a second what guests do in a day; the limit has a test of its own.
        "WRITES_PER_MINUTE": 1_000_000,
    }
    runtime = Runtime.start(name, kind(**{**values, **settings}), clock=clock)
    return (
        runtime
        if peers is None
        else Runtime(name, runtime.settings, runtime.database, runtime.redis, peers, clock)
    )


@pytest.fixture
def clock() -> SetClock:
    """Time stands still at NOON until the test moves it; the databases follow."""
    return SetClock(NOON)


@pytest.fixture
def redis_client() -> Iterator[redis.Redis]:
    """A real Redis, emptied before and after."""
    client = redis.Redis.from_url(REDIS_URL)
    client.flushdb()
    yield client
    client.flushdb()
    client.close()


@pytest.fixture(params=["sqlite", pytest.param("mysql", marks=pytest.mark.real)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path, clock: SetClock) -> Iterator[str]:
    """An empty, migrated database of the service that the test belongs to, on each engine."""
    service = room_of(request)
    if request.param == "sqlite":
        template = _sqlite_template(service, request.getfixturevalue("tmp_path_factory"))
        path = tmp_path / f"{service}.db"
        shutil.copy(template, path)
        yield f"sqlite:///{path}"
    else:
        url = _mysql_database(service, request)
        _empty(url)
        yield url


def room_of(request: pytest.FixtureRequest) -> str:
    """The service whose tests folder holds the test."""
    return request.path.relative_to(request.config.rootpath).parts[0]


_templates: dict[str, Path] = {}
_mysql_urls: dict[str, str] = {}


def _sqlite_template(service: str, folders: pytest.TempPathFactory) -> Path:
    if service not in _templates:
        path = folders.mktemp("template") / f"{service}.db"
        database = Database(f"sqlite:///{path}")
        migrations.upgrade(database, service)
        with database.engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
        _templates[service] = path
    return _templates[service]


def _mysql_database(service: str, request: pytest.FixtureRequest) -> str:
    if service not in _mysql_urls:
        name = f"test_{service}_{os.getpid()}"
        server = create_engine(MYSQL_URL)
        with server.begin() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS `{name}`"))
            connection.execute(text(f"CREATE DATABASE `{name}`"))
        url = str(server.url.set(database=name).render_as_string(hide_password=False))
        database = Database(url)
        migrations.upgrade(database, service)
        database.close()
        _mysql_urls[service] = url

        def drop() -> None:
            with server.begin() as connection:
                connection.execute(text(f"DROP DATABASE IF EXISTS `{name}`"))
            server.dispose()
            _mysql_urls.pop(service, None)

        request.session.addfinalizer(drop)
    return _mysql_urls[service]


def _empty(url: str) -> None:
    service = next(name for name, known in _mysql_urls.items() if known == url)
    metadata = importlib.import_module(f"{service}.models").Base.metadata
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("SET FOREIGN_KEY_CHECKS=0"))
        for table in metadata.sorted_tables:
            connection.execute(table.delete())
        connection.execute(text("SET FOREIGN_KEY_CHECKS=1"))
    engine.dispose()

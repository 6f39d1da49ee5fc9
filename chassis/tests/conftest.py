"""A database with the frame's own tables, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from chassis.clock import SetClock
from chassis.database import Database
from chassis.ids import new_id
from chassis.tables import service_metadata
from chassis.testing import MYSQL_URL


@pytest.fixture(params=["sqlite", pytest.param("mysql", marks=pytest.mark.real)])
def frame_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/frame.db"
        return
    server, name = create_engine(MYSQL_URL), f"test_chassis_{new_id()[-12:]}"
    with server.begin() as connection:
        connection.execute(text(f"CREATE DATABASE {name} COLLATE utf8mb4_bin"))
    yield server.url.set(database=name).render_as_string(hide_password=False)
    with server.begin() as connection:
        connection.execute(text(f"DROP DATABASE {name}"))
    server.dispose()


@pytest.fixture
def database(frame_url: str, clock: SetClock) -> Iterator[Database]:
    """A database with only the frame's tables."""
    made = Database(frame_url, clock=clock)
    service_metadata().create_all(made.engine)
    yield made
    made.close()

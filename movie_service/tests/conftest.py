"""A service of its own for each test, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from chassis.clock import SetClock
from chassis.testing import ServiceClient, make_runtime
from movie_service.app import create_app
from movie_service.commands.catalogue import MovieRuntime
from movie_service.settings import MovieSettings


@pytest.fixture
def runtime(database_url: str, clock: SetClock, tmp_path: Path) -> Iterator[MovieRuntime]:
    """The parts of the service, with the tests' clock."""
    folder = str(tmp_path / "posters")
    runtime = make_runtime("movie_service", MovieSettings, database_url, clock, POSTER_FOLDER=folder)
    yield runtime
    runtime.close()


@pytest.fixture
def service(runtime: MovieRuntime) -> ServiceClient:
    """A client that asks the service as the gateway would."""
    return ServiceClient(create_app(runtime=runtime))

"""A service of its own for each test, on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chassis.clock import SetClock
from chassis.testing import ServiceClient, make_runtime
from cinema_service.app import create_app
from cinema_service.commands.records import CinemaRuntime
from cinema_service.settings import CinemaSettings


@pytest.fixture
def runtime(database_url: str, clock: SetClock) -> Iterator[CinemaRuntime]:
    """The parts of the service, with the tests' clock."""
    runtime = make_runtime("cinema_service", CinemaSettings, database_url, clock)
    yield runtime
    runtime.close()


@pytest.fixture
def service(runtime: CinemaRuntime) -> ServiceClient:
    """A client that asks the service as the gateway would."""
    return ServiceClient(create_app(runtime=runtime))

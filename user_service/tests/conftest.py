"""A service of its own for each test, on both databases, with fast hashing and keys in a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from chassis.clock import SetClock
from chassis.testing import FakePeers, ServiceClient, make_runtime
from user_service.app import create_app
from user_service.settings import UserRuntime, UserSettings
from user_service.tests.builders import PEPPER, People


@pytest.fixture
def peers() -> FakePeers:
    """Siblings that answer only what a test teaches them."""
    return FakePeers()


@pytest.fixture
def runtime(
    database_url: str, clock: SetClock, peers: FakePeers, redis_client: redis.Redis, tmp_path: Path
) -> Iterator[UserRuntime]:
    """The parts of the service, with the tests' clock."""
    runtime = make_runtime(
        "user_service",
        UserSettings,
        database_url,
        clock,
        peers,
        PASSWORD_PEPPER=PEPPER,
        BCRYPT_COST=4,
        JWT_KEYS_DIR=str(tmp_path / "keys"),
        MESSAGE_PREFIX=f"test-{tmp_path.name}",
    )
    yield runtime
    runtime.close()


@pytest.fixture
def service(runtime: UserRuntime) -> ServiceClient:
    """A client that asks the service as the gateway would."""
    return ServiceClient(create_app(runtime=runtime))


@pytest.fixture
def people(service: ServiceClient) -> People:
    """Makes people and reads what was written to them."""
    return People(service)

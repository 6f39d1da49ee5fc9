"""A service of its own for each test, on both databases, with its worker to hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from chassis.clock import SetClock
from chassis.testing import FakePeers, ServiceClient, make_runtime
from notification_service.app import create_app
from notification_service.settings import NotificationRuntime, NotificationSettings
from notification_service.tests.builders import Post

# Fixtures of their own file, made known to every test here.
from notification_service.tests.servers import (  # noqa: F401
    mail_server,
    provider,
    push_service,
    secure_mail_server,
)


@pytest.fixture
def peers() -> FakePeers:
    """Siblings that answer only what a test teaches them."""
    return FakePeers()


@pytest.fixture
def runtime(
    database_url: str, clock: SetClock, peers: FakePeers, redis_client: redis.Redis, tmp_path: Path
) -> Iterator[NotificationRuntime]:
    """The parts of the service, with the tests' clock and the dev mailbox."""
    runtime = make_runtime(
        "notification_service",
        NotificationSettings,
        database_url,
        clock,
        peers,
        VAPID_KEY_FILE=str(tmp_path / "vapid.pem"),
        MESSAGE_PREFIX=f"test-{tmp_path.name}",
    )
    yield runtime
    runtime.close()


@pytest.fixture
def service(runtime: NotificationRuntime) -> ServiceClient:
    """A client that asks the service as the gateway would."""
    return ServiceClient(create_app(runtime=runtime))


@pytest.fixture
def post(runtime: NotificationRuntime) -> Post:
    """Lets events happen and reads what people were told."""
    return Post(runtime)

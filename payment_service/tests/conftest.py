"""A payment service at work, on each database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chassis.testing import make_runtime
from payment_service.settings import PaymentSettings
from payment_service.tests.builders import Till


@pytest.fixture
def till(database_url, clock) -> Iterator[Till]:
    """The service with a simulated provider that loses no test time."""
    runtime = make_runtime(
        "payment_service",
        PaymentSettings,
        database_url,
        clock,
        SIMULATED_SLOW_SECONDS=30,
        PROVIDER_DEADLINE_SECONDS=0.01,
        PROVIDER_CALLS_AT_ONCE=64,
        PUBLIC_URL="http://lobby.example",
    )
    yield Till(runtime)
    runtime.close()

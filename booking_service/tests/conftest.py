"""Fixtures of booking_service: a house with one room, siblings that answer as they should."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from booking_service.app import create_app
from booking_service.settings import BookingSettings
from booking_service.tests.builders import House, Siblings
from chassis.clock import SetClock
from chassis.runtime import Runtime
from chassis.testing import ServiceClient, make_runtime

TICKET_KEYS = "first:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


@pytest.fixture
def siblings() -> Siblings:
    """Payment and coupon services of the test."""
    return Siblings()


@pytest.fixture
def runtime(
    database_url: str, clock: SetClock, siblings: Siblings, redis_client: object, tmp_path: object
) -> Iterator[Runtime[BookingSettings]]:
    """A running booking_service on each database."""
    running = make_runtime(
        "booking_service", BookingSettings, database_url, clock, siblings, TICKET_SIGNING_KEYS=TICKET_KEYS,
        BOOKING_FILES_DIR=str(tmp_path), BOOKING_FEE=100, HOLDS_PER_MINUTE=1_000_000, PAYMENTS_PER_MINUTE=1_000_000,
    )  # fmt: skip
    yield running
    running.close()


@pytest.fixture
def house(runtime: Runtime[BookingSettings]) -> House:
    """A cinema with one auditorium and tools to fill it."""
    return House(runtime)


@pytest.fixture
def client(runtime: Runtime[BookingSettings]) -> ServiceClient:
    """Asks the service as the gateway would."""
    return ServiceClient(create_app(runtime=runtime))

"""A coupon service at work, on each database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chassis.testing import make_runtime
from coupon_service.settings import CouponSettings
from coupon_service.tests.builders import Desk


@pytest.fixture
def desk(database_url, clock, redis_client) -> Iterator[Desk]:
    """The service under test."""
    runtime = make_runtime("coupon_service", CouponSettings, database_url, clock)
    yield Desk(runtime)
    runtime.close()

"""How often one person may hold and pay: enough for anybody who wants to go to the cinema."""

from __future__ import annotations

import pytest

from booking_service.app import create_app
from booking_service.settings import BookingSettings
from booking_service.tests.conftest import TICKET_KEYS
from chassis.testing import ServiceClient, as_user, make_runtime

HOLD = 'mutation { holdSeats(input: { showtimeId: "x", seats: [{ seatId: "A1" }] }) { userErrors { code } } }'
PAY = 'mutation { payBooking(input: { bookingId: "x", method: CARD, idempotencyKey: "k" }) { userErrors { code } } }'


@pytest.fixture
def door(database_url, clock, redis_client, siblings, tmp_path):
    """The service with the limits it is shipped with."""
    runtime = make_runtime(
        "booking_service", BookingSettings, database_url, clock, siblings, TICKET_SIGNING_KEYS=TICKET_KEYS,
        BOOKING_FILES_DIR=str(tmp_path),
    )  # fmt: skip
    yield ServiceClient(create_app(runtime=runtime))
    runtime.close()


@pytest.mark.parametrize("operation", [HOLD, PAY])
def test_the_eleventh_hold_or_payment_within_a_minute_waits_and_others_go_on(door, operation):
    for _ in range(10):
        assert "RATE_LIMITED" not in door.error_codes(operation, caller=as_user("ana"))

    refused = door.gql(operation, caller=as_user("ana"))["errors"][0]["extensions"]

    assert refused["code"] == "RATE_LIMITED"
    assert 1 <= refused["retryAfterSeconds"] <= 61
    assert "RATE_LIMITED" not in door.error_codes(operation, caller=as_user("ben"))


def test_ten_names_for_one_hold_count_ten_times(door):
    """An alias is no way around: what counts is the change, not the request."""
    fields = HOLD.removeprefix("mutation { ").removesuffix(" }")
    many = "mutation { " + " ".join(f"a{number}: {fields}" for number in range(11)) + " }"

    codes = door.error_codes(many, caller=as_user("ana"))

    assert "RATE_LIMITED" in codes

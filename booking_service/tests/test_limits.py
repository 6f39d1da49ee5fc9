"""How often one person, and one source, may hold and pay: enough for anybody who wants to go to the cinema."""

from __future__ import annotations

import pytest

from booking_service.app import create_app
from booking_service.settings import BookingSettings
from booking_service.tests.conftest import TICKET_KEYS
from chassis.testing import ServiceClient, as_user, make_runtime

HOLD = 'mutation { holdSeats(input: { showtimeId: "x", seats: [{ seatId: "A1" }] }) { userErrors { code } } }'
PAY = 'mutation { payBooking(input: { bookingId: "x", method: CARD, idempotencyKey: "k" }) { userErrors { code } } }'
CHANGE = """mutation { changeSeats(bookingId: "x", seats: [{ seatId: "A1" }], paymentToken: "pm", idempotencyKey: "k")
    { userErrors { code } } }"""


@pytest.fixture
def make_door(database_url, clock, redis_client, siblings, tmp_path):
    """Makes the service with the limits it is shipped with, but for those given."""
    made = []

    def make(**limits):
        made.append(
            make_runtime(
                "booking_service", BookingSettings, database_url, clock, siblings, TICKET_SIGNING_KEYS=TICKET_KEYS,
                BOOKING_FILES_DIR=str(tmp_path), **limits,
            )
        )  # fmt: skip
        return ServiceClient(create_app(runtime=made[-1]))

    yield make
    for runtime in made:
        runtime.close()


@pytest.fixture
def door(make_door):
    """The service with the limits it is shipped with."""
    return make_door()


@pytest.mark.parametrize("operation", [HOLD, PAY, CHANGE])
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


def holds_from(door, address, count, *, name="guest", role="CUSTOMER"):
    """Codes of holds from one address, each by a person of their own."""
    people = [as_user(f"{name}-{number}", role, ("cinema-1",)) for number in range(count)]
    answers = [door.gql(HOLD, caller=person, **{"X-Client-Address": address}) for person in people]
    return [[error["extensions"]["code"] for error in answer.get("errors", [])] for answer in answers]


def test_many_accounts_at_one_address_wait_and_other_addresses_go_on(make_door):
    """H18: as many accounts as one likes hold no more than one household, or one office, needs."""
    door = make_door(HOLDS_PER_ADDRESS=3)
    assert ["RATE_LIMITED"] not in holds_from(door, "203.0.113.7", 3)

    refused = door.gql(HOLD, caller=as_user("another"), **{"X-Client-Address": "203.0.113.7"})

    told = refused["errors"][0]["extensions"]
    assert told["code"] == "RATE_LIMITED"
    assert 1 <= told["retryAfterSeconds"] <= 601
    assert ["RATE_LIMITED"] not in holds_from(door, "203.0.113.8", 3)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"),  # one household changes its address as it likes
        ("203.0.113.7", "::ffff:203.0.113.7"),
    ],
)
def test_two_ways_to_write_one_source_count_together(make_door, first, second):
    """H18"""
    door = make_door(HOLDS_PER_ADDRESS=2)
    holds_from(door, first, 2)

    assert holds_from(door, second, 1) == [["RATE_LIMITED"]]
    assert ["RATE_LIMITED"] not in holds_from(door, "2001:db8:1:3::1", 1)


def test_a_box_office_sells_for_its_whole_queue_from_one_address(make_door):
    door = make_door(HOLDS_PER_ADDRESS=2)

    assert ["RATE_LIMITED"] not in holds_from(door, "203.0.113.7", 6, name="desk", role="STAFF")


def test_this_machine_may_hold_more_but_not_where_it_is_a_proxy_of_production(make_door):
    """H18: nobody hides behind the proxy that stands on the same machine."""
    door = make_door(HOLDS_PER_ADDRESS=2, LOCAL_HOLDS_PER_ADDRESS=4)

    assert holds_from(door, "127.0.0.1", 5).count(["RATE_LIMITED"]) == 1

    in_production = make_door(HOLDS_PER_ADDRESS=2, LOCAL_HOLDS_PER_ADDRESS=100, LOBBYCARD_ENV="production")
    assert holds_from(in_production, "127.0.0.1", 3, name="late").count(["RATE_LIMITED"]) == 1

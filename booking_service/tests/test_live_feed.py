"""The live feed of the dashboard: every booking of the cinema as it changes, for those who work there."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from booking_service.tests.builders import CINEMA, House
from chassis.testing import ServiceClient, as_user

FEED = """subscription Feed($id: ID) { bookingChanged(cinemaId: $id) {
  id status total { amount } contactEmail showtime { movieTitle cinemaName } } }"""
STAFF = as_user("stan", "STAFF", (CINEMA,))
ADMIN = as_user("ada", "ADMIN")


def opened(client: ServiceClient, caller: Any, cinema: str | None) -> Iterator[bytes]:
    """A stream that stands: what changes from now on comes."""
    response = client.post(
        "/graphql", json={"query": FEED, "variables": {"id": cinema}}, headers=client.headers(caller)
    )
    assert response.mimetype == "text/event-stream", response.get_data()
    lines: Iterator[bytes] = iter(response.response)
    assert next(lines) == b":\n\n"
    return lines


def told(lines: Iterator[bytes], count: int) -> list[dict[str, Any]]:
    facts = (orjson.loads(line.split(b"data: ")[1]) for line in lines if b"data: " in line)
    return [fact["data"]["bookingChanged"] for fact in itertools.islice(facts, count)]


@pytest.mark.parametrize(("caller", "cinema"), [(STAFF, CINEMA), (ADMIN, CINEMA), (ADMIN, None)])
def test_a_sale_is_told_from_the_hold_to_the_payment(
    house: House, client: ServiceClient, caller: Any, cinema: str | None
) -> None:
    house.a_guest("ana", "ana@example.org")
    lines = opened(client, caller, cinema)

    booking_id = house.sold(house.a_showtime(), ["A1", "A2"])

    facts = told(lines, 3)
    assert {fact["id"] for fact in facts} == {booking_id}
    # The row is read when the news comes: it may be further on by then, never behind.
    assert facts[-1]["status"] == "CONFIRMED"
    assert (facts[-1]["total"]["amount"], facts[-1]["contactEmail"]) == (2100, "ana@example.org")
    assert facts[-1]["showtime"] == {"movieTitle": "Metropolis", "cinemaName": "Lichtspiel"}


def test_the_feed_of_a_cinema_tells_nothing_of_another(house: House, client: ServiceClient) -> None:
    lines = opened(client, as_user("eve", "STAFF", ("elsewhere",)), "elsewhere")
    other = opened(client, STAFF, CINEMA)

    booking_id = house.hold(house.a_showtime(), ["A1", "A2"])

    assert told(other, 1)[0]["id"] == booking_id  # it was told, to those whom it concerns
    house.runtime.redis.publish("bookings:elsewhere", orjson.dumps({"id": booking_id}))
    # Even a word on the wrong channel shows nothing of a booking that the caller may not see.
    assert next(line for line in lines if line != b"") == b":\n\n"


@pytest.mark.parametrize(
    ("caller", "cinema", "code"),
    [
        (as_user("ana"), CINEMA, "FORBIDDEN"),
        (STAFF, None, "FORBIDDEN"),
        (as_user("mona", "MANAGER", (CINEMA,)), "elsewhere", "FORBIDDEN"),
    ],
)
def test_the_feed_is_for_those_who_work_there(
    client: ServiceClient, caller: Any, cinema: str, code: str
) -> None:
    assert client.error_codes(FEED, {"id": cinema}, caller=caller) == [code]

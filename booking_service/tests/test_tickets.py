"""Tickets: signed for anybody to check without this house, on paper and in a calendar."""

from __future__ import annotations

import base64
from typing import Any

import orjson
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from icalendar import Calendar

from booking_service.tests.builders import House
from chassis.testing import ServiceClient, as_user

ANA = as_user("ana")
BOOKING = """query B($id: ID!) { booking(id: $id) { reference showtime { id startsAt }
  ticketsPdfUrl calendarUrl tickets { seat { id } ticketType qrPayload } } }"""


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def read_offline(published: dict[str, Any], text: str) -> dict[str, Any]:
    """As a scanner without a connection does it: the published keys and nothing of ours."""
    _, kid, claims, signature = text.split(".")
    [key] = [key for key in published["keys"] if key["kid"] == kid]
    assert (key["kty"], key["crv"]) == ("OKP", "Ed25519")
    signed = text.rpartition(".")[0].encode()
    Ed25519PublicKey.from_public_bytes(decoded(key["x"])).verify(decoded(signature), signed)
    said: dict[str, Any] = orjson.loads(decoded(claims))
    return said


def test_a_ticket_is_checked_offline_with_the_published_key_and_an_altered_one_fails(
    house: House, client: ServiceClient
) -> None:
    booking_id = house.sold(house.a_showtime(), ["A1", "A2"])
    booking = client.data(BOOKING, {"id": booking_id}, caller=ANA)["booking"]
    published = client.get("/.well-known/tickets.json").get_json()

    for ticket in booking["tickets"]:
        said = read_offline(published, ticket["qrPayload"])
        assert (said["r"], said["s"]) == (booking["reference"], booking["showtime"]["id"])
        assert (said["p"], said["y"]) == (ticket["seat"]["id"], ticket["ticketType"])
    first, second = (ticket["qrPayload"] for ticket in booking["tickets"])
    assert first != second
    mixed = ".".join([*first.split(".")[:3], second.split(".")[3]])
    with pytest.raises(InvalidSignature):
        read_offline(published, mixed)


def test_a_held_booking_has_no_ticket_to_show(house: House, client: ServiceClient) -> None:
    booking_id = house.hold(house.a_showtime(), ["A1", "A2"])

    booking = client.data(BOOKING, {"id": booking_id}, caller=ANA)["booking"]

    assert [ticket["qrPayload"] for ticket in booking["tickets"]] == [None, None]
    assert (booking["ticketsPdfUrl"], booking["calendarUrl"]) == (None, None)


def test_paper_has_a_page_a_seat_and_the_calendar_the_time_and_place(
    house: House, client: ServiceClient
) -> None:
    booking_id = house.sold(house.a_showtime(), ["A1", "A2"])
    booking = client.data(BOOKING, {"id": booking_id}, caller=ANA)["booking"]

    paper = client.get(booking["ticketsPdfUrl"].removeprefix("http://localhost:5000"))
    entry = client.get(booking["calendarUrl"].removeprefix("http://localhost:5000"))

    assert paper.mimetype == "application/pdf"
    assert paper.data.count(b"/Type /Page\n") == 2
    event: Any  # the library's types unite every kind of property
    [event] = Calendar.from_ical(entry.data).walk("VEVENT")
    assert event["summary"] == "Metropolis"
    assert event["dtstart"].dt.isoformat() == "2026-11-23T13:00:00+01:00"
    assert event["dtstart"].dt.tzinfo.key == "Europe/Berlin"
    assert "Lichtspiel" in event["location"]
    assert booking["reference"] in event["description"]
    assert "A1, A2" in event["description"]

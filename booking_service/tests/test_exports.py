"""Files made in the background: what is in them, whose they are, how long they stay."""

from __future__ import annotations

import csv
import io
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select

from booking_service.commands import export_rows
from booking_service.commands.exports import file_of, forget_exports, make_exports
from booking_service.models import ExportRow
from booking_service.tests.builders import CINEMA, House, Siblings
from chassis.clock import SetClock
from chassis.revocations import Revocations
from chassis.testing import ServiceClient, as_user

MANAGER = as_user("mona", "MANAGER", (CINEMA,))
PAYMENTS = """mutation($c: ID) { exportPayments(from: "2026-11-21", to: "2026-11-21", cinemaId: $c) {
  export { id status kind format } userErrors { code } } }"""
BOOKINGS = "mutation { exportBookings { export { id } userErrors { code } } }"
MINE = "{ myExports { id kind status progress rows url createdAt expiresAt } }"
ROW = {
    "day": "2026-11-21", "createdAt": "2026-11-21T12:00:00+00:00", "settledAt": None, "cinemaId": CINEMA,
    "bookingId": "gone", "method": "CARD", "provider": "simulated", "providerReference": "=cmd", "status": "SUCCEEDED",
    "amount": 1050, "captured": 1050, "refunded": 50, "currency": "EUR", "failureCode": None,
}  # fmt: skip


def rows_of(house: House, export_id: str) -> list[list[str]]:
    row = house.runtime.database.read(lambda session: session.get(ExportRow, export_id))
    assert row is not None
    assert row.state == "READY"
    return list(csv.reader(io.StringIO(file_of(house.runtime, row).read_text(encoding="utf-8-sig"))))


def answers_rows(siblings: Siblings, *portions: list[dict[str, Any]]) -> None:
    """payment_service has these portions, one after the other."""

    def answer(asked: dict[str, Any]) -> str:
        number = int(asked["after"] or 0)
        after = str(number + 1) if number + 1 < len(portions) else None
        share = (number + 1) / len(portions)
        return orjson.dumps({"rows": portions[number], "after": after, "share": share}).decode()

    siblings.answers["payment_service", "paymentRows"] = answer


def test_the_payments_file_has_every_portion_with_names_and_numbers(
    house: House, client: ServiceClient, siblings: Siblings
) -> None:
    booking_id = house.sold(house.a_showtime(), ["A1", "A2"])
    answers_rows(siblings, [{**ROW, "bookingId": booking_id}, ROW], [ROW])
    asked = client.data(PAYMENTS, {"c": CINEMA}, caller=MANAGER)["exportPayments"]["export"]
    assert (asked["status"], asked["kind"], asked["format"]) == ("RUNNING", "PAYMENTS", "CSV")

    make_exports(house.runtime)

    head, first, *others = rows_of(house, asked["id"])
    line = dict(zip(head, first, strict=True))
    assert (line["booking"], line["cinema"]) == (house.booking(booking_id).reference, "Lichtspiel")
    assert (float(line["captured"]), float(line["refunded"]), line["provider_reference"]) == (
        10.5,
        0.5,
        "'=cmd",
    )
    assert len(others) == 2


def test_a_file_fails_when_the_payments_can_not_be_asked_for(house: House, client: ServiceClient) -> None:
    client.data(PAYMENTS, {"c": None}, caller=MANAGER)

    make_exports(house.runtime)

    assert [export["status"] for export in client.data(MINE, caller=MANAGER)["myExports"]] == ["FAILED"]


@pytest.mark.parametrize("role", ["CUSTOMER", "STAFF"])
def test_files_of_payments_are_for_managers_of_the_cinema(
    client: ServiceClient, house: House, role: str
) -> None:
    assert client.error_codes(PAYMENTS, {"c": CINEMA}, caller=as_user("x", role, (CINEMA,))) == ["FORBIDDEN"]
    assert client.error_codes(PAYMENTS, {"c": CINEMA}, caller=as_user("x", "MANAGER", ("other",))) == [
        "FORBIDDEN"
    ]


def test_progress_is_the_share_of_rows_that_are_written(house: House) -> None:
    showtime = house.a_showtime()
    for seats in (["A1", "A2"], ["A3", "A4"], ["C1", "C2"], ["C3", "C4"]):
        house.sold(showtime, seats, by=f"guest-{seats[0]}")
    told: list[float] = []

    class Lines:
        def write(self, cells: Any) -> None:
            list(cells)

    question: dict[str, Any] = {"filter": {}, "scope": None, "role": "ADMIN"}
    assert export_rows.write_bookings(house.runtime, question, Lines(), told.append, portion_size=1) == 4
    assert told == [0.25, 0.5, 0.75, 1.0]


def test_a_file_is_for_the_person_who_asked_and_goes_after_seven_days(
    house: House, client: ServiceClient, clock: SetClock
) -> None:
    house.sold(house.a_showtime(), ["A1", "A2"])
    client.data(BOOKINGS, caller=MANAGER)
    make_exports(house.runtime)
    [export] = client.data(MINE, caller=MANAGER)["myExports"]
    assert (export["status"], export["progress"], export["rows"]) == ("READY", 1.0, 1)
    assert (export["createdAt"], export["expiresAt"]) == (
        "2026-11-21T12:00:00+00:00",
        "2026-11-28T12:00:00+00:00",
    )
    link = export["url"].removeprefix("http://localhost:5000")

    assert client.data(MINE, caller=as_user("mo", "MANAGER", (CINEMA,)))["myExports"] == []
    assert client.get(link).status_code == 200
    assert client.get(link, headers=client.headers(MANAGER)).status_code == 200
    assert client.get(link, headers=client.headers(as_user("mo", "MANAGER", (CINEMA,)))).status_code == 404
    clock.advance(minutes=11)
    assert client.get(link).status_code == 404
    assert client.get(link, headers=client.headers(MANAGER)).status_code == 200
    no_more = as_user("mona")
    assert client.get(link, headers=client.headers(no_more)).status_code == 404
    assert [export["url"] for export in client.data(MINE, caller=no_more)["myExports"]] == [None]
    assert forget_exports(house.runtime) == 0

    clock.advance(days=7, minutes=1)

    assert client.get(link).status_code == 404
    assert forget_exports(house.runtime) == 1
    assert list((house.runtime.settings.files_dir / "exports").iterdir()) == []
    count = select(func.count()).select_from(ExportRow)
    assert house.runtime.database.read(lambda session: session.scalar(count)) == 0


def test_a_link_to_a_file_ends_with_the_session_it_was_asked_for_in(
    house: House, client: ServiceClient
) -> None:
    """Whoever signs out, is switched off or loses the role: the gateway hears of it, and so do the files."""
    house.sold(house.a_showtime(), ["A1", "A2"])
    client.data(BOOKINGS, caller=MANAGER)
    make_exports(house.runtime)
    elsewhere = as_user("mona", "MANAGER", (CINEMA,), session_id="session-2")
    gone, kept = (
        client.data(MINE, caller=caller)["myExports"][0]["url"].removeprefix("http://localhost:5000")
        for caller in (MANAGER, elsewhere)
    )

    Revocations(house.runtime.redis).revoke(str(MANAGER.session_id), 60)

    assert client.get(gone).status_code == 404
    assert client.get(kept).status_code == 200

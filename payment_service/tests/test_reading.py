"""Who sees which payments, and what they are told."""

from __future__ import annotations

import io
from datetime import timedelta

import orjson
import pypdf
import pytest

from chassis.events import Envelope
from chassis.testing import as_peer, as_user
from payment_service.tests.builders import ADMIN, ANA, BEN, LISBON, MANAGER, PORTO
from payment_service.worker import build_worker

PAYMENT = (
    "query($id: ID!) { payment(id: $id) { id booking { id } user { id } cinemaId method status receiptUrl } }"
)
PAYMENTS = """query($filter: PaymentFilter, $first: Int, $after: String) {
  payments(filter: $filter, first: $first, after: $after) {
    nodes { id } pageInfo { hasNextPage endCursor } totalCount } }"""
ENTITIES = """query($representations: [_Any!]!) { _entities(representations: $representations) {
  ... on Payment { id amount { amount } refunds { id } } } }"""
STAFF = as_user("sam", "STAFF", (LISBON,))


def test_the_payer_reads_the_payment(till):
    payment_id = till.take()["payment"]["id"]

    read = till.client.data(PAYMENT, {"id": payment_id}, caller=ANA)["payment"]

    assert (read["booking"], read["user"]) == ({"id": "booking-1"}, {"id": "ana"})


@pytest.mark.parametrize("caller", [MANAGER, ADMIN])
def test_managers_of_the_cinema_and_administrators_read_it_too(till, caller):
    payment_id = till.take()["payment"]["id"]

    assert till.client.data(PAYMENT, {"id": payment_id}, caller=caller)["payment"]["id"] == payment_id


@pytest.mark.parametrize("caller", [BEN, as_user("pia", "MANAGER", (PORTO,)), STAFF])
def test_another_persons_payment_is_not_found(till, caller):
    payment_id = till.take()["payment"]["id"]

    assert till.client.error_codes(PAYMENT, {"id": payment_id}, caller=caller) == ["NOT_FOUND"]


def test_beside_a_booking_it_shows_for_the_payer_and_for_staff_only(till):
    ids = [
        till.take(key="a")["payment"]["id"],
        till.take(key="b", userId="ben", cinemaId=PORTO)["payment"]["id"],
    ]
    asked = {"representations": [{"__typename": "Payment", "id": one} for one in (*ids, "unknown")]}

    def seen_by(caller):
        return [bool(found) for found in till.client.data(ENTITIES, asked, caller=caller)["_entities"]]

    assert seen_by(ANA) == [True, False, False]
    assert seen_by(STAFF) == [True, False, False]
    assert seen_by(ADMIN) == [True, True, False]
    # No sibling looks payments up: booking_service asks in operations of its own.
    assert seen_by(as_peer("booking_service")) == [False, False, False]


def test_my_payments_are_mine_newest_first(till):
    first = till.take(key="1")["payment"]["id"]
    till.clock.advance(minutes=1)
    second = till.take(key="2")["payment"]["id"]
    till.take(key="3", userId="ben")

    page = till.client.data("{ myPayments { nodes { id } totalCount } }", caller=ANA)["myPayments"]

    assert [node["id"] for node in page["nodes"]] == [second, first]
    assert page["totalCount"] == 2


def test_a_visitor_has_no_payments(till):
    assert till.client.error_codes("{ myPayments { totalCount } }") == ["UNAUTHENTICATED"]


def test_a_manager_lists_the_own_cinemas_page_by_page(till):
    ours = [till.take(key=f"k{number}")["payment"]["id"] for number in range(3)]
    till.take(key="theirs", cinemaId=PORTO)

    first = till.client.data(PAYMENTS, {"first": 2}, caller=MANAGER)["payments"]
    cursor = first["pageInfo"]["endCursor"]
    second = till.client.data(PAYMENTS, {"first": 2, "after": cursor}, caller=MANAGER)["payments"]

    assert first["totalCount"] == 3
    assert {node["id"] for node in first["nodes"] + second["nodes"]} == set(ours)
    assert second["pageInfo"]["hasNextPage"] is False


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({"status": "FAILED"}, 1),
        ({"method": "CASH"}, 1),
        ({"userId": "ben"}, 1),
        ({"bookingId": "booking-9"}, 1),
        ({"from": "2026-11-21T12:30:00+00:00"}, 0),
        ({"to": "2026-11-21T12:30:00+00:00"}, 4),
        ({"cinemaId": LISBON, "status": "SUCCEEDED"}, 3),
    ],
)
def test_filters_narrow_the_list(till, wanted, count):
    till.take("pm_declined", key="1")
    till.take(None, key="2", method="CASH")
    till.take(key="3", userId="ben")
    till.take(key="4", bookingId="booking-9")

    page = till.client.data(PAYMENTS, {"filter": wanted}, caller=MANAGER)["payments"]

    assert page["totalCount"] == count


@pytest.mark.parametrize(("caller", "wanted"), [(ANA, {}), (STAFF, {}), (MANAGER, {"cinemaId": PORTO})])
def test_lists_are_for_managers_within_their_cinemas(till, caller, wanted):
    assert till.client.error_codes(PAYMENTS, {"filter": wanted}, caller=caller) == ["FORBIDDEN"]


@pytest.mark.parametrize("first", [0, 101])
def test_a_page_has_one_to_a_hundred_rows(till, first):
    assert till.client.error_codes(PAYMENTS, {"first": first}, caller=ADMIN) == ["BAD_USER_INPUT"]


def test_the_receipt_is_a_pdf_behind_a_link_that_expires(till):
    payment_id = till.take()["payment"]["id"]
    till.refund(payment_id, 1000)
    url = till.client.data(PAYMENT, {"id": payment_id}, caller=ANA)["payment"]["receiptUrl"]
    path = url.removeprefix("http://lobby.example")

    receipt = till.client.get(path)
    altered = till.client.get(path.replace(payment_id[-3:], "000"))
    unsigned = till.client.get(f"/receipts/{payment_id}.pdf")
    till.clock.advance(minutes=16)
    expired = till.client.get(path)

    text = pypdf.PdfReader(io.BytesIO(receipt.data)).pages[0].extract_text()
    assert receipt.mimetype == "application/pdf"
    assert "Häxan" in text
    assert "25.00 EUR" in text
    assert "15.00 EUR" in text
    assert [altered.status_code, unsigned.status_code, expired.status_code] == [404, 404, 404]


def test_a_payment_that_failed_has_no_receipt(till):
    payment_id = till.take("pm_declined")["payment"]["id"]

    assert till.client.data(PAYMENT, {"id": payment_id}, caller=ANA)["payment"]["receiptUrl"] is None


def test_the_checkout_offers_ways_to_pay_and_the_desk_two_more(till):
    query = "{ paymentOptions { method provider publishableKey } }"

    guest = till.client.data(query)["paymentOptions"]
    desk = till.client.data(query, caller=STAFF)["paymentOptions"]

    assert [option["method"] for option in guest] == ["CARD", "WALLET", "BANK_TRANSFER"]
    assert {option["provider"] for option in guest} == {"simulated"}
    assert [option["method"] for option in desk[3:]] == ["CASH", "COMP"]


def test_a_person_who_leaves_is_taken_out_of_the_books_and_the_amounts_stay(till):
    payment_id = till.take()["payment"]["id"]
    kept = "query($id: ID!) { paymentPersonalData(userId: $id) }"
    before = till.client.data(kept, {"id": "ana"}, caller=as_peer("user_service"))["paymentPersonalData"]

    build_worker(till.runtime).handle(Envelope("user.erased", {"userId": "ana"}))

    after = till.client.data(kept, {"id": "ana"}, caller=as_peer("user_service"))["paymentPersonalData"]
    assert [payment["id"] for payment in orjson.loads(before)["payments"]] == [payment_id]
    assert orjson.loads(after) == {"payments": []}
    assert till.client.data(PAYMENT, {"id": payment_id}, caller=ADMIN)["payment"]["user"] is None


def test_personal_data_is_for_siblings_only(till):
    codes = till.client.error_codes('{ paymentPersonalData(userId: "ana") }', caller=ANA)

    assert codes == ["NOT_FOUND"]


def test_a_day_is_the_cinemas_own_day(till):
    worker = build_worker(till.runtime)
    told = {"cinemaId": LISBON, "name": "Lobby", "city": "Auckland", "currency": "EUR"}
    worker.handle(
        Envelope("cinema.changed", told | {"timeZone": "Pacific/Auckland"}, occurred_at=till.clock.now())
    )
    stale = till.clock.now() - timedelta(days=1)
    worker.handle(Envelope("cinema.changed", told | {"timeZone": "UTC"}, occurred_at=stale))
    till.take()
    query = "query($id: ID!, $day: Date!) { dailyClose(cinemaId: $id, day: $day) { byMethod { count } } }"

    days = {
        day: till.client.data(query, {"id": LISBON, "day": day}, caller=MANAGER)["dailyClose"]["byMethod"]
        for day in ("2026-11-21", "2026-11-22")
    }

    assert days == {"2026-11-21": [], "2026-11-22": [{"count": 1}]}

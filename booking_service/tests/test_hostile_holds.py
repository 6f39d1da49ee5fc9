"""Guests who try it on: impossible seats, own prices, other people's holds, hoarding, keys used twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from booking_service.commands.keep import extend_hold
from booking_service.commands.pay import Paid
from booking_service.errors import HoldLimitReached, TooManySeats
from booking_service.lifecycle import State
from booking_service.tests.builders import CINEMA, House, Siblings
from chassis.clock import SetClock
from chassis.idempotency import IdempotencyKeyReused
from chassis.ids import new_id
from chassis.testing import ServiceClient, as_user

ANA, BEN = as_user("ana"), as_user("ben")
HOLD = """mutation Hold($input: HoldSeatsInput!) { holdSeats(input: $input) {
  booking { id total { amount } } userErrors { code field } } }"""
PAY = """mutation Pay($input: PayBookingInput!) { payBooking(input: $input) {
  booking { id total { amount } } userErrors { code field } } }"""
FIELD = "{ booking { id } userErrors { code } }"
OF_ONE_HOLD = {
    "holdSeats": f"mutation M($id: ID!, $show: ID!) {{ holdSeats(input: {{showtimeId: $show, bookingId: $id, "
    f'seats: [{{seatId: "C1"}}]}}) {FIELD} }}',
    "applyCoupon": f'mutation M($id: ID!) {{ applyCoupon(bookingId: $id, code: "TEN") {FIELD} }}',
    "removeCoupon": f"mutation M($id: ID!) {{ removeCoupon(bookingId: $id) {FIELD} }}",
    "payBooking": 'mutation M($id: ID!) { payBooking(input: {bookingId: $id, method: CARD, '
    f'paymentToken: "pm_success", idempotencyKey: "k"}}) {FIELD} }}',
    "extendHold": f"mutation M($id: ID!) {{ extendHold(bookingId: $id) {FIELD} }}",
    "cancelBooking": f"mutation M($id: ID!) {{ cancelBooking(bookingId: $id) {FIELD} }}",
    "changeSeats": 'mutation M($id: ID!) { changeSeats(bookingId: $id, seats: [{seatId: "C1"}], '
    f'idempotencyKey: "k") {FIELD} }}',
}  # fmt: skip


def refused(answer: dict[str, Any], field: str) -> list[str]:
    return [fault["code"] for fault in answer[field]["userErrors"]]


@pytest.mark.parametrize(
    ("seats", "codes"),
    [
        ([], {"SEATS_REQUIRED"}),
        (["A-1"], {"SEAT_UNKNOWN"}),
        (["A0", ""], {"SEAT_UNKNOWN"}),
        (["A1", "A1"], {"SEAT_REPEATED"}),
        (["A1", "Q17"], {"SEAT_UNKNOWN"}),  # of another hall
        (["A1"] * 10_000, {"TOO_MANY_SEATS"}),
        (["A1' OR '1'='1", "A" * 100_000], {"SEAT_UNKNOWN"}),
    ],
    ids=["none", "negative", "zero", "repeated", "foreign", "ten thousand", "not an id"],
)
def test_impossible_seats_are_refused_and_nothing_is_claimed(
    house: House, client: ServiceClient, seats: list[str], codes: set[str]
) -> None:
    """H15"""
    showtime = house.a_showtime()
    wish = {"showtimeId": showtime, "seats": [{"seatId": seat} for seat in seats]}

    answer = client.data(HOLD, {"input": wish}, caller=ANA)["holdSeats"]

    assert answer["booking"] is None
    assert {fault["code"] for fault in answer["userErrors"]} == codes
    assert house.claims(showtime) == {}
    assert house.showtime(showtime).seat_map_version == 0


def test_a_million_seats_do_not_even_get_through_the_door(house: House, client: ServiceClient) -> None:
    """H15"""
    wish = {"showtimeId": house.a_showtime(), "seats": [{"seatId": "A1"}] * 1_000_000}

    assert client.error_codes(HOLD, {"input": wish}, caller=ANA) == ["PAYLOAD_TOO_LARGE"]


@pytest.mark.parametrize(
    "own", [{"price": {"amount": 1, "currency": "EUR"}}, {"total": 1}, {"discount": 999}, {"currency": "VND"}]
)
def test_a_price_that_the_client_sends_is_not_taken(
    house: House, client: ServiceClient, siblings: Siblings, own: dict[str, Any]
) -> None:
    """H16"""
    showtime = house.a_showtime()
    plain = {"showtimeId": showtime, "seats": [{"seatId": "A1"}, {"seatId": "A2"}]}
    for wish in ({**plain, **own}, {**plain, "seats": [{"seatId": "A1", **own}, {"seatId": "A2"}]}):
        assert client.gql(HOLD, {"input": wish}, caller=ANA)["errors"]
    assert house.claims(showtime) == {}

    held = client.data(HOLD, {"input": plain}, caller=ANA)["holdSeats"]["booking"]
    payment = {"bookingId": held["id"], "method": "CARD", "paymentToken": "pm_success", "idempotencyKey": "k"}
    assert client.gql(PAY, {"input": {**payment, **own}}, caller=ANA)["errors"]
    assert siblings.payments == {}
    client.data(PAY, {"input": payment}, caller=ANA)

    assert held["total"]["amount"] == 2100
    assert [known["amount"] for known in siblings.payments.values()] == [{"amount": 2100, "currency": "EUR"}]


def test_a_person_holds_and_buys_only_so_many_seats_of_a_showtime(house: House) -> None:
    """H18: held at once as many as one booking may have, bought and held together as many as a person may have."""
    showtime = house.a_showtime()
    house.hold(showtime, [f"A{number}" for number in range(1, 7)])
    for _ in range(3):
        with pytest.raises(TooManySeats):
            house.hold(showtime, [f"C{number}" for number in range(1, 7)])
    assert len(house.claims(showtime)) == 6

    other = house.a_showtime()
    for seats in (["A1", "A2", "A3", "A4", "A5", "A6"], ["C1", "C2", "C3", "C4", "C5", "C6"]):
        house.sold(other, seats)
    for seats in (["B1", "B2", "B3", "B4"], ["D3", "D4", "D5"]):
        house.sold(other, seats)
    with pytest.raises(TooManySeats):
        house.hold(other, ["D1", "D2"])  # nineteen and two
    house.hold(other, ["D1", "D2"], by="ben")


def test_each_of_many_accounts_has_its_own_cap_and_none_takes_from_another(house: House) -> None:
    """H18"""
    showtime = house.a_showtime()
    rows = {"ana": "A", "ben": "C"}
    for name, row in rows.items():
        house.hold(showtime, [f"{row}{number}" for number in range(1, 7)], by=name)
        with pytest.raises(TooManySeats):
            house.hold(showtime, ["B1", "B2", "B3", "B4", "D3"], by=name)

    assert len(house.claims(showtime)) == 12


def test_neither_more_time_nor_other_seats_keep_a_hold_beyond_its_limit(
    house: House, clock: SetClock
) -> None:
    """H18"""
    showtime = house.a_showtime()
    booking_id = house.hold(showtime, ["A1", "A2"])
    begun = house.booking(booking_id).created_at

    for _ in range(10):
        clock.advance(minutes=3)
        extend_hold(house.runtime, ANA, booking_id)
        house.hold(showtime, ["A5", "A6"], booking_id=booking_id)
        house.hold(showtime, ["A1", "A2"], booking_id=booking_id)

    with pytest.raises(HoldLimitReached):
        extend_hold(house.runtime, ANA, booking_id)
    assert house.booking(booking_id).expires_at == begun + timedelta(minutes=10 + 10 * 4)


@pytest.mark.parametrize("field", OF_ONE_HOLD)
def test_anothers_hold_is_as_unknown_as_a_guessed_one_and_stays_as_it_is(
    house: House, client: ServiceClient, siblings: Siblings, field: str
) -> None:
    """H19, H10"""
    showtime = house.a_showtime()
    siblings.coupons["TEN"] = 210
    booking_id = house.hold(showtime, ["A1", "A2"])
    before = {**vars(house.booking(booking_id))}
    given = {"show": showtime} if field == "holdSeats" else {}

    answers = [
        client.data(OF_ONE_HOLD[field], {"id": asked, **given}, caller=BEN)
        for asked in (booking_id, new_id())
    ]

    assert [refused(answer, field) for answer in answers] == [["BOOKING_UNKNOWN"]] * 2
    after = {**vars(house.booking(booking_id))}
    before.pop("_sa_instance_state"), after.pop("_sa_instance_state")
    assert after == before
    assert house.claims(showtime) == {"A1": "HELD", "A2": "HELD"}
    assert siblings.payments == {}


def test_to_know_a_bookings_id_opens_nothing_and_its_links_can_not_be_guessed(
    house: House, client: ServiceClient
) -> None:
    """H19: who asks is known by their token; an address without one carries a signature of 256 bits."""
    booking_id = house.sold(house.a_showtime(), ["A1", "A2"])
    links = "query L($id: ID!) { booking(id: $id) { ticketsPdfUrl calendarUrl } }"

    told = client.data(links, {"id": booking_id}, caller=ANA)["booking"]

    for link in told.values():
        path, _, query = link.removeprefix("http://localhost:5000").partition("?")
        signature = query.rpartition("signature=")[2]
        assert len(bytes.fromhex(signature)) * 8 >= 128
        assert client.get(f"{path}?{query}").status_code == 200
        assert client.get(path).status_code == 404
        assert client.get(f"{path}?{query[:-1]}{'1' if query[-1] == '0' else '0'}").status_code == 404


def at_once(count: int, act: Callable[[], Any]) -> list[Any]:
    """What `count` threads got that began together."""
    start, got = threading.Barrier(count), []

    def one() -> None:
        start.wait()
        got.append(act())

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def test_a_key_of_a_hold_gives_the_first_answer_and_refuses_another_wish(house: House) -> None:
    """H20"""
    showtime = house.a_showtime()

    first = house.hold(showtime, ["A1", "A2"], idempotency_key="one")

    assert house.hold(showtime, ["A1", "A2"], idempotency_key="one") == first
    for seats, where in ((["A3", "A4"], showtime), (["A1", "A2"], house.a_showtime())):
        with pytest.raises(IdempotencyKeyReused):
            house.hold(where, seats, idempotency_key="one")
    assert house.claims(showtime) == {"A1": "HELD", "A2": "HELD"}


def test_anothers_key_tells_nothing_and_is_a_key_like_any_other(house: House) -> None:
    """H20"""
    showtime = house.a_showtime()
    mine = house.sold(showtime, ["A1", "A2"])
    other = house.hold(showtime, ["A3", "A4"], by="ben", idempotency_key="one")

    theirs = house.hold(showtime, ["A5", "A6"], by="cleo", idempotency_key="one")
    assert house.pay(theirs, by="cleo", key=f"key-{mine}").refusal is None

    assert theirs != other
    assert house.booking(theirs).user_id == "cleo"
    assert house.booking(other).state == State.HELD


def test_a_key_of_a_payment_is_one_payment_however_many_ask_at_once(house: House, siblings: Siblings) -> None:
    """H20: asked while the first is still on its way."""
    booking_id = house.hold(house.a_showtime(), ["A1", "A2"])

    answers: list[Paid] = at_once(8, lambda: house.pay(booking_id, key="one"))

    assert {answer.refusal for answer in answers} == {None}
    assert len(siblings.payments) == 1
    assert house.events().count("booking.confirmed") == 1
    with pytest.raises(IdempotencyKeyReused):
        house.pay(house.hold(house.a_showtime(), ["A1", "A2"]), key="one")


def test_a_ticket_that_is_scanned_fifty_times_at_once_lets_one_person_in(
    house: House, client: ServiceClient
) -> None:
    booking_id = house.sold(house.a_showtime(in_hours=1), ["A1", "A2"])
    tickets = "query T($id: ID!) { booking(id: $id) { tickets { qrPayload } showtime { id } } }"
    seen = client.data(tickets, {"id": booking_id}, caller=ANA)["booking"]
    scan = (
        "mutation S($qr: String!) { checkInTicket(qrPayload: $qr) { ticket { status } userErrors { code } } }"
    )
    staff = as_user("sam", "STAFF", (CINEMA,))

    answers = at_once(
        50,
        lambda: ServiceClient(client.app).data(scan, {"qr": seen["tickets"][0]["qrPayload"]}, caller=staff),
    )

    codes = [refused(answer, "checkInTicket") for answer in answers]
    assert sorted(codes) == [[]] + [["TICKET_ALREADY_USED"]] * 49
    assert house.showtime(seen["showtime"]["id"]).checked_in == 1

"""Loyalty: the third, fifth and tenth paid booking earn 10, 15 and 20 % for 30 days."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import orjson
import pytest
from sqlalchemy.exc import IntegrityError

from chassis.events import Envelope
from chassis.testing import as_peer
from coupon_service.tests.builders import ANA, BEN, codes
from tests.contracts.event_files import example_of

MINE = "{ myCoupons { code percent expiresAt usageLimit user { id } timesUsed } }"


def _confirm(desk, bookings):
    for number in bookings:
        desk.tell("booking.confirmed", f"booking-{number}", couponCode=None)


def test_the_third_fifth_and_tenth_paid_booking_earn_a_coupon(desk):
    _confirm(desk, range(12))

    mine = desk.client.data(MINE, caller=ANA)["myCoupons"]

    assert sorted(coupon["percent"] for coupon in mine) == [10, 15, 20]
    assert {coupon["expiresAt"] for coupon in mine} == {"2026-12-21T12:00:00+00:00"}
    assert all(coupon["user"] == {"id": "ana"} and coupon["usageLimit"] == 1 for coupon in mine)
    assert [event["percent"] for event in desk.published("coupon.granted")] == [10, 15, 20]


def test_two_bookings_earn_nothing(desk):
    _confirm(desk, range(2))

    assert desk.client.data(MINE, caller=ANA)["myCoupons"] == []


def test_the_same_booking_told_of_again_does_not_count_again(desk):
    for _ in range(3):
        _confirm(desk, [1])

    assert desk.published("coupon.granted") == []


def test_the_same_event_delivered_again_and_again_counts_once(desk):
    envelopes = [
        Envelope(
            "booking.confirmed",
            {**example_of("booking.confirmed")["payload"], "bookingId": f"b{n}", "userId": "ana"},
        )
        for n in range(3)
    ]

    news = [[desk.worker.handle(envelope) for envelope in envelopes] for _ in range(4)]

    assert news == [[True] * 3] + [[False] * 3] * 3
    assert [event["percent"] for event in desk.published("coupon.granted")] == [10]


def test_twelve_bookings_confirmed_at_once_earn_each_coupon_once(desk):
    def confirm(number):
        for _ in range(20):  # a worker is given again what another one was in the way of
            try:
                return desk.tell("booking.confirmed", f"booking-{number}", couponCode=None)
            except IntegrityError:
                continue
        raise AssertionError("it never came through")

    with ThreadPoolExecutor(12) as threads:
        news = list(threads.map(confirm, [*range(12), *range(12)]))

    assert len(news) == 24
    assert sorted(event["percent"] for event in desk.published("coupon.granted")) == [10, 15, 20]
    mine = desk.client.data(MINE, caller=ANA)["myCoupons"]
    assert sorted(coupon["percent"] for coupon in mine) == [10, 15, 20]


def test_a_booking_that_cost_nothing_does_not_count(desk):
    for number in range(3):
        desk.tell(
            "booking.confirmed", f"booking-{number}", couponCode=None, total={"amount": 0, "currency": "EUR"}
        )

    assert desk.published("coupon.granted") == []


def test_cancelled_bookings_do_not_count_and_a_coupon_is_earned_once(desk):
    _confirm(desk, [1, 2])
    desk.tell("booking.cancelled", "booking-2")
    _confirm(desk, [3])
    before = len(desk.published("coupon.granted"))
    _confirm(desk, [4])
    desk.tell("booking.cancelled", "booking-4")
    _confirm(desk, [5])

    assert before == 0
    assert [event["percent"] for event in desk.published("coupon.granted")] == [10]


def test_a_cancellation_told_of_first_keeps_the_booking_from_counting(desk):
    desk.tell("booking.cancelled", "booking-3")

    _confirm(desk, [1, 2, 3])

    assert desk.published("coupon.granted") == []


def test_a_given_coupon_is_good_for_its_owner_alone(desk):
    _confirm(desk, range(3))
    code = desk.client.data(MINE, caller=ANA)["myCoupons"][0]["code"]

    mine, theirs = desk.quote(code, caller=ANA), desk.quote(code, caller=BEN)

    assert mine["discount"]["amount"] == 250
    assert codes(theirs) == ["COUPON_UNKNOWN"]
    assert codes(desk.reserve("booking-9", code, user="ben")) == ["COUPON_UNKNOWN"]


def test_a_coupon_that_is_used_or_expired_is_no_longer_listed(desk):
    _confirm(desk, range(5))
    first, second = desk.client.data(MINE, caller=ANA)["myCoupons"]
    desk.reserve("booking-9", first["code"])

    after_use = desk.client.data(MINE, caller=ANA)["myCoupons"]
    desk.clock.advance(days=31)

    assert [coupon["code"] for coupon in after_use] == [second["code"]]
    assert desk.client.data(MINE, caller=ANA)["myCoupons"] == []


def test_a_visitor_has_no_coupons(desk):
    assert desk.client.error_codes(MINE) == ["UNAUTHENTICATED"]


def test_all_that_is_kept_about_a_person_can_be_handed_out_and_forgotten(desk):
    _confirm(desk, range(3))
    desk.coupon()
    desk.reserve("booking-9")
    query = '{ couponPersonalData(userId: "ana") }'
    kept = orjson.loads(desk.client.data(query, caller=as_peer("user_service"))["couponPersonalData"])

    desk.tell("user.erased", userId="ana")

    left = orjson.loads(desk.client.data(query, caller=as_peer("user_service"))["couponPersonalData"])
    assert [use["bookingId"] for use in kept["uses"]] == ["booking-9"]
    assert len(kept["coupons"]) == 1
    assert left == {"coupons": [], "uses": []}
    assert desk.client.error_codes(query, caller=ANA) == ["NOT_FOUND"]


@pytest.mark.parametrize("by", ["id", "code"])
def test_as_an_entity_a_coupon_is_found_by_id_or_by_code(desk, by):
    shared = desk.coupon()
    _confirm(desk, range(3))
    code = desk.client.data(MINE, caller=ANA)["myCoupons"][0]["code"]
    query = """query($representations: [_Any!]!) { _entities(representations: $representations) {
      ... on Coupon { code timesUsed } } }"""
    keys = [shared["id"], "unknown"] if by == "id" else ["welcome10", "UNKNOWN", code]
    asked = {"representations": [{"__typename": "Coupon", by: key} for key in keys]}

    ben, ana = (desk.client.data(query, asked, caller=caller)["_entities"] for caller in (BEN, ANA))

    if by == "id":
        assert (ben, ana) == ([None, None], [None, None])
    else:
        assert ben == [{"code": "WELCOME10", "timesUsed": None}, None, None]
        assert ana[2] == {"code": code, "timesUsed": None}

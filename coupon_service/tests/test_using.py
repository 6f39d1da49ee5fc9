"""A use is reserved, then spent or given back, once; limits hold whatever comes at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from coupon_service.tests.builders import ADMIN, ANA, RELEASE, codes


def test_a_reserved_coupon_says_what_it_takes_off(desk):
    coupon = desk.coupon()

    answer = desk.reserve(code="  welcome10 ")

    assert answer == {
        "couponId": coupon["id"],
        "code": "WELCOME10",
        "discount": {"amount": 250, "currency": "EUR"},
        "userErrors": [],
    }
    assert desk.counts(coupon["id"]) == (1, 1, 1)


def test_asked_again_for_the_same_booking_it_counts_once(desk):
    coupon = desk.coupon(usageLimit=1)
    desk.reserve()

    again = desk.reserve()

    assert again["discount"]["amount"] == 250
    assert desk.counts(coupon["id"]) == (1, 1, 1)


def test_the_discount_follows_the_seats_of_the_hold(desk):
    coupon = desk.coupon(minimumSubtotal={"amount": 1000, "currency": "EUR"})
    desk.reserve()

    more, less = desk.reserve(amount=5000), desk.reserve(amount=500)

    assert more["discount"]["amount"] == 500
    assert codes(less) == ["COUPON_MINIMUM_NOT_MET"]
    assert desk.counts(coupon["id"]) == (1, 1, 1)


def test_another_coupon_takes_the_place_of_the_first(desk):
    first, second = desk.coupon("FIRST"), desk.coupon("SECOND", percent=20)
    desk.reserve(code="FIRST")

    answer = desk.reserve(code="SECOND")

    assert answer["discount"]["amount"] == 500
    assert desk.counts(first["id"]) == (0, 0, 0)
    assert desk.counts(second["id"]) == (1, 1, 1)


def test_a_refused_coupon_leaves_the_first_in_its_place(desk):
    first, _ = desk.coupon("FIRST"), desk.coupon("OFF", active=False)
    desk.reserve(code="FIRST")

    answer = desk.reserve(code="OFF")

    assert codes(answer) == ["COUPON_UNKNOWN"]
    assert desk.counts(first["id"]) == (1, 1, 1)


def test_fifty_bookings_at_once_use_a_coupon_of_one_use_once(desk):
    coupon = desk.coupon(usageLimit=1)

    def reserve(number):
        return desk.reserve(f"booking-{number}", user=f"user-{number}")

    with ThreadPoolExecutor(50) as threads:
        answers = list(threads.map(reserve, range(50)))

    refused = [code for answer in answers for code in codes(answer)]
    assert refused == ["COUPON_USED_UP"] * 49
    assert desk.counts(coupon["id"]) == (1, 1, 1)


def test_one_person_with_twenty_bookings_at_once_keeps_the_limit_per_person(desk):
    coupon = desk.coupon(usageLimitPerUser=3)

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda number: desk.reserve(f"booking-{number}"), range(20)))

    assert sum(not codes(answer) for answer in answers) == 3
    assert desk.counts(coupon["id"]) == (3, 3, 3)


def test_one_booking_asking_from_twenty_threads_has_one_use(desk):
    coupon = desk.coupon()

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: desk.reserve(), range(20)))

    assert {answer["discount"]["amount"] for answer in answers} == {250}
    assert desk.counts(coupon["id"]) == (1, 1, 1)


def test_a_released_use_is_free_for_others_and_released_once(desk):
    coupon = desk.coupon(usageLimit=1)
    desk.reserve()

    told = [desk.release(), desk.release()]

    assert told == [True, True]
    assert desk.counts(coupon["id"]) == (0, 0, 0)
    assert codes(desk.reserve("booking-2", user="ben")) == []


def test_a_booking_may_take_up_again_what_it_gave_back(desk):
    coupon = desk.coupon()
    desk.reserve()
    desk.release()

    again = desk.reserve(amount=1000)

    assert again["discount"]["amount"] == 100
    assert desk.counts(coupon["id"]) == (1, 1, 1)


def test_a_spent_use_stays_spent(desk):
    coupon = desk.coupon()
    desk.reserve()

    told = [desk.redeem(), desk.redeem(), desk.release()]

    assert told == [True, True, True]
    assert desk.counts(coupon["id"]) == (1, 1, 1)
    assert desk.reserve(amount=9900)["discount"]["amount"] == 250


def test_without_a_reserved_use_there_is_nothing_to_spend(desk):
    assert desk.redeem("booking-9") is False


def test_a_confirmed_booking_spends_its_coupon(desk):
    coupon = desk.coupon()
    desk.reserve()

    news = [desk.tell("booking.confirmed", couponCode="WELCOME10")]

    query = """query($id: ID!) { coupon(id: $id) { redemptions { totalCount
      nodes { booking { id } user { id } discount { amount } } } } }"""
    shown = desk.client.data(query, {"id": coupon["id"]}, caller=ADMIN)["coupon"]["redemptions"]
    assert news == [True]
    assert shown["totalCount"] == 1
    assert shown["nodes"] == [
        {"booking": {"id": "booking-1"}, "user": {"id": "ana"}, "discount": {"amount": 250}}
    ]


def test_a_booking_confirmed_without_its_coupon_gives_it_back(desk):
    coupon = desk.coupon()
    desk.reserve()

    desk.tell("booking.confirmed", couponCode=None)

    assert desk.counts(coupon["id"]) == (0, 0, 0)


@pytest.mark.parametrize("name", ["booking.expired", "booking.cancelled"])
def test_a_booking_that_ends_gives_its_coupon_back_once(desk, name):
    coupon = desk.coupon(usageLimit=1)
    desk.reserve()

    for _ in range(3):
        desk.tell(name)

    assert desk.counts(coupon["id"]) == (0, 0, 0)
    assert codes(desk.reserve("booking-2", user="ben")) == []


def test_a_cancelled_booking_returns_what_it_had_spent(desk):
    coupon = desk.coupon()
    desk.reserve()
    desk.tell("booking.confirmed", couponCode="WELCOME10")

    desk.tell("booking.cancelled")

    assert desk.counts(coupon["id"]) == (0, 0, 0)
    assert codes(desk.reserve()) == ["COUPON_NOT_APPLICABLE"]


def test_a_confirmation_that_arrives_after_the_cancellation_spends_nothing(desk):
    coupon = desk.coupon()
    desk.reserve()
    desk.tell("booking.cancelled")

    desk.tell("booking.confirmed", couponCode="WELCOME10")

    assert desk.counts(coupon["id"]) == (0, 0, 0)


def test_a_hold_paid_after_its_expiry_takes_its_coupon_again(desk):
    coupon = desk.coupon(usageLimit=1)
    desk.reserve()
    desk.tell("booking.expired")

    desk.tell("booking.confirmed", couponCode="WELCOME10")

    assert desk.counts(coupon["id"]) == (1, 1, 1)


def test_a_limit_holds_even_for_a_hold_paid_after_its_expiry(desk):
    coupon = desk.coupon(usageLimit=1)
    desk.reserve()
    desk.tell("booking.expired")
    desk.reserve("booking-2", user="ben")

    desk.tell("booking.confirmed", couponCode="WELCOME10")

    assert desk.counts(coupon["id"]) == (1, 1, 1)


def test_a_booking_paid_with_one_coupon_takes_no_other(desk):
    desk.coupon("FIRST"), desk.coupon("SECOND")
    desk.reserve(code="FIRST")
    desk.redeem()

    assert codes(desk.reserve(code="SECOND")) == ["COUPON_NOT_APPLICABLE"]


@pytest.mark.parametrize("order", [("FIRST", "SECOND"), ("SECOND", "FIRST")])
def test_the_coupon_that_was_paid_with_is_spent_though_another_was_reserved_since(desk, order):
    ids = {code: desk.coupon(code)["id"] for code in ("FIRST", "SECOND")}
    for code in order:
        desk.reserve(code=code)

    desk.tell("booking.confirmed", couponCode=order[0])

    assert desk.counts(ids[order[0]]) == (1, 1, 1)
    assert desk.counts(ids[order[1]]) == (0, 0, 0)


def test_only_booking_may_reserve_and_release(desk):
    assert desk.client.error_codes(RELEASE, {"id": "booking-1"}, caller=ANA) == ["NOT_FOUND"]


def test_a_person_who_leaves_is_taken_out_and_the_use_still_counts(desk):
    coupon = desk.coupon()
    desk.reserve()
    desk.tell("booking.confirmed", couponCode="WELCOME10")

    desk.tell("user.erased", userId="ana")

    query = "query($id: ID!) { coupon(id: $id) { timesUsed redemptions { nodes { user { id } } } } }"
    shown = desk.client.data(query, {"id": coupon["id"]}, caller=ADMIN)["coupon"]
    assert shown == {"timesUsed": 1, "redemptions": {"nodes": [{"user": None}]}}

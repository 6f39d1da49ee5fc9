"""A use is reserved, then spent or given back, once; limits hold whatever comes at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from coupon_service.tests.builders import ADMIN, ANA, MANAGER, REDEEM, RELEASE, RESERVE, UPDATE, codes

EUR_5 = {"amount": 500, "currency": "EUR"}


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
    """H17: fifty people, one use: reserved once, redeemed once."""
    coupon = desk.coupon(usageLimit=1)

    def use(number):
        answer = desk.reserve(f"booking-{number}", user=f"user-{number}")
        return codes(answer), desk.redeem(f"booking-{number}")

    with ThreadPoolExecutor(50) as threads:
        answers = list(threads.map(use, range(50)))

    assert sorted(answers) == [([], True)] + [(["COUPON_USED_UP"], False)] * 49
    assert desk.counts(coupon["id"]) == (1, 1, 1)


def test_one_person_with_fifty_bookings_at_once_has_one_use(desk):
    """H17: a limit of one for each person."""
    coupon = desk.coupon(usageLimitPerUser=1)

    with ThreadPoolExecutor(50) as threads:
        answers = list(threads.map(lambda number: desk.reserve(f"booking-{number}"), range(50)))

    assert sorted(codes(answer) for answer in answers) == [[]] + [["COUPON_USED_UP"]] * 49
    assert desk.counts(coupon["id"]) == (1, 1, 1)


def test_fifty_people_at_once_have_one_use_each(desk):
    """H17: fifty people with two bookings each, one use for each person."""
    coupon = desk.coupon(usageLimitPerUser=1)

    def use(number):
        return number % 50, codes(desk.reserve(f"booking-{number}", user=f"user-{number % 50}"))

    with ThreadPoolExecutor(50) as threads:
        answers = list(threads.map(use, range(100)))

    used = [person for person, refused in answers if not refused]
    assert sorted(used) == list(range(50))
    assert desk.counts(coupon["id"]) == (50, 50, 50)


def test_fifty_people_at_once_do_not_pass_the_limit_of_all(desk):
    """H17: both limits at once; nobody's own count is left behind by a refusal."""
    coupon = desk.coupon(usageLimit=7, usageLimitPerUser=1)

    with ThreadPoolExecutor(50) as threads:
        answers = list(
            threads.map(lambda number: desk.reserve(f"booking-{number}", user=f"user-{number}"), range(50))
        )

    assert sum(not codes(answer) for answer in answers) == 7
    assert desk.counts(coupon["id"]) == (7, 7, 7)


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


@pytest.mark.parametrize("free", [{"total": {"amount": 0, "currency": "EUR"}}, {"userId": None}])
def test_a_booking_that_counts_for_nothing_gets_no_coupon_once_it_is_confirmed(desk, free):
    coupon = desk.coupon()
    desk.tell("booking.confirmed", couponCode=None, **free)

    late = desk.reserve()

    assert codes(late) == ["COUPON_NOT_APPLICABLE"]
    assert desk.counts(coupon["id"]) == (0, 0, 0)


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


def test_a_persons_limit_holds_too_and_counts_nothing_then(desk):
    coupon = desk.coupon(usageLimitPerUser=1)
    desk.reserve()
    desk.tell("booking.expired")
    desk.reserve("booking-2")

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


def test_only_booking_may_reserve_release_and_redeem(desk):
    """H10: nobody spends or gives back for another's booking."""
    asked = {"code": "X", "bookingId": "b", "userId": "ana", "movieId": "m", "cinemaId": "c"}
    asked["subtotal"] = {"amount": 100, "currency": "EUR"}

    refused = [
        desk.client.error_codes(RELEASE, {"id": "booking-1"}, caller=ANA),
        desk.client.error_codes(REDEEM, {"id": "booking-1"}, caller=ANA),
        desk.client.error_codes(RESERVE, {"input": asked}, caller=ANA),
    ]

    assert refused == [["NOT_FOUND"]] * 3


@pytest.mark.parametrize(
    ("form", "amount", "discount"),
    [
        ({"percent": 15}, 1790, 269),
        ({"percent": 100}, 2500, 2500),
        ({"percent": 50, "maximumDiscount": EUR_5}, 2500, 500),
        ({"kind": "FIXED_AMOUNT", "percent": None, "amountOff": EUR_5}, 2500, 500),
        ({"kind": "FIXED_AMOUNT", "percent": None, "amountOff": EUR_5}, 300, 300),
        ({"minimumSubtotal": EUR_5}, 500, 50),
    ],
)
def test_a_reserved_coupon_takes_off_what_its_terms_say(desk, form, amount, discount):
    desk.coupon(**form)

    assert desk.reserve(amount=amount)["discount"] == {"amount": discount, "currency": "EUR"}


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"expiresAt": "2026-11-21T12:00:00+00:00"}, "COUPON_EXPIRED"),
        ({"startsAt": "2026-11-21T12:00:01+00:00"}, "COUPON_NOT_STARTED"),
        ({"minimumSubtotal": {"amount": 2501, "currency": "EUR"}}, "COUPON_MINIMUM_NOT_MET"),
        ({"movieIds": ["nosferatu"]}, "COUPON_NOT_APPLICABLE"),
        ({"cinemaIds": ["porto"]}, "COUPON_NOT_APPLICABLE"),
        ({"active": False}, "COUPON_UNKNOWN"),
    ],
)
def test_what_a_quote_refuses_can_not_be_reserved_either(desk, form, code):
    coupon = desk.coupon(**form)

    assert codes(desk.reserve()) == [code]
    assert desk.counts(coupon["id"]) == (0, 0, 0)


def test_what_was_reserved_in_time_is_spent_after_the_coupons_last_day(desk):
    coupon = desk.coupon(expiresAt="2026-11-21T12:05:00+00:00")
    desk.reserve()
    desk.clock.advance(minutes=6)

    desk.tell("booking.confirmed", couponCode="WELCOME10")

    assert desk.counts(coupon["id"]) == (1, 1, 1)
    assert codes(desk.reserve("booking-2")) == ["COUPON_EXPIRED"]


def test_a_person_who_leaves_is_taken_out_and_the_use_still_counts(desk):
    coupon = desk.coupon()
    desk.reserve()
    desk.tell("booking.confirmed", couponCode="WELCOME10")

    desk.tell("user.erased", userId="ana")

    query = "query($id: ID!) { coupon(id: $id) { timesUsed redemptions { nodes { user { id } } } } }"
    shown = desk.client.data(query, {"id": coupon["id"]}, caller=ADMIN)["coupon"]
    assert shown == {"timesUsed": 1, "redemptions": {"nodes": [{"user": None}]}}


@pytest.mark.parametrize("ending", ["booking.expired", "booking.cancelled", "booking.confirmed"])
def test_a_reservation_that_arrives_after_the_booking_has_ended_sets_nothing_aside(desk, ending):
    coupon = desk.coupon()
    desk.tell(ending, couponCode=None)

    late = desk.reserve()

    assert codes(late) == ["COUPON_NOT_APPLICABLE"]
    assert desk.counts(coupon["id"]) == (0, 0, 0)


def test_of_two_requests_that_overtake_each_other_the_later_one_wins(desk):
    old, new = desk.coupon("OLD"), desk.coupon("NEW")
    assert codes(desk.reserve(code="NEW", asOf=3)) == []

    assert codes(desk.reserve(code="OLD", asOf=2)) == ["COUPON_NOT_APPLICABLE"]
    assert codes(desk.reserve(code="OLD", asOf=3)) == ["COUPON_NOT_APPLICABLE"]
    desk.release(as_of=2)
    assert (desk.counts(old["id"]), desk.counts(new["id"])) == ((0, 0, 0), (1, 1, 1))

    assert codes(desk.reserve(code="NEW", asOf=3)) == []
    desk.release(as_of=3)
    assert desk.counts(new["id"]) == (0, 0, 0)
    assert codes(desk.reserve(code="OLD", asOf=4)) == []
    assert desk.counts(old["id"]) == (1, 1, 1)


def test_the_discount_that_was_told_stands_although_the_coupon_has_changed_since(desk):
    coupon = desk.coupon()
    told = desk.reserve(asOf=1)["discount"]
    form = {"code": "WELCOME10", "kind": "PERCENT", "percent": 1}
    desk.client.data(UPDATE, {"id": coupon["id"], "input": form}, caller=MANAGER)

    assert desk.reserve(asOf=2, keeps=True)["discount"] == told == {"amount": 250, "currency": "EUR"}

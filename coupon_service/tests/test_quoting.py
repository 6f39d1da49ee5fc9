"""What a code would take off, or why it does not."""

from __future__ import annotations

import pytest

from chassis.identity import VISITOR
from coupon_service.tests.builders import ANA, BEN, MANAGER, QUOTE, codes

EUR_10 = {"amount": 1000, "currency": "EUR"}


def test_a_good_code_tells_its_discount_to_anybody(desk):
    desk.coupon()

    quote = desk.quote("Welcome10", caller=VISITOR)

    assert quote == {
        "coupon": {"code": "WELCOME10", "timesUsed": None},
        "discount": {"amount": 250, "currency": "EUR"},
        "userErrors": [],
    }


@pytest.mark.parametrize(
    ("form", "asked", "code"),
    [
        ({"active": False}, {}, "COUPON_UNKNOWN"),
        ({"expiresAt": "2026-11-21T12:00:00+00:00"}, {}, "COUPON_EXPIRED"),
        ({"startsAt": "2026-11-21T12:00:01+00:00"}, {}, "COUPON_NOT_STARTED"),
        ({"minimumSubtotal": EUR_10}, {"amount": 999}, "COUPON_MINIMUM_NOT_MET"),
        ({"minimumSubtotal": EUR_10}, {"currency": "GBP"}, "COUPON_NOT_APPLICABLE"),
        ({"movieIds": ["nosferatu"]}, {"movieId": "metropolis"}, "COUPON_NOT_APPLICABLE"),
        ({"movieIds": ["nosferatu"]}, {}, "COUPON_NOT_APPLICABLE"),
        ({"cinemaIds": ["porto"]}, {"cinemaId": "lisbon"}, "COUPON_NOT_APPLICABLE"),
        (
            {"percent": None, "kind": "FIXED_AMOUNT", "amountOff": EUR_10},
            {"currency": "USD"},
            "COUPON_NOT_APPLICABLE",
        ),
        ({}, {"amount": 0}, "COUPON_NOT_APPLICABLE"),
    ],
)
def test_each_refusal_has_its_code(desk, form, asked, code):
    desk.coupon(**form)

    quote = desk.quote(**asked)

    assert codes(quote) == [code]
    assert quote["discount"] is None


def test_a_code_that_nobody_has_is_unknown(desk):
    assert codes(desk.quote("NO-SUCH-CODE")) == ["COUPON_UNKNOWN"]


def test_a_used_up_code_says_so_to_all_or_to_the_one_person(desk):
    desk.coupon("ONCE", usageLimit=1)
    desk.coupon("ONCEEACH", usageLimitPerUser=1)
    desk.reserve("booking-1", "ONCE")
    desk.reserve("booking-2", "ONCEEACH")

    quotes = {
        (code, caller.user_id): codes(desk.quote(code, caller=caller))
        for code in ("ONCE", "ONCEEACH")
        for caller in (ANA, BEN)
    }

    assert quotes == {
        ("ONCE", "ana"): ["COUPON_USED_UP"],
        ("ONCE", "ben"): ["COUPON_USED_UP"],
        ("ONCEEACH", "ana"): ["COUPON_USED_UP"],
        ("ONCEEACH", "ben"): [],
    }


def test_a_coupon_for_a_film_is_good_for_that_film(desk):
    desk.coupon(movieIds=["nosferatu"], cinemaIds=["lisbon"])

    quote = desk.quote(movieId="nosferatu", cinemaId="lisbon")

    assert quote["discount"]["amount"] == 250


def test_asking_reserves_nothing(desk):
    coupon = desk.coupon(usageLimit=1)

    desk.quote()

    assert desk.counts(coupon["id"]) == (0, 0, 0)


def test_guessing_codes_comes_to_an_end_and_a_good_code_does_not_count(desk):
    desk.coupon()
    limit = desk.runtime.settings.guesses_per_minute

    for number in range(limit):
        desk.quote(f"GUESS{number}")
        desk.quote()

    asked = {"code": "ONE-MORE", "subtotal": EUR_10}
    assert desk.client.error_codes(QUOTE, asked, caller=ANA) == ["RATE_LIMITED"]
    assert codes(desk.quote("ONE-MORE", caller=BEN)) == ["COUPON_UNKNOWN"]


@pytest.mark.parametrize("subtotal", [{"amount": -1, "currency": "EUR"}, {"amount": 1, "currency": "euros"}])
def test_a_subtotal_that_is_none_is_bad_input(desk, subtotal):
    assert desk.client.error_codes(QUOTE, {"code": "X", "subtotal": subtotal}) == ["BAD_USER_INPUT"]


PREVIEW = """query($input: CouponInput!, $subtotal: MoneyInput!) { previewCoupon(input: $input, subtotal: $subtotal) {
  coupon { id } discount { amount currency } userErrors { code field } } }"""


@pytest.mark.parametrize(
    ("form", "off", "code"),
    [
        ({"kind": "PERCENT", "percent": 20}, 250, None),
        ({"kind": "FIXED_AMOUNT", "amountOff": EUR_10}, 1000, None),
        ({"kind": "PERCENT", "percent": 20, "active": False}, 250, None),
        ({"kind": "PERCENT", "percent": 0}, None, "PERCENT_INVALID"),
        ({"kind": "FIXED_AMOUNT", "amountOff": {"amount": 1, "currency": "euro"}}, None, "CURRENCY_INVALID"),
        (
            {"kind": "PERCENT", "percent": 5, "minimumSubtotal": EUR_10 | {"amount": 9999}},
            None,
            "COUPON_MINIMUM_NOT_MET",
        ),
    ],
)
def test_a_form_that_is_not_saved_shows_what_it_would_take_off(desk, form, off, code):
    asked = {"input": {"code": "SPRING", **form}, "subtotal": {"amount": 1250, "currency": "EUR"}}

    quote = desk.client.data(PREVIEW, asked, caller=MANAGER)["previewCoupon"]

    assert (quote["discount"] or {}).get("amount") == off
    assert codes(quote) == ([code] if code else [])
    assert desk.client.error_codes(PREVIEW, asked, caller=ANA) == ["FORBIDDEN"]

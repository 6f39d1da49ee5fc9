"""What managers do with coupons."""

from __future__ import annotations

import pytest

from coupon_service.tests.builders import ADMIN, ANA, CREATE, DELETE, MANAGER, STAFF, UPDATE, codes

LIST = """query($search: String, $active: Boolean, $first: Int, $after: String) {
  coupons(search: $search, active: $active, first: $first, after: $after) {
    nodes { code } totalCount pageInfo { hasNextPage endCursor } } }"""
BATCH = """mutation($input: CouponInput!, $prefix: String!, $count: Int!) {
  createCouponBatch(input: $input, prefix: $prefix, count: $count) {
    coupons { code percent movies { id } } csv userErrors { code field } } }"""
SWITCH = """mutation($ids: [ID!]!, $active: Boolean!) { setCouponsActive(ids: $ids, active: $active) {
  coupons { id active } userErrors { code field } } }"""
TEN = {"code": "IGNORED", "kind": "PERCENT", "percent": 10}


def test_a_coupon_is_what_was_written(desk):
    form = {
        "description": "For friends",
        "kind": "FIXED_AMOUNT",
        "percent": None,
        "amountOff": {"amount": 500, "currency": "EUR"},
        "minimumSubtotal": {"amount": 2000, "currency": "EUR"},
        "startsAt": "2026-11-01T00:00:00+01:00",
        "expiresAt": "2026-12-01T00:00:00+00:00",
        "usageLimit": 100,
        "usageLimitPerUser": 2,
        "movieIds": ["nosferatu", "metropolis"],
        "cinemaIds": ["lisbon"],
    }

    coupon = desk.coupon(" friends-5 ", **form)

    assert coupon["code"] == "FRIENDS-5"
    assert coupon["amountOff"] == {"amount": 500, "currency": "EUR"}
    assert coupon["startsAt"] == "2026-10-31T23:00:00+00:00"
    assert {movie["id"] for movie in coupon["movies"]} == {"nosferatu", "metropolis"}
    assert (coupon["timesUsed"], coupon["active"], coupon["usageLimit"]) == (0, True, 100)


def test_a_code_is_taken_in_any_spelling(desk):
    desk.coupon("Spring")

    assert codes(desk.create("sPRING")) == ["CODE_TAKEN"]


def test_everything_that_is_wrong_is_told_at_once(desk):
    answer = desk.create(
        "a b",
        percent=101,
        usageLimit=0,
        startsAt="2026-11-21T12:00:00+00:00",
        expiresAt="2026-11-21T12:00:00+00:00",
        minimumSubtotal={"amount": 1, "currency": "EUR"},
        maximumDiscount={"amount": 1, "currency": "USD"},
    )

    assert {(error["code"], ".".join(error["field"])) for error in answer["userErrors"]} == {
        ("CODE_INVALID", "input.code"),
        ("PERCENT_INVALID", "input.percent"),
        ("LIMIT_INVALID", "input.usageLimit"),
        ("WINDOW_INVALID", "input.expiresAt"),
        ("CURRENCY_MISMATCH", "input"),
    }


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"percent": None}, "PERCENT_INVALID"),
        ({"percent": 0}, "PERCENT_INVALID"),
        ({"kind": "FIXED_AMOUNT", "percent": None}, "AMOUNT_INVALID"),
        ({"amountOff": {"amount": 5, "currency": "EUR"}}, "AMOUNT_INVALID"),
        ({"minimumSubtotal": {"amount": 5, "currency": "eur"}}, "CURRENCY_INVALID"),
        ({"description": "x" * 501}, "DESCRIPTION_TOO_LONG"),
        ({"movieIds": [f"m{number}" for number in range(201)]}, "TOO_MANY"),
    ],
)
def test_a_coupon_that_can_not_be_is_refused(desk, form, code):
    assert codes(desk.create(**form)) == [code]


def test_a_change_replaces_the_terms_and_keeps_uses_and_the_switch(desk):
    coupon = desk.coupon(movieIds=["nosferatu", "metropolis"], active=False)
    desk.client.data(SWITCH, {"ids": [coupon["id"]], "active": True}, caller=MANAGER)
    desk.reserve(code="WELCOME10")
    desk.client.data(SWITCH, {"ids": [coupon["id"]], "active": False}, caller=MANAGER)
    form = {"code": "WELCOME12", "kind": "PERCENT", "percent": 12, "movieIds": ["metropolis", "faust"]}

    changed = desk.client.data(UPDATE, {"id": coupon["id"], "input": form}, caller=MANAGER)["updateCoupon"]

    assert changed["userErrors"] == []
    assert (changed["coupon"]["code"], changed["coupon"]["percent"]) == ("WELCOME12", 12)
    assert {movie["id"] for movie in changed["coupon"]["movies"]} == {"metropolis", "faust"}
    assert (changed["coupon"]["timesUsed"], changed["coupon"]["active"]) == (1, False)


@pytest.mark.parametrize("limit", ["usageLimit", "usageLimitPerUser"])
def test_a_limit_can_not_fall_below_what_was_used(desk, limit):
    coupon = desk.coupon()
    desk.reserve("booking-1")
    desk.reserve("booking-2")

    answer = desk.client.data(
        UPDATE, {"id": coupon["id"], "input": {**TEN, "code": "WELCOME10", limit: 1}}, caller=MANAGER
    )["updateCoupon"]

    assert codes(answer) == ["LIMIT_BELOW_USES"]


def test_an_unused_coupon_can_be_deleted(desk):
    coupon = desk.coupon(movieIds=["nosferatu"])
    desk.reserve(code="WELCOME10")
    desk.release()

    answer = desk.client.data(DELETE, {"id": coupon["id"]}, caller=MANAGER)["deleteCoupon"]

    assert answer == {"done": True, "userErrors": []}
    assert codes(desk.quote()) == ["COUPON_UNKNOWN"]


@pytest.mark.parametrize("ends", [False, True])
def test_a_coupon_that_was_used_stays_even_when_the_booking_was_cancelled(desk, ends):
    coupon = desk.coupon()
    desk.reserve()
    desk.tell("booking.confirmed", couponCode="WELCOME10")
    if ends:
        desk.tell("booking.cancelled")

    answer = desk.client.data(DELETE, {"id": coupon["id"]}, caller=MANAGER)["deleteCoupon"]

    assert (answer["done"], codes(answer)) == (False, ["COUPON_IN_USE"])


def test_a_batch_has_as_many_different_codes_with_the_same_terms(desk):
    asked = {"input": {**TEN, "movieIds": ["nosferatu"]}, "prefix": "gift", "count": 40}

    answer = desk.client.data(BATCH, asked, caller=ADMIN)["createCouponBatch"]

    made = answer["coupons"]
    lines = answer["csv"].removeprefix("\ufeff").splitlines()
    assert lines[0].startswith("code,percent,")
    assert [line.partition(",")[0] for line in lines[1:]] == [coupon["code"] for coupon in made]
    assert len({coupon["code"] for coupon in made}) == 40
    assert all(coupon["code"].startswith("GIFT-") and coupon["percent"] == 10 for coupon in made)
    assert all(coupon["movies"] == [{"id": "nosferatu"}] for coupon in made)


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"count": 0}, "COUNT_INVALID"),
        ({"count": 501}, "COUNT_INVALID"),
        ({"prefix": "!"}, "CODE_INVALID"),
        ({"input": {**TEN, "percent": 0}}, "PERCENT_INVALID"),
    ],
)
def test_a_batch_that_can_not_be_makes_nothing(desk, parts, code):
    answer = desk.client.data(BATCH, {"input": TEN, "prefix": "GIFT", "count": 2, **parts}, caller=ADMIN)

    assert codes(answer["createCouponBatch"]) == [code]
    assert desk.client.data(LIST, {}, caller=ADMIN)["coupons"]["totalCount"] == 0


def test_coupons_are_switched_together_or_not_at_all(desk):
    ids = [desk.coupon(code)["id"] for code in ("ONE", "TWO")]

    off = desk.client.data(SWITCH, {"ids": ids, "active": False}, caller=ADMIN)["setCouponsActive"]
    bad = desk.client.data(SWITCH, {"ids": [ids[0], "nobody"], "active": True}, caller=ADMIN)

    assert [(coupon["id"], coupon["active"]) for coupon in off["coupons"]] == [(one, False) for one in ids]
    assert codes(bad["setCouponsActive"]) == ["COUPON_UNKNOWN"]
    assert desk.client.data(LIST, {"active": True}, caller=ADMIN)["coupons"]["totalCount"] == 0


def test_the_list_is_searched_and_paged(desk):
    for number in range(5):
        desk.coupon(f"SPRING{number}", description="Für Frühaufsteher" if number % 2 else "Late show 100%")
        desk.clock.advance(seconds=1)

    first = desk.client.data(LIST, {"first": 3}, caller=MANAGER)["coupons"]
    after = first["pageInfo"]["endCursor"]
    rest = desk.client.data(LIST, {"first": 3, "after": after}, caller=MANAGER)["coupons"]
    early = desk.client.data(LIST, {"search": "fruhauf"}, caller=MANAGER)["coupons"]
    percent = desk.client.data(LIST, {"search": "_"}, caller=MANAGER)["coupons"]

    assert [node["code"] for node in first["nodes"] + rest["nodes"]] == [
        f"SPRING{n}" for n in (4, 3, 2, 1, 0)
    ]
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)
    assert early["totalCount"] == 2
    assert percent["totalCount"] in (0, 5)


def test_who_changed_what_is_on_record(desk):
    coupon = desk.coupon()
    desk.client.data(SWITCH, {"ids": [coupon["id"]], "active": False}, caller=ADMIN)
    desk.client.data(DELETE, {"id": coupon["id"]}, caller=MANAGER)

    entries = [
        (entry["actorId"], entry["action"], entry["objectId"]) for entry in desk.published("audit.recorded")
    ]

    assert entries == [
        ("marta", "coupon.create", coupon["id"]),
        ("ada", "coupon.set_active", coupon["id"]),
        ("marta", "coupon.delete", coupon["id"]),
    ]


@pytest.mark.parametrize("caller", [ANA, STAFF])
def test_coupons_are_managers_work(desk, caller):
    found = desk.coupon()["id"]
    questions = [
        (CREATE, {"input": TEN}),
        (UPDATE, {"id": found, "input": TEN}),
        (DELETE, {"id": found}),
        (BATCH, {"input": TEN, "prefix": "GIFT", "count": 1}),
        (SWITCH, {"ids": [found], "active": False}),
        (LIST, {}),
        ("query($id: ID!) { coupon(id: $id) { id } }", {"id": found}),
    ]

    refused = [desk.client.error_codes(query, variables, caller=caller) for query, variables in questions]

    assert refused == [["FORBIDDEN"]] * len(questions)


def test_what_is_not_there_is_not_found(desk):
    refused = [
        desk.client.error_codes(UPDATE, {"id": "nobody", "input": {**TEN, "code": "FINE"}}, caller=ADMIN),
        desk.client.error_codes(DELETE, {"id": "nobody"}, caller=ADMIN),
        desk.client.error_codes('{ coupon(id: "nobody") { id } }', caller=ADMIN),
    ]

    assert refused == [["NOT_FOUND"]] * 3

"""Sample coupons: something for every currency and every refusal, once."""

from __future__ import annotations

from chassis import migrations
from chassis.ids import fixed_id
from chassis.testing import as_user
from coupon_service import seed
from coupon_service.tests.builders import ADMIN, codes

GUEST = as_user(fixed_id("user", "guest@lobbycard.example"))
COUNT = "{ coupons { totalCount } }"


SAMPLES = {
    ("welcome10", "EUR"): [],
    ("POPCORN-GBP", "GBP"): [],
    ("POPCORN-JPY", "JPY"): [],
    ("POPCORN-SEK", "EUR"): ["COUPON_NOT_APPLICABLE"],
    ("SUMMER20", "EUR"): ["COUPON_EXPIRED"],
    ("NEWYEAR30", "EUR"): ["COUPON_NOT_STARTED"],
    ("FIRSTNIGHT50", "EUR"): ["COUPON_USED_UP"],
    ("PRESS100", "EUR"): ["COUPON_UNKNOWN"],
    ("NOSFERATU20", "EUR"): ["COUPON_NOT_APPLICABLE"],
}


def test_each_sample_shows_what_it_is_for(desk):
    seed.run(desk.runtime)

    assert {sample: codes(desk.quote(sample[0], 50_000, sample[1])) for sample in SAMPLES} == SAMPLES


def test_a_second_run_adds_nothing_and_changes_nothing(desk):
    seed.run(desk.runtime)
    before = desk.client.data(COUNT, caller=ADMIN)["coupons"]["totalCount"]
    desk.clock.advance(days=1)

    seed.run(desk.runtime)

    assert desk.client.data(COUNT, caller=ADMIN)["coupons"]["totalCount"] == before >= 14


def test_the_used_up_sample_counts_right(desk):
    seed.run(desk.runtime)

    assert desk.counts(fixed_id("coupon", "FIRSTNIGHT50")) == (3, 3, 0)


def test_the_sample_guest_has_a_coupon_of_their_own(desk):
    seed.run(desk.runtime)

    mine = desk.client.data("{ myCoupons { code } }", caller=GUEST)["myCoupons"]

    assert [coupon["code"] for coupon in mine] == ["THANKS-GUEST10"]


def test_the_migrated_database_is_what_the_models_say(desk):
    assert migrations.differences(desk.runtime.database, "coupon_service") == []

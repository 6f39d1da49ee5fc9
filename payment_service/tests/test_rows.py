"""The payments' file: portion by portion, each payment once, on the day where its cinema is."""

from __future__ import annotations

import orjson
import pytest

from chassis.events import Envelope
from payment_service.tests.builders import ADMIN, BOOKING, LISBON, PORTO
from payment_service.worker import build_worker
from tests.contracts.event_files import example_of

ROWS = """query($from: Date!, $to: Date!, $ids: [ID!], $after: String, $first: Int!) {
  paymentRows(from: $from, to: $to, cinemaIds: $ids, after: $after, first: $first) }"""
DAY = "2026-11-21"


def rows(till, first=100, ids=None, day=DAY):
    found, after = [], None
    while True:
        asked = {"from": day, "to": day, "ids": ids, "after": after, "first": first}
        portion = orjson.loads(till.client.data(ROWS, asked, caller=BOOKING)["paymentRows"])
        found += portion["rows"]
        assert 0.0 <= portion["share"] <= 1.0
        after = portion["after"]
        if after is None:
            return found


@pytest.mark.parametrize("first", [1, 2, 5, 100])
def test_every_payment_comes_once_however_small_the_portions(till, first):
    taken = [till.take(key=f"k{number}")["payment"]["id"] for number in range(5)]
    till.refund(taken[0], 1000)
    till.take("pm_declined", key="no")

    found = rows(till, first)

    assert [(row["status"], row["captured"], row["refunded"]) for row in found] == [
        ("PARTIALLY_REFUNDED", 2500, 1000), *[("SUCCEEDED", 2500, 0)] * 4, ("FAILED", 0, 0),
    ]  # fmt: skip
    assert (found[0]["day"], found[0]["amount"], found[0]["currency"], found[0]["method"]) == (
        DAY,
        2500,
        "EUR",
        "CARD",
    )
    assert found[-1]["failureCode"] == "CARD_DECLINED"


def test_only_the_cinemas_that_were_asked_for(till):
    till.take(key="1")
    till.take(key="2", cinemaId=PORTO)

    assert [row["cinemaId"] for row in rows(till, ids=[PORTO])] == [PORTO]
    assert len(rows(till)) == 2


def test_a_payment_belongs_to_the_day_where_its_cinema_is(till):
    place = {**example_of("cinema.changed")["payload"], "cinemaId": LISBON, "timeZone": "Asia/Tokyo"}
    build_worker(till.runtime).handle(Envelope("cinema.changed", place))
    till.clock.advance(hours=4)  # 16:00 UTC is one in the morning there
    till.take()

    assert (len(rows(till, day=DAY)), len(rows(till, day="2026-11-22"))) == (0, 1)


def test_people_do_not_get_the_file_like_this(till):
    asked = {"from": DAY, "to": DAY, "first": 10}

    assert till.client.error_codes(ROWS, asked, caller=ADMIN) == ["NOT_FOUND"]
    assert till.client.error_codes(ROWS, {**asked, "first": 0}, caller=BOOKING) == ["BAD_USER_INPUT"]
    assert till.client.error_codes(ROWS, {**asked, "after": "x"}, caller=BOOKING) == ["BAD_USER_INPUT"]

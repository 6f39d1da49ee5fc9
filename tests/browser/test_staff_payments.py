"""Payments: given back once whatever two tabs try, by two persons above the limit, and a day whose sums add up."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.house import House, Person
from tests.browser.stage import ROOM, Stage
from tests.browser.test_staff_dashboard import bought, euros, rows_of

PAYMENT = """query Payment($booking: ID!) { payments(filter: { bookingId: $booking }) {
  nodes { id amount { amount } refunded { amount } refundable { amount } refunds { status amount { amount } } } } }"""


@pytest.fixture
def staff(house: House, signed_in: Callable[[Person], None]) -> Callable[[str], None]:
    """Signs the demo person of a role in."""
    return lambda role: signed_in(house.staff(role))


def payment_of(house: House, booking: str) -> dict[str, Any]:
    """The only payment of a booking."""
    answer = house.system.gql(PAYMENT, {"booking": booking}, token=house.staff("admin").token)
    (payment,) = answer.data["payments"]["nodes"]
    found: dict[str, Any] = payment
    return found


def open_refund(page: Page, payment: str) -> None:
    """The question how much shall go back."""
    page.goto(f"/admin/payments/{payment}")
    page.get_by_role("button", name="Refund", exact=True).click()
    expect(page.get_by_role("dialog", name="Refund")).to_be_visible()


def ask_back(page: Page, amount: str | None, reason: str) -> None:
    """Fill the question in and send it; no amount: all that it proposes."""
    if amount is not None:
        page.get_by_label("Amount in EUR").fill(amount)
    page.get_by_role("dialog").get_by_label("Reason").fill(reason)
    page.get_by_role("button", name="Give the money back").click()


@pytest.fixture
def sold(house: House) -> dict[str, Any]:
    """A booking of two tickets at 11.50 in a cinema of the test's own."""
    stage = Stage(house)
    made = stage.room(["SSSSSSSSSSSS"])
    showtime = stage.showtime(stage.film()["id"], made["room"], price=1150)
    return {**bought(house, showtime, 2), "cinema": made["cinema"], "showtime": showtime}


def test_a_part_goes_back_with_a_reason_and_then_no_more_than_the_rest(
    page: Page, house: House, staff: Callable[[str], None], sold: dict[str, Any]
) -> None:
    payment = payment_of(house, sold["id"])
    staff("admin")
    page.goto(f"/admin/payments?cinema={sold['cinema']}")
    row = page.get_by_role("row").filter(has_text=sold["reference"])
    expect(row).to_contain_text("€23.00")
    open_refund(page, payment["id"])
    ask_back(page, "5.00", "the lamp went out")

    refund = page.get_by_role("region", name="Refunds").get_by_role("row").nth(1)
    expect(refund).to_contain_text("€5.00")
    expect(refund).to_contain_text("the lamp went out")
    assert payment_of(house, sold["id"])["refunded"]["amount"] == 500
    page.get_by_role("button", name="Refund", exact=True).click()
    ask_back(page, "18.01", "too much")
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("€18.00")
    assert payment_of(house, sold["id"])["refunded"]["amount"] == 500


def test_two_tabs_cannot_give_the_same_money_back_twice(
    page: Page, house: House, staff: Callable[[str], None], sold: dict[str, Any]
) -> None:
    payment = payment_of(house, sold["id"])
    staff("admin")
    other = page.context.new_page()
    for tab in (page, other):
        open_refund(tab, payment["id"])

    ask_back(page, "10.00", "first tab")
    expect(page.get_by_role("region", name="Refunds")).to_contain_text("first tab")
    ask_back(other, "10.00", "second tab")

    expect(other.get_by_role("dialog").get_by_role("alert")).to_be_visible()
    after = payment_of(house, sold["id"])
    assert [refund["amount"]["amount"] for refund in after["refunds"]] == [1000]
    assert after["refundable"]["amount"] == 1300


def test_above_the_limit_a_second_person_decides(
    page: Page, browser: Browser, house: House, staff: Callable[[str], None]
) -> None:
    stage = Stage(house)
    manager = house.staff("manager")
    cinema = house.system.gql("{ me { cinemaIds } }", token=manager.token).data["me"]["cinemaIds"][0]
    currency = house.system.gql("query($id: ID!) { cinema(id: $id) { currency } }", {"id": cinema}).data[
        "cinema"
    ]
    room = stage.do(
        ROOM, input={"cinemaId": cinema, "name": "Dear", "rows": [{"row": "A", "places": "SSSSSSSS"}]}
    )
    assert currency["currency"] == "EUR"  # the prices below are above the limit in cents
    showtime = stage.showtime(stage.film()["id"], room["auditorium"]["id"], price=30_000)
    booking = bought(house, showtime, 2)
    payment = payment_of(house, booking["id"])
    staff("manager")
    open_refund(page, payment["id"])
    ask_back(page, None, "the whole row was wet")

    refunds = page.get_by_role("region", name="Refunds")
    expect(refunds).to_contain_text("Waits for a second person")
    expect(refunds.get_by_role("button", name="Approve")).to_have_count(0)
    assert payment_of(house, booking["id"])["refunded"]["amount"] == 0

    context = browser.new_context(base_url=house.url, locale="en-GB", service_workers="block")
    house.enter(context, house.staff("admin"))
    second = context.new_page()
    second.goto(f"/admin?cinema={cinema}")
    second.get_by_role("link", name=re.compile(rf"Refund of .* for {booking['reference']}")).click()
    second.get_by_role("button", name="Approve").click()
    expect(second.get_by_role("region", name="Refunds")).to_contain_text("Given back")
    context.close()
    assert payment_of(house, booking["id"])["refunded"]["amount"] == payment["amount"]["amount"]


def test_the_day_adds_up_and_a_difference_is_named(
    page: Page, house: House, staff: Callable[[str], None], sold: dict[str, Any]
) -> None:
    bought(house, sold["showtime"], 1)
    payment = payment_of(house, sold["id"])
    staff("admin")
    open_refund(page, payment["id"])
    ask_back(page, "5.00", "the lamp went out")
    expect(page.get_by_role("region", name="Refunds")).to_contain_text("Given back")

    page.goto(f"/admin/payments/close?cinema={sold['cinema']}")

    sums = page.get_by_role("region", name="By method").locator("tbody tr")
    expect(sums).to_have_count(2)
    lines = [[euros(cell) for cell in row.get_by_role("cell").all_inner_texts()[1:]] for row in sums.all()]
    ((captured, refunded),) = rows_of(
        house,
        "payment_db",
        "SELECT SUM(amount_value), SUM(refunded_amount) FROM payments WHERE cinema_id = ?",
        sold["cinema"],
    )
    assert lines[0] == [captured, refunded, captured - refunded, captured - refunded, 0]
    assert lines[-1] == lines[0]
    expect(page.get_by_text("Ours and the provider’s books agree.")).to_be_visible()

    with closing(sqlite3.connect(house.system.home / "databases" / "payment_db.sqlite", timeout=30)) as books:
        books.execute(
            "UPDATE simulated_charges SET amount_value = amount_value - 100 WHERE booking_id = ?",
            (sold["id"],),
        )
        books.commit()
    page.reload()

    differs = page.get_by_role("region", name="Where the books differ").get_by_role("row").nth(1)
    expect(differs).to_contain_text(sold["reference"])
    assert [euros(cell) for cell in differs.get_by_role("cell").all_inner_texts()] == [
        2300 - 500,
        2200 - 500,
        -100,
    ]

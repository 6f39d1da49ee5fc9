"""Coupons: the preview is what the checkout takes off, refusals are those of the checkout, batches come as a table."""

from __future__ import annotations

import csv
import io
import re
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.house import House, Person
from tests.browser.stage import Stage
from tests.browser.test_staff_bookings import denied, written

MAKE = (
    """mutation($input: CouponInput!) { createCoupon(input: $input) { coupon { id } userErrors { code } } }"""
)
SUBTOTAL = "query($id: ID!) { booking(id: $id) { subtotal { amount currency } discount { amount } } }"


@pytest.fixture
def staff(house: House, signed_in: Callable[[Person], None]) -> Callable[[str], None]:
    """Signs the demo person of a role in."""
    return lambda role: signed_in(house.staff(role))


@pytest.fixture
def code() -> str:
    """A code nobody has."""
    return f"SPRING-{secrets.token_hex(3).upper()}"


def fill(page: Page, **fields: str) -> None:
    """Type into fields of the form by their names."""
    for name, text in fields.items():
        page.locator(f"#coupon-{name}").fill(text)


def answer(page: Page) -> str:
    """What the preview says now."""
    return " ".join(page.locator("#preview-answer").inner_text().split())


def test_the_preview_is_what_the_checkout_takes_off_and_the_coupon_is_used(
    page: Page, house: House, staff: Callable[[str], None], code: str
) -> None:
    guest = house.new_guest()
    place = Stage(house).room(["SSSS"])
    showtime = Stage(house).showtime(Stage(house).film()["id"], place["room"], price=1250)
    staff("manager")
    page.goto("/admin/coupons")
    page.get_by_role("link", name="New coupon").click()
    fill(page, code=code, percent="20")

    expect(page.locator("#preview-answer")).to_have_text(re.compile(r"€12\.50\s*→\s*€10\.00"))
    page.locator("#preview-price").fill("100")
    expect(page.locator("#preview-answer")).to_have_text(re.compile(r"€100\.00\s*→\s*€80\.00"))
    fill(page, maximumDiscount="5")
    expect(page.locator("#preview-answer")).to_have_text(re.compile(r"€100\.00\s*→\s*€95\.00"))
    fill(page, maximumDiscount="")
    page.get_by_role("button", name="Make coupon").click()
    expect(page.get_by_role("heading", level=1, name=code)).to_be_visible()
    coupon = page.url.rsplit("/", 1)[1]
    booking = house.hold(guest, showtime, house.best_seats(showtime, 1))
    use = "mutation($id: ID!, $code: String!) { applyCoupon(bookingId: $id, code: $code) { userErrors { code } } }"
    assert (
        house.system.gql(use, {"id": booking, "code": code}, token=guest.token).refusals("applyCoupon") == []
    )
    held = house.system.gql(SUBTOTAL, {"id": booking}, token=guest.token).data["booking"]
    assert (held["subtotal"]["amount"], held["discount"]["amount"]) == (1250, 250)
    assert written(house, coupon, "Coupon") == ["coupon.create"]


def test_refusals_are_told_as_the_checkout_tells_them(
    page: Page, house: House, staff: Callable[[str], None], browser: Browser, code: str
) -> None:
    guest = house.new_guest()
    showtime = house.showtime()
    booking = house.hold(guest, showtime["id"], house.best_seats(showtime["id"], 1))
    subtotal = house.system.gql(SUBTOTAL, {"id": booking}, token=guest.token).data["booking"]["subtotal"]
    terms = {
        "code": code,
        "kind": "PERCENT",
        "percent": 10,
        "minimumSubtotal": {"amount": 90_000, "currency": subtotal["currency"]},
    }
    made = house.system.gql(MAKE, {"input": terms}, token=house.staff("admin").token)
    assert made.refusals("createCoupon") == []
    staff("manager")
    page.goto(f"/admin/coupons/{made.data['createCoupon']['coupon']['id']}?edit=1")
    expect(page.locator("#preview-answer")).to_contain_text("The order is too small for this coupon.")
    refusal = answer(page).removeprefix("Refused ")
    fill(page, minimumSubtotal="", startsAt="2199-01-01T10:00")
    expect(page.locator("#preview-answer")).to_contain_text("This coupon is not valid yet.")
    fill(page, startsAt="", expiresAt="2020-01-01T10:00")
    expect(page.locator("#preview-answer")).to_contain_text("This coupon is no longer valid.")
    fill(page, expiresAt="")
    page.locator("#coupon-movieIds input").first.check()
    expect(page.locator("#preview-answer")).to_contain_text("not for this film or cinema")

    context = browser.new_context(base_url=house.url, locale="en-GB", service_workers="block")
    house.enter(context, guest)
    theirs = context.new_page()
    theirs.goto(f"/bookings/{booking}/pay")
    theirs.get_by_label("Code", exact=True).fill(code)
    theirs.get_by_role("button", name="Apply").click()
    expect(theirs.locator("#coupon-summary")).to_contain_text(refusal)
    context.close()


def test_required_fields_are_named_and_a_bad_coupon_is_refused(
    page: Page, staff: Callable[[str], None]
) -> None:
    staff("manager")
    page.goto("/admin/coupons/new")

    page.get_by_role("button", name="Make coupon").click()
    summary = page.locator("#coupon-summary")
    expect(summary).to_contain_text("Fill in “Code”")
    expect(summary).to_contain_text("Fill in “Percent”")
    fill(page, code="WELCOME10", percent="150")
    page.get_by_role("button", name="Make coupon").click()
    expect(summary).to_contain_text("1 to 100")
    fill(page, percent="15")
    page.get_by_role("button", name="Make coupon").click()
    expect(summary).to_contain_text("Another coupon has this code.")
    page.get_by_label("Kind").select_option("FIXED_AMOUNT")
    expect(page.locator("#coupon-amountOff")).to_have_value("")
    fill(page, amountOff="abc")
    page.get_by_role("button", name="Make coupon").click()
    expect(summary).to_contain_text("Amount off: write a number")


def test_a_batch_comes_as_a_table_and_several_are_switched_off_and_on_again(
    page: Page, house: House, staff: Callable[[str], None], tmp_path: Path
) -> None:
    prefix = f"B{secrets.token_hex(3).upper()}"
    staff("manager")
    page.goto("/admin/coupons")
    page.get_by_role("link", name="Many codes at once").click()
    page.locator("#batch-prefix").fill(prefix)
    page.locator("#batch-percent").fill("10")
    page.locator("#batch-description").fill("=1+1")
    page.locator("#batch-count").fill("501")
    page.get_by_role("button", name="Make codes").click()
    expect(page.locator("#batch-summary")).to_contain_text("1 to 500")
    page.locator("#batch-count").fill("3")
    page.get_by_role("button", name="Make codes").click()
    expect(page.get_by_text("3 codes were made.")).to_be_visible()
    with page.expect_download() as arriving:
        page.get_by_role("button", name="Download as CSV").click()
    file = tmp_path / "codes.csv"
    arriving.value.save_as(file)

    text = file.read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
    assert len(rows) == 4
    assert all(row[0].startswith(prefix) for row in rows[1:])
    assert all(not cell.startswith("=") for row in rows for cell in row)
    page.goto(f"/admin/coupons?q={prefix}&active=yes")
    expect(page.get_by_role("rowheader")).to_have_count(3)
    page.get_by_label("Choose all rows shown").check()
    page.get_by_role("button", name="Switch off").click()
    expect(page.get_by_text("3 coupons are off.")).to_be_visible()
    expect(page.get_by_role("cell").get_by_text("Off", exact=True)).to_have_count(3)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("cell").get_by_text("On", exact=True)).to_have_count(3)
    page.get_by_role("rowheader").first.get_by_role("link").click()
    expect(page.get_by_text("Not used yet")).to_be_visible()
    coupon = page.url.rsplit("/", 1)[1]
    page.get_by_role("button", name="Delete coupon").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete coupon").click()
    expect(page.get_by_role("heading", level=1, name="Coupons")).to_be_visible()
    actions = written(house, coupon, "Coupon")
    assert sorted(actions) == ["coupon.create", "coupon.delete", "coupon.set_active", "coupon.set_active"]


def test_coupons_are_not_for_staff(page: Page, house: House, staff: Callable[[str], None]) -> None:
    steward = house.staff("staff")
    refused = house.system.gql("query { coupons(first: 1) { totalCount } }", {}, token=steward.token)
    assert denied(refused) == ["FORBIDDEN"]
    staff("staff")

    for path in ("/admin/coupons", "/admin/coupons/new", "/admin/coupons/batch"):
        page.goto(path)
        expect(page.get_by_role("heading", level=1, name="Not for this account")).to_be_visible()

"""Is it us: a service that stops turns its row, guests read three lines, and what was laid aside is shown."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.away import away
from tests.browser.house import House, Person


@pytest.fixture
def staff(house: House, signed_in: Callable[[Person], None]) -> Callable[[str], None]:
    """Signs the demo person of a role in."""
    return lambda role: signed_in(house.staff(role))


def test_a_service_that_stops_turns_its_row_and_comes_back(
    page: Page, house: House, staff: Callable[[str], None], record_property: Callable[[str, object], None]
) -> None:
    staff("admin")
    page.goto("/admin/system")
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="coupon_service", exact=True))
    expect(row).to_contain_text("Well")
    expect(page.get_by_role("status").filter(has_text="As of")).to_be_visible()
    guests = page.context.new_page()

    with away(house.system, "coupon_service"):
        missed_at = time.monotonic()
        expect(row).to_contain_text("No answer")
        record_property("seconds_until_the_row_turned", round(time.monotonic() - missed_at, 1))
        guests.goto("/status")
        lines = guests.locator("#status-lines").get_by_role("listitem")
        expect(lines.nth(1)).to_contain_text("Payment: does not answer fully right now.")
        expect(lines.nth(0)).to_contain_text("Programme and seats: working")

    expect(row).to_contain_text("Well", timeout=60_000)
    expect(lines.nth(1)).to_contain_text("Payment: working", timeout=60_000)


def test_without_the_service_that_gathers_it_the_gateway_tells_what_it_sees(
    page: Page, house: House, staff: Callable[[str], None]
) -> None:
    staff("admin")
    page.goto("/admin/system")
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="user_service", exact=True))
    expect(row).to_contain_text("Well")

    with away(house.system, "user_service"):
        expect(page.get_by_text("This is what the gateway sees.")).to_be_visible(timeout=90_000)
        expect(row).to_contain_text("No answer")

    expect(page.get_by_text("This is what the gateway sees.")).to_have_count(0, timeout=90_000)


def test_the_system_is_not_for_managers(page: Page, staff: Callable[[str], None]) -> None:
    staff("manager")

    page.goto("/admin/system")

    expect(page.get_by_role("heading", level=1, name="Not for this account")).to_be_visible()

"""Details and forms about bookings, people, coupons and films: no barrier that axe knows, and room at 320 px."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.house import House
from tests.browser.stage import Stage
from tests.browser.test_every_page import CHECKS, view
from tests.browser.test_staff_bookings import cinema_of
from tests.browser.test_staff_people import user

__all__ = ["view"]  # a fixture
COUPONS = "query { coupons(first: 1) { nodes { id } } }"


@CHECKS
def test_details_and_forms_of_staff(
    width: int, check: Callable[[Page], list[str]], house: House, view: Callable[[int], BrowserContext]
) -> None:
    context = view(width)
    page = context.new_page()
    admin = house.staff("admin")
    house.enter(context, admin)
    guest = house.new_guest()
    booking = house.paid(guest, 1)["id"]
    person = user(house, guest.email)["id"]
    film = Stage(house).film()["id"]
    coupon = house.system.gql(COUPONS, {}, token=admin.token).data["coupons"]["nodes"][0]["id"]
    faults: list[str] = []

    for path in (
        f"/admin/bookings/{booking}/seats", f"/admin/users/{person}/account", f"/admin/coupons/{coupon}",
        f"/admin/coupons/{coupon}?edit=1", f"/admin/movies/{film}?edit=1",
    ):  # fmt: skip
        page.goto(path)
        faults += check(page)
    for path, opener in (
        (f"/admin/bookings/{booking}", "Cancel this booking"),
        (f"/admin/users/{person}", "Switch account off"),
        (f"/admin/movies/{film}", "Take off"),
    ):
        page.goto(path)
        faults += check(page)
        page.get_by_role("button", name=opener).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        faults += check(page)
    page.goto(f"/admin/bookings?q={guest.email}&cinema={cinema_of(house, booking)}")
    page.get_by_label("Choose all rows shown").check()
    page.get_by_role("button", name="Cancel these bookings").click()
    faults += check(page)

    assert faults == []

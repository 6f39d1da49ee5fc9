"""The room itself: every size of hall and screen, both zooms, sold out, closed, and back after a break."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.house import House, Person, tab_to
from tests.browser.stage import Stage

INSIDE = """(id) => {
  const seat = document.getElementById(id).getBoundingClientRect();
  const room = document.getElementById("room").getBoundingClientRect();
  return seat.left >= room.left - 1 && seat.right <= room.right + 1;
}"""


@pytest.fixture(scope="module")
def stage(house: House) -> Stage:
    """What these tests need beside the sample programme."""
    return Stage(house)


@pytest.fixture
def phone(browser: Browser, house: House) -> Iterator[BrowserContext]:
    """A phone in the hand."""
    context = browser.new_context(
        base_url=house.url,
        locale="en-GB",
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        reduced_motion="reduce",
        service_workers="block",
    )
    yield context
    context.close()


def shown(stage: Stage, plan: list[str], *, hours: float = 48, **policy: Any) -> str:
    """A showtime in a room of its own."""
    return stage.showtime(stage.film()["id"], stage.room(plan, **policy)["room"], hours=hours)


def test_a_hall_of_six_hundred_seats_is_drawn_chosen_in_and_walked_through(page: Page, stage: Stage) -> None:
    showtime = shown(stage, ["S" * 25] * 24)
    page.goto(f"/showtimes/{showtime}")
    grid = page.get_by_role("grid")
    expect(grid.locator("button")).to_have_count(600)

    page.locator("#seat-A1").focus()
    page.keyboard.press("Control+End")
    expect(page.locator("#seat-X25")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.locator("#chosen-seats")).to_have_text("X25")
    expect(page.locator("#live-status")).to_contain_text("Live")
    stage.house.hold(stage.house.new_guest(), showtime, ["M12"])

    expect(page.locator("#seat-M12")).to_have_accessible_name(re.compile("being booked$"))
    expect(grid.locator("button[tabindex='0']")).to_have_count(1)


def test_fit_shows_the_whole_room_and_a_tap_there_comes_nearer_instead_of_choosing(
    phone: BrowserContext, stage: Stage
) -> None:
    page = phone.new_page()
    page.goto(f"/showtimes/{shown(stage, ['S' * 20] * 6)}")
    room = page.locator("#room")
    expect(page.get_by_role("button", name="Comfortable")).to_have_attribute("aria-pressed", "true")
    assert room.evaluate("(room) => room.scrollWidth > room.clientWidth")

    page.get_by_role("button", name="Fit", exact=True).tap()
    expect(room).to_have_class(re.compile("fit"))
    assert room.evaluate("(room) => room.scrollWidth <= room.clientWidth")
    page.locator("#seat-C18").tap()

    expect(page.get_by_role("button", name="Comfortable")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("Choose your seats", exact=True)).to_be_visible()
    page.wait_for_function(INSIDE, arg="seat-C18")
    page.locator("#seat-C18").tap()
    expect(page.locator("#chosen-seats")).to_have_text("C18")


def test_on_a_phone_the_chosen_seats_come_into_view(phone: BrowserContext, stage: Stage) -> None:
    page = phone.new_page()
    showtime = shown(stage, ["S" * 24] * 6)
    page.goto(f"/showtimes/{showtime}?seats=D1")
    expect(page.locator("#chosen-seats")).to_have_text("D1")
    page.wait_for_function(INSIDE, arg="seat-D1")

    page.get_by_label("People").select_option("2")
    page.get_by_role("button", name="Pick the best seats").tap()

    expect(page.locator("#chosen-seats")).to_have_text(re.compile(r"^\w+, \w+$"))
    for seat in page.locator("#chosen-seats").inner_text().split(", "):
        page.wait_for_function(INSIDE, arg=f"seat-{seat}")
    box = page.locator(".selection-bar").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 845, "the bar with the price is in view"


def test_a_room_is_not_mirrored_where_one_writes_from_right_to_left(page: Page, stage: Stage) -> None:
    page.goto(f"/showtimes/{shown(stage, ['SSSS__SSSS'] * 3)}")
    expect(page.locator("#seat-A1")).to_be_visible()

    page.evaluate("document.documentElement.dir = 'rtl'")

    expect(page.locator("h1")).to_have_css("direction", "rtl")
    left, right = page.locator("#seat-A1").bounding_box(), page.locator("#seat-A8").bounding_box()
    assert left is not None
    assert right is not None
    assert left["x"] < right["x"]
    page.locator("#seat-A1").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#seat-A2")).to_be_focused()


def test_the_bar_tells_the_place_advises_against_a_lone_seat_and_has_the_fee_from_the_start(
    page: Page, stage: Stage, guest: Person
) -> None:
    fee = {"amount": 150, "currency": "EUR"}
    page.goto(f"/showtimes/{shown(stage, ['S' * 9] * 5, fee=fee, gapRule=False)}")

    page.locator("#seat-C2").click()

    bar = page.locator(".selection-bar")
    expect(bar).to_contain_text("This leaves seat C1 alone between taken ones.")
    expect(page.locator("#chosen-total")).to_have_text("€11.50")
    expect(bar).to_contain_text("booking fee €1.50 included")
    page.locator("#seat-C2").click()
    page.locator("#seat-C5").click()
    expect(page.locator(".place-text")).to_have_text("in the middle, row 3 from the screen")
    expect(bar).not_to_contain_text("alone between")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("#total")).to_have_text("€11.50")


def test_a_sold_out_room_offers_the_waiting_list_and_other_times(
    page: Page, stage: Stage, house: House, guest: Person
) -> None:
    showtime = shown(stage, ["SS"])
    house.hold(house.new_guest(), showtime, ["A1", "A2"])
    page.goto(f"/showtimes/{showtime}")
    expect(page.get_by_role("heading", name="Sold out")).to_be_visible()
    expect(page.get_by_role("link", name="Other times")).to_be_visible()

    page.get_by_role("button", name="Tell me when seats come free").click()

    expect(page.locator("main").get_by_text("You are on the list: we will write to you")).to_be_visible()
    page.reload()
    expect(page.get_by_text("You are on the list")).to_be_visible()


def test_closed_sales_say_why_and_name_the_box_office(page: Page, stage: Stage) -> None:
    page.goto(f"/showtimes/{shown(stage, ['SSSS'], hours=0.4, salesCloseMinutes=60)}")

    expect(page.get_by_role("heading", name="Online sales are over")).to_be_visible()
    expect(page.get_by_text("There may be seats at the box office.")).to_be_visible()
    expect(page.get_by_role("link", name="Other times")).to_be_visible()


def test_seats_lost_between_choosing_and_holding_leave_the_choice_and_are_named(
    page: Page, stage: Stage, house: House, guest: Person
) -> None:
    """As where a stream is held up: the map has not heard of it yet."""

    def deaf(route: Route) -> None:
        asked = route.request.post_data or ""
        if "SeatChanged" in asked or "SeatStatuses" in asked:
            route.abort()
        else:
            route.fallback()

    showtime = shown(stage, ["S" * 8] * 3)
    page.route("**/graphql", deaf)
    page.goto(f"/showtimes/{showtime}")
    for seat in ("B3", "B4", "B5"):
        page.locator(f"#seat-{seat}").click()
    house.hold(house.new_guest(), showtime, ["B3", "B4"])

    page.get_by_role("button", name="Continue").click()

    expect(page.get_by_role("alert")).to_contain_text("B3 and B4")
    expect(page.locator("#seat-problem")).to_be_focused()
    expect(page.locator("#chosen-seats")).to_have_text("B5")


def test_when_the_server_starts_again_the_map_says_so_and_is_live_again(
    page: Page, stage: Stage, house: House
) -> None:
    showtime = shown(stage, ["S" * 8] * 3)
    page.goto(f"/showtimes/{showtime}")
    status = page.locator("#live-status")
    expect(status).to_contain_text("Live")
    page.locator("#seat-B2").click()

    os.killpg(house.system.pid("gateway"), signal.SIGKILL)

    expect(status).to_have_text("Reconnecting, seats may be out of date")
    expect(page.locator("#chosen-seats")).to_have_text("B2")
    expect(status).to_contain_text("Live", timeout=60_000)
    house.hold(house.new_guest(), showtime, ["C5"])
    expect(page.locator("#seat-C5")).to_have_accessible_name(re.compile("being booked$"))


def test_the_list_the_map_and_continue_need_no_mouse(page: Page, stage: Stage, guest: Person) -> None:
    page.goto(f"/showtimes/{shown(stage, ['S' * 8] * 3)}")
    expect(page.get_by_role("grid")).to_be_visible()
    tab_to(page, ".list-choice summary")
    page.keyboard.press("Enter")
    tab_to(page, "#seat-list")
    page.keyboard.press("ArrowDown")
    tab_to(page, ".list-choice form button")
    page.keyboard.press("Enter")
    expect(page.locator("#chosen-seats")).to_have_text(re.compile(r"^\w+, \w+$"))

    tab_to(page, ".seat")
    page.keyboard.press("PageDown")
    page.keyboard.press("End")
    page.keyboard.press("Space")
    expect(page.locator("#chosen-seats")).to_have_text(re.compile(r"^\w+, \w+, C8$"))
    tab_to(page, "#continue")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1, name="Pay for your seats")).to_be_focused()

"""The pictures of the README, taken of the running system: `make pictures` keeps them in docs/img.

Here they are taken anew each time, and looked at as far as a machine can: none empty, none too heavy to load.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.house import House, choose_best_seats
from tests.system import ROOT

HEAVIEST = 150 * 1024
COLOURS = 256
FEWEST_COLOURS = 24  # a page that did not draw itself has a handful
PAY = """mutation Pay($input: PayBookingInput!) {
  payBooking(input: $input) { booking { status } userErrors { code } } }"""
DESK = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}

Open = Callable[[dict[str, int]], tuple[BrowserContext, Page]]


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """Where pictures go: PICTURES, or nowhere that lasts."""
    return ROOT / os.environ["PICTURES"] if os.environ.get("PICTURES") else tmp_path


@pytest.fixture
def open_view(browser: Browser, house: House) -> Iterator[Open]:
    """Opens a browser of a size, in the light theme; the same everywhere."""
    opened: list[BrowserContext] = []

    def open_one(size: dict[str, int]) -> tuple[BrowserContext, Page]:
        context = browser.new_context(
            base_url=house.url,
            locale="en-GB",
            timezone_id="Europe/Berlin",
            color_scheme="light",
            reduced_motion="reduce",
            viewport=size,  # type: ignore[arg-type]  # a TypedDict of the same two
            service_workers="block",
        )
        opened.append(context)
        return context, context.new_page()

    yield open_one
    for context in opened:
        context.close()


def take(page: Page, album: Path, name: str) -> None:
    """Keep what the window shows as docs/img has it: few colours, no more bytes than a README may cost."""
    page.evaluate("document.fonts.ready")
    page.mouse.move(0, 0)
    shot = Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide"))).convert("RGB")
    kept = shot.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    kept.save(album / f"{name}.png", optimize=True)
    seen = shot.getcolors(shot.width * shot.height)
    assert seen is not None
    assert len(seen) >= FEWEST_COLOURS, f"{name}: an empty page"
    assert (album / f"{name}.png").stat().st_size <= HEAVIEST, f"{name}: too heavy"


def people_come(house: House, showtime_id: str) -> None:
    """Some seats are sold and some being booked: a room as one meets it."""
    for count, is_buying in ((6, True), (3, True), (4, False)):
        guest = house.new_guest()
        booking_id = house.hold(guest, showtime_id, house.best_seats(showtime_id, count))
        if is_buying:
            given = {"bookingId": booking_id, "method": "CARD", "paymentToken": "pm_success"}
            given["idempotencyKey"] = f"picture {booking_id}"
            answer = house.system.gql(PAY, {"input": given}, token=guest.token)
            assert answer.data["payBooking"]["booking"]["status"] == "CONFIRMED"


def test_a_guests_way_from_the_programme_to_the_ticket(house: House, open_view: Open, album: Path) -> None:
    context, page = open_view(DESK)
    page.goto("/?cinema=all")
    expect(page.locator(".poster-card").nth(4)).to_be_visible()
    take(page, album, "home")

    house.enter(context, house.staff("guest"))
    showtime = house.showtime()
    people_come(house, showtime["id"])
    choose_best_seats(page, showtime["id"], count=2)
    expect(page.locator("#live-status")).to_contain_text("Live")
    page.locator(".room-card").scroll_into_view_if_needed()
    take(page, album, "seat-map")

    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1, name="Pay for your seats")).to_be_visible()
    take(page, album, "checkout")

    page.get_by_role("button", name=re.compile(r"^Pay ")).click()
    expect(page.locator(".ticket svg.qr").first).to_be_visible()
    take(page, album, "ticket")


def test_the_seat_map_on_a_phone(house: House, open_view: Open, album: Path) -> None:
    _, page = open_view(PHONE)
    showtime = house.showtime()
    people_come(house, showtime["id"])
    chosen, _ = choose_best_seats(page, showtime["id"], count=2)
    expect(page.locator("#live-status")).to_contain_text("Live")
    page.locator(f"#seat-{chosen}").evaluate("seat => seat.scrollIntoView({ block: 'center' })")
    take(page, album, "phone")


def test_the_staffs_day(house: House, open_view: Open, album: Path) -> None:
    context, page = open_view(DESK)
    house.enter(context, house.staff("admin"))
    page.goto("/admin")
    expect(page.locator("main h1")).to_be_visible()
    expect(page.locator(".waiting")).to_have_count(0)
    take(page, album, "admin")

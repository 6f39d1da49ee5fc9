"""Getting in: a code that is bright and awake, in the calendar, on paper, and for the friend who comes later."""

from __future__ import annotations

import io
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from playwright.sync_api import BrowserContext, Page, expect
from pypdf import PdfReader

from tests.browser.house import House, Person, to_checkout
from tests.browser.test_purchase import TICKET, code_in

AWAKE = """(() => {
  window.awake = [];
  const wakeLock = { request: async (kind) => {
    window.awake.push(kind);
    return { release: async () => window.awake.push("released") };
  } };
  Object.defineProperty(navigator, "wakeLock", { value: wakeLock });
})()"""
MM_PER_PX = 25.4 / 96


@pytest.fixture(scope="module")
def paid(browser: Any, house: House, browser_context_args: dict[str, Any]) -> tuple[Person, str]:
    """Somebody with two tickets: the person and the booking's id."""
    person = house.new_guest()
    context: BrowserContext = browser.new_context(**browser_context_args)
    house.enter(context, person)
    page = context.new_page()
    booking = to_checkout(page, house.showtime()["id"], count=2)
    page.get_by_role("button", name=re.compile(r"^Pay ")).click()
    expect(page.locator(TICKET)).to_have_count(2)
    context.close()
    return person, booking


@pytest.fixture
def ticket(page: Page, house: House, paid: tuple[Person, str]) -> Page:
    """The page of the tickets."""
    house.enter(page.context, paid[0])
    page.add_init_script(AWAKE)
    page.goto(f"/bookings/{paid[1]}")
    expect(page.locator(TICKET)).to_have_count(2)
    return page


def test_the_screen_stays_awake_while_a_ticket_is_shown_and_its_panel_is_white_at_night(
    ticket: Page,
) -> None:
    assert ticket.evaluate("window.awake") == ["screen"]
    ticket.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert ticket.evaluate("window.awake") == ["screen", "screen"], "again after another tab"
    ticket.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    expect(ticket.locator(".ticket-code").first).to_have_css("background-color", "rgb(255, 255, 255)")

    ticket.get_by_role("link", name="Cinemas").first.click()

    ticket.wait_for_function("() => window.awake.at(-1) === 'released'")


def test_the_calendar_entry_has_the_cinema_s_zone_and_address(
    ticket: Page, house: House, paid: tuple[Person, str]
) -> None:
    query = """query($id: ID!) { booking(id: $id) { showtime {
      startsAt timeZone movieTitle cinema { name address city } } } }"""
    showtime = house.system.gql(query, {"id": paid[1]}, token=paid[0].token).data["booking"]["showtime"]
    link = ticket.get_by_role("link", name="Add to calendar").get_attribute("href")

    answer = ticket.request.get(str(link))

    assert answer.headers["content-type"].startswith("text/calendar")
    [event] = Calendar.from_ical(answer.body().decode()).walk("VEVENT")
    start = event.decoded("DTSTART")
    assert start == datetime.fromisoformat(showtime["startsAt"])
    assert str(start.tzinfo) == showtime["timeZone"]
    assert showtime["cinema"]["address"].split(",")[0] in str(event["LOCATION"])


def test_one_seat_goes_to_a_friend_as_a_picture_that_scans(
    ticket: Page, house: House, paid: tuple[Person, str], tmp_path: Path
) -> None:
    second = house.booking(*paid)["tickets"][1]

    with ticket.expect_download() as download:
        ticket.get_by_role("button", name=f"Share this ticket: {second['seat']['id']}").click()
    download.value.save_as(tmp_path / "ticket.png")

    assert download.value.suggested_filename == f"ticket-{second['seat']['id']}.png"
    assert code_in((tmp_path / "ticket.png").read_bytes()) == second["qrPayload"]


def test_where_the_device_can_share_it_is_asked_with_words_beside_the_picture(
    ticket: Page, house: House, paid: tuple[Person, str]
) -> None:
    first = house.booking(*paid)["tickets"][0]
    ticket.evaluate("""() => {
      navigator.canShare = ({ files }) => files.length === 1;
      navigator.share = async ({ files, text }) => { window.shared = [files[0].type, files[0].name, text]; };
    }""")

    ticket.get_by_role("button", name=re.compile("^Share this ticket")).first.click()

    ticket.wait_for_function("() => window.shared")
    kind, name, text = ticket.evaluate("window.shared")
    assert (kind, name) == ("image/png", f"ticket-{first['seat']['id']}.png")
    assert first["code"] in text


def test_each_ticket_is_one_printed_page_with_a_code_of_at_least_32_millimetres(ticket: Page) -> None:
    ticket.emulate_media(media="print")
    box = ticket.locator(f"{TICKET} svg.qr").first.bounding_box()
    printed = PdfReader(io.BytesIO(ticket.pdf(prefer_css_page_size=True)))

    assert len(printed.pages) == 2
    assert box is not None
    assert min(box["width"], box["height"]) * MM_PER_PX >= 32


def test_the_booking_code_is_read_out_letter_by_letter(
    ticket: Page, house: House, paid: tuple[Person, str]
) -> None:
    reference = house.booking(*paid)["reference"]
    assert re.fullmatch(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}", reference), (
        "no letter that sounds or looks like another"
    )

    spoken = ticket.locator(TICKET).first.locator("dd .visually-hidden-text").inner_text()

    assert spoken == ", ".join(" ".join(part) for part in reference.split("-"))
    expect(ticket.locator(TICKET).first.locator("dd [aria-hidden]").first).to_have_text(reference)


def test_the_site_is_put_on_the_home_screen_where_the_browser_offers_it(ticket: Page) -> None:
    expect(ticket.get_by_role("button", name="Put on the home screen")).to_have_count(0)

    ticket.evaluate("""() => {
      const offer = new Event("beforeinstallprompt", { cancelable: true });
      offer.prompt = async () => { window.asked = true; };
      window.dispatchEvent(offer);
    }""")
    ticket.get_by_role("button", name="Put on the home screen").click()

    ticket.wait_for_function("() => window.asked === true")
    expect(ticket.get_by_role("button", name="Put on the home screen")).to_have_count(0)

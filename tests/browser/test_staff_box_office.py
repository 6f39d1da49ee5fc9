"""The box office: a sale in a few inputs, what to give back, a web sale that is faster, paper with codes, keys alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.house import House, Person, sideways
from tests.browser.stage import SHOWTIME, Stage
from tests.browser.test_every_page import faults_of
from tests.browser.test_purchase import code_in
from tests.browser.test_staff_frame import operations

SOLD = """query($id: ID!) { bookings(filter: { showtimeId: $id }, first: 10) { nodes {
  status total { amount } tickets { seat { id } ticketType } timeline { step outcome detail } } } }"""


@dataclass(frozen=True)
class Show:
    """A showtime of a cinema of a test's own, with where it is found on the page."""

    id: str
    film: str
    cinema: str
    day: str

    @property
    def address(self) -> str:
        return f"/admin/box-office?cinema={self.cinema}&day={self.day}"


@pytest.fixture
def sale(house: House, page: Page, signed_in: Callable[[Person], None]) -> Show:
    """The box office with a showtime in an empty room of five rows; an administrator sells."""
    stage = Stage(house)
    film, room = stage.film(), stage.room(["SSSSSSSS"] * 5)
    starts = datetime.now(UTC).replace(hour=18, minute=0, second=0, microsecond=0) + timedelta(days=2)
    types = {"ADULT": 1150, "CHILD": 700, "STUDENT": 900, "SENIOR": 900}
    given = {
        "movieId": film["id"],
        "auditoriumId": room["room"],
        "startsAt": starts.isoformat(),
        "prices": [
            {"category": "STANDARD", "ticketType": kind, "price": {"amount": amount, "currency": "EUR"}}
            for kind, amount in types.items()
        ],
        "publish": True,
    }
    showtime = stage.do(SHOWTIME, input=given)["showtime"]["id"]
    signed_in(house.staff("admin"))
    show = Show(showtime, film["title"], room["cinema"], starts.date().isoformat())
    page.goto(show.address)
    expect(page.get_by_role("button", name=show.film)).to_be_visible()
    return show


def sold(house: House, showtime: str) -> list[dict[str, Any]]:
    """What the server has of a showtime."""
    answer = house.system.gql(SOLD, {"id": showtime}, token=house.staff("admin").token)
    found: list[dict[str, Any]] = answer.data["bookings"]["nodes"]
    return found


def seats(page: Page) -> list[str]:
    return page.locator("#desk-seats").inner_text().split(", ")


def open_with(page: Page, show: Show, count: int) -> list[str]:
    """Open the showtime for a party; the seats that were chosen for it."""
    page.get_by_role("button", name=show.film).click()
    page.get_by_label("People").fill(str(count))
    expect(page.locator("#desk-seats")).to_have_text(re.compile(rf"^\w+(, \w+){{{count - 1}}}$"))
    return seats(page)


def pay_cash(page: Page, given: str) -> None:
    page.keyboard.press("F4")
    expect(page.locator("#desk-given")).to_be_focused()
    page.keyboard.type(given)
    page.keyboard.press("Enter")


def test_a_sale_takes_at_most_eight_inputs_and_the_next_one_begins_at_once(
    page: Page, house: House, sale: Show
) -> None:
    inputs = 0

    def press(key: str) -> None:
        nonlocal inputs
        inputs += 1
        page.keyboard.press(key)

    page.get_by_role("button", name=sale.film).focus()
    press("Enter")
    expect(page.get_by_label("People")).to_be_focused()
    press("3")
    press("F4")
    expect(page.locator("#desk-given")).to_be_focused()
    press("5")
    press("0")
    press("Enter")

    expect(page.locator("#desk-sold")).to_contain_text("Sold:")
    expect(page.locator("#desk-change")).to_have_text("€15.50")
    assert inputs <= 8
    [booking] = sold(house, sale.id)
    assert (booking["status"], booking["total"]["amount"], len(booking["tickets"])) == ("CONFIRMED", 3450, 3)
    expect(page.get_by_role("button", name=sale.film)).to_be_focused()

    page.keyboard.press("Enter")
    expect(page.get_by_label("People")).to_be_focused()
    page.keyboard.press("F6")
    expect(page.locator("#desk-given")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("#desk-sold")).to_contain_text("Card")
    expect(page.locator("#desk-change")).to_have_count(0)
    assert len(sold(house, sale.id)) == 2


def test_types_are_counted_and_the_terminals_receipt_is_kept(page: Page, house: House, sale: Show) -> None:
    open_with(page, sale, 3)
    page.get_by_role("button", name="One Child more").click()
    page.get_by_role("button", name="One Child more").click()
    expect(page.locator("#desk-total")).to_have_text("€25.50")

    page.get_by_role("button", name="Card F6").click()
    page.get_by_label("Receipt number").fill("T-4711")
    page.get_by_role("button", name="Take payment").click()

    expect(page.locator("#desk-sold")).to_contain_text("Sold:")
    [booking] = sold(house, sale.id)
    assert booking["total"]["amount"] == 2550
    assert sorted(ticket["ticketType"] for ticket in booking["tickets"]) == ["ADULT", "CHILD", "CHILD"]
    assert any("T-4711" in (step["detail"] or "") for step in booking["timeline"])


def test_cash_that_is_not_enough_sells_nothing_and_one_press_takes_a_note(
    page: Page, house: House, sale: Show
) -> None:
    open_with(page, sale, 2)

    pay_cash(page, "20")
    expect(page.locator("#desk-problem")).to_contain_text("less than the total")
    page.locator("#desk-given").fill("twenty")
    page.keyboard.press("Enter")
    expect(page.locator("#desk-problem")).to_contain_text("Type the amount")
    assert sold(house, sale.id) == []

    page.get_by_role("button", name="€50.00").click()
    expect(page.locator("#desk-change")).to_have_text("€27.00")


def test_a_free_ticket_needs_a_reason(page: Page, house: House, sale: Show) -> None:
    open_with(page, sale, 1)

    page.keyboard.press("F7")
    expect(page.locator("#desk-given")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#desk-problem")).to_contain_text("Why it is free")
    page.locator("#desk-given").fill("Competition on the radio")
    page.keyboard.press("F9")

    expect(page.locator("#desk-sold")).to_contain_text("€0.00")
    [booking] = sold(house, sale.id)
    assert booking["total"]["amount"] == 0
    assert any("radio" in (step["detail"] or "") for step in booking["timeline"])


def test_a_seat_that_goes_on_the_web_meanwhile_is_said_and_made_up_for(
    page: Page, house: House, sale: Show
) -> None:
    chosen = open_with(page, sale, 3)

    house.hold(house.new_guest(), sale.id, chosen[:1])

    expect(page.locator("#desk-problem")).to_contain_text(chosen[0])
    expect(page.locator("#desk-seats")).to_have_text(", ".join(chosen[1:]))
    page.get_by_role("button", name="Next best seat").click()
    expect(page.locator("#desk-seats")).to_have_text(re.compile(r"^\w+, \w+, \w+$"))
    after = seats(page)
    assert chosen[0] not in after
    assert set(chosen[1:]) < set(after)
    expect(page.locator(f"#seat-{chosen[0]}")).to_have_text(re.compile(r"^\d+′$"))
    expect(page.locator(f"#seat-{chosen[0]}")).to_have_attribute("aria-label", re.compile(r"minutes? left"))
    pay_cash(page, "100")
    expect(page.locator("#desk-sold")).to_contain_text("Sold:")


def test_the_servers_refusal_names_the_seat_and_keeps_the_rest(page: Page, house: House, sale: Show) -> None:
    chosen = open_with(page, sale, 3)
    held: list[str] = []

    def first_the_web(route: Route) -> None:
        # Taken in the moment of the sale: no live map could have told.
        if not held:
            held.append(house.hold(house.new_guest(), sale.id, chosen[2:]))
        route.continue_()

    with operations(page, "SellAtBoxOffice", first_the_web):
        pay_cash(page, "50")
        expect(page.locator("#desk-problem")).to_contain_text(chosen[2])
        expect(page.locator("#desk-seats")).to_have_text(", ".join(chosen[:2]))
        page.keyboard.press("F3")
        expect(page.locator("#desk-seats")).to_have_text(re.compile(r"^\w+, \w+, \w+$"))
        page.keyboard.press("F9")

        expect(page.locator("#desk-sold")).to_contain_text("Sold:")
    bookings = [booking for booking in sold(house, sale.id) if booking["status"] == "CONFIRMED"]
    [taken] = [{ticket["seat"]["id"] for ticket in booking["tickets"]} for booking in bookings]
    assert set(chosen[:2]) < taken
    assert chosen[2] not in taken


def test_no_answer_and_once_more_sells_once(page: Page, house: House, sale: Show) -> None:
    open_with(page, sale, 2)
    lost: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        if lost:
            return route.continue_()
        lost.append(route.fetch().text())
        return route.abort()

    with operations(page, "SellAtBoxOffice", lose_the_first_answer):
        pay_cash(page, "50")
        expect(page.locator("#desk-problem")).to_contain_text("never sold twice")
        page.keyboard.press("F9")

        expect(page.locator("#desk-change")).to_have_text("€27.00")
    assert len(sold(house, sale.id)) == 1


def test_the_printer_gets_a_ticket_with_its_code_for_each_seat_and_nothing_else(
    page: Page, house: House, sale: Show
) -> None:
    page.evaluate("void (window.print = () => { window.printed = (window.printed ?? 0) + 1 })")
    chosen = open_with(page, sale, 2)
    page.keyboard.press("F8")
    pay_cash(page, "50")
    expect(page.locator("#desk-sold")).to_contain_text("Sold:")

    page.keyboard.press("F8")
    page.emulate_media(media="print")

    assert page.evaluate("window.printed") == 1
    tickets = page.locator(".desk-paper .ticket")
    expect(tickets).to_have_count(2)
    expect(tickets.first.locator("svg.qr")).to_be_visible()
    expect(tickets.first).to_contain_text(chosen[0])
    expect(page.locator(".desk-keys")).to_be_hidden()
    expect(page.locator("main h1")).to_be_hidden()
    assert code_in(tickets.first.locator("svg.qr").screenshot()).startswith("LC1.")


def test_escape_starts_again_and_the_map_changes_the_seats(page: Page, sale: Show) -> None:
    chosen = open_with(page, sale, 2)
    page.locator(f"#seat-{chosen[0]}").click()
    expect(page.locator("#desk-seats")).to_have_text(chosen[1])

    page.keyboard.press("F3")
    expect(page.locator("#desk-seats")).to_have_text(", ".join(chosen))
    page.keyboard.press("Escape")

    expect(page.get_by_role("button", name=sale.film)).to_be_focused()
    expect(page.locator("#desk-seats")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_sale_fits_a_small_desk_and_axe_finds_nothing(
    page: Page, sale: Show, theme: Literal["light", "dark"]
) -> None:
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": 1024, "height": 768})
    page.reload()
    assert faults_of(page) == []
    open_with(page, sale, 4)
    page.keyboard.press("F4")

    expect(page.get_by_role("button", name="Take payment")).to_be_in_viewport(ratio=1)
    expect(page.get_by_label("People")).to_be_in_viewport(ratio=1)
    assert sideways(page) == 0
    assert faults_of(page) == []
    page.get_by_role("button", name="€50.00").click()
    expect(page.locator("#desk-sold")).to_contain_text("Sold:")
    assert faults_of(page) == []
    open_with(page, sale, 4)
    page.keyboard.press("F4")
    expect(page.get_by_role("button", name="Take payment")).to_be_in_viewport(ratio=1)

    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 390, "height": 844})
    open_with(page, sale, 2)
    assert sideways(page) == 0

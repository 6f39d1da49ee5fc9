"""Cinemas and the seating plan: a room drawn by keyboard is the guests' room, versions, undo, roles, tables."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, Route, expect

from tests.browser.house import House, Person, sideways, tab_to
from tests.browser.stage import Stage
from tests.browser.test_every_page import faults_of
from tests.browser.test_staff_frame import operations

PLAN = """query($id: ID!) { auditorium(id: $id) {
  id name layoutVersion capacity rows { row places numberFrom rightToLeft } seats { id category x y } } }"""
MAP = "query($id: ID!) { showtime(id: $id) { seatMap { seat { id category x y } status } } }"
CREATE = """mutation($input: AuditoriumInput!) {
  createAuditorium(input: $input) { auditorium { id } userErrors { code message } } }"""
UPDATE = """mutation($id: ID!, $input: AuditoriumInput!) {
  updateAuditorium(id: $id, input: $input) { auditorium { id } userErrors { code message } } }"""
IMPORT = """mutation($id: ID!) { createSeatingPlanImport(cinemaId: $id) { uploadUrl userErrors { code } } }"""
SELL = """mutation($input: HoldSeatsInput!, $paid: MoneyInput!) {
  it: sellAtBoxOffice(input: $input, method: CASH, tendered: $paid) { booking { id } userErrors { code } } }"""
# Where each seat of a map stands: its label, and its middle in seat widths from the first seat of the front row.
DRAWN = """(seats) => {
  const found = [...document.querySelectorAll(seats)].filter((seat) => seat.offsetParent).map((seat) => {
    const at = seat.getBoundingClientRect();
    const words = (seat.closest('[aria-label]') ?? seat).getAttribute('aria-label');
    const [, row, number, category] = /Row (\\w+), seat (\\d+), ([^,]+)/.exec(words);
    return { id: row + number, category, x: at.x + at.width / 2, y: at.y + at.height / 2 };
  });
  const [first] = found;
  const pitch = parseFloat(getComputedStyle(document.querySelector(seats).closest('.seat-row')).height);
  return found.map(({ id, category, x, y }) =>
    [id, category, Math.round(10 * (x - first.x) / pitch) / 10, Math.round(10 * (y - first.y) / pitch) / 10]);
}"""
EDITED = ".plan-place > .seat"
GUESTS = "#room .seat-place > .seat"


@pytest.fixture
def stage(house: House) -> Stage:
    return Stage(house)


@pytest.fixture
def staff(house: House, signed_in: Callable[[Person], None]) -> Callable[[str], None]:
    """Signs the demo person of a role in."""
    return lambda role: signed_in(house.staff(role))


def arrive(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.locator("main h1")).to_be_visible()


def keys(page: Page, *presses: str) -> None:
    for press in presses:
        page.keyboard.press(press)


def reach(page: Page, place: str) -> None:
    """Bring the focus to a place by Tab alone, past the page's end and on from its beginning."""
    tab_to(page, place, most=250)


def type_into(page: Page, field: str, text: str) -> None:
    """Reach a field by Tab alone and write into it."""
    reach(page, f"#{field}")
    keys(page, "Control+a")
    page.keyboard.type(text)


def auditorium(house: House, auditorium_id: str) -> dict[str, Any]:
    found: dict[str, Any] = house.system.gql(PLAN, {"id": auditorium_id}).data["auditorium"]
    return found


def text_of(page: Page) -> str:
    return page.locator("#plan-text").input_value()


def test_a_room_of_ten_rows_drawn_by_keyboard_alone_is_the_map_that_guests_get(
    page: Page, house: House, stage: Stage, staff: Callable[[str], None]
) -> None:
    staff("admin")
    cinema = stage.room(["SS"])["cinema"]
    arrive(page, f"/admin/auditoriums/new?cinema={cinema}")

    type_into(page, "auditorium-name", "Blue room")
    type_into(page, "plan-count", "9")
    type_into(page, "plan-places", "4_8_4")
    keys(page, "Enter")
    expect(page.locator(EDITED)).to_have_count(9 * 16)
    reach(page, ".plan-place")
    keys(page, "Control+Home", "a", "ArrowRight", "C")  # A1 a wheelchair space, its companion beside it
    keys(page, "Control+Home", "PageDown", "Shift+End", "p")  # the last row premium, its aisles stay
    keys(page, "Control+Home", "ArrowDown", "ArrowDown", "W")  # an aisle across behind row C
    keys(page, "PageDown", "Home", "d")  # a copy of the last row: the tenth
    keys(page, "PageUp", "End", "Shift+ArrowLeft", "Delete")  # two seats less in row A
    type_into(page, "plan-numbers", "11")
    keys(page, "Enter")
    expect(page.locator(EDITED)).to_have_count(10 * 16 - 2)
    drawn = page.evaluate(DRAWN, EDITED)
    reach(page, "#auditorium-name")
    keys(page, "Enter")

    expect(page).to_have_url(re.compile(r"/admin/auditoriums/[0-9a-f-]{36}"))
    made = page.url.split("/")[-1].split("?")[0]
    assert auditorium(house, made)["capacity"] == 10 * 16 - 2
    showtime = stage.showtime(stage.film()["id"], made)
    page.goto(f"/showtimes/{showtime}")
    expect(page.locator(GUESTS)).to_have_count(10 * 16 - 2)
    guests = page.evaluate(DRAWN, GUESTS)
    assert guests == drawn
    assert [seat[0] for seat in guests][:2] == ["A11", "A12"]
    assert {seat[1] for seat in guests} == {"Standard", "Premium", "Wheelchair space", "Companion"}


def test_a_new_version_leaves_the_map_of_a_sold_showtime_as_it_was(
    page: Page, house: House, stage: Stage, staff: Callable[[str], None]
) -> None:
    room = stage.room(["SSSSSS", "SSSSSS"])["room"]
    film = stage.film()["id"]
    sold = stage.showtime(film, room)
    seats = [{"seatId": seat} for seat in ("A1", "A2")]
    given = {"showtimeId": sold, "seats": seats, "idempotencyKey": secrets.token_hex(8)}
    stage.do(SELL, input=given, paid={"amount": 2000, "currency": "EUR"})
    before = house.system.gql(MAP, {"id": sold}).data["showtime"]["seatMap"]
    staff("admin")
    arrive(page, f"/admin/auditoriums/{room}")
    expect(page.get_by_text("1 showtime to come keeps the plan")).to_be_visible()

    page.locator("#plan-text").fill("A: 2P_2P\nB: 8 <")
    page.get_by_role("button", name="Save as new version").click()

    expect(page.get_by_text("Saved: version 2.")).to_be_visible()
    assert house.system.gql(MAP, {"id": sold}).data["showtime"]["seatMap"] == before
    assert [place["status"] for place in before][:3] == ["SOLD", "SOLD", "AVAILABLE"]
    later = stage.showtime(film, room, hours=72)
    fresh = house.system.gql(MAP, {"id": later}).data["showtime"]["seatMap"]
    assert [place["seat"]["id"] for place in fresh][:4] == ["A1", "A2", "A3", "A4"]
    assert len(fresh) == 12
    assert fresh[-1]["seat"] == {"id": "B1", "category": "STANDARD", "x": 7.0, "y": 1.0}


def test_a_plan_drawn_from_an_older_version_is_not_written_over_a_newer_one(
    page: Page, house: House, stage: Stage, staff: Callable[[str], None]
) -> None:
    place = stage.room(["SSSS"])
    staff("admin")
    arrive(page, f"/admin/auditoriums/{place['room']}")
    given = {"cinemaId": place["cinema"], "name": "One", "rows": [{"row": "A", "places": "PP"}]}
    stage.do(UPDATE.replace("updateAuditorium", "it: updateAuditorium"), id=place["room"], input=given)

    page.locator("#plan-text").fill("A: 9")
    page.get_by_role("button", name="Save as new version").click()

    expect(page.get_by_role("alert")).to_contain_text("Somebody saved another version")
    assert text_of(page) == "A: 9"
    assert auditorium(house, place["room"])["capacity"] == 2


def test_undoing_brings_the_very_same_text_back_and_redoing_the_drawing(
    page: Page, stage: Stage, staff: Callable[[str], None]
) -> None:
    staff("admin")
    arrive(page, f"/admin/auditoriums/{stage.room(['SSPP_AC', '_', 'SS__SS'])['room']}")
    texts = [text_of(page)]
    page.locator("#cell-0-0").focus()
    steps = ["p", "Delete", "i", "x", "w", "d", "Shift+Delete", "Control+a", "r"]
    for step in steps:
        page.keyboard.press(step)
        if text_of(page) != texts[-1]:
            texts.append(text_of(page))
    assert len(texts) == len(steps)  # choosing all changes nothing

    for text in reversed(texts[:-1]):
        page.keyboard.press("Control+z")
        assert text_of(page) == text
    for text in texts[1:]:
        page.keyboard.press("Control+y")
        assert text_of(page) == text


def test_text_and_drawing_keep_step_and_a_line_that_cannot_be_read_is_named(
    page: Page, stage: Stage, staff: Callable[[str], None]
) -> None:
    staff("admin")
    arrive(page, f"/admin/auditoriums/{stage.room(['SSSS'])['room']}")

    page.locator("#plan-text").fill("A: 2_2P #5 <\nB: 3x")
    expect(page.locator("#plan-text-faults")).to_contain_text("Line 2: “3X” is no place")
    expect(page.locator(EDITED)).to_have_count(4)
    page.get_by_role("button", name="Save as new version").click()
    expect(page.get_by_role("alert")).to_contain_text("Line 2 of the text can’t be read")
    page.locator("#plan-text").fill("a: 2_2P #5 <\nB: 3")
    page.locator("#plan-text").blur()

    expect(page.locator("#plan-text")).to_have_value("A: 2_2P #5 <\nB: 3")
    expect(page.locator("#cell-0-0")).to_have_accessible_name("Row A, seat 8, Standard")
    expect(page.locator("#cell-0-4")).to_have_accessible_name("Row A, seat 5, Premium")
    expect(page.locator("#cell-0-2")).to_have_accessible_name("Row A, place 3, gap")
    page.locator("#cell-1-0").focus()
    page.keyboard.press("l")
    expect(page.locator("#plan-text")).to_have_value("A: 2_2P #5 <\nB: L2")


def test_duplicate_labels_wheelchairs_alone_and_unpriced_categories_are_warned_of(
    page: Page, house: House, stage: Stage, staff: Callable[[str], None]
) -> None:
    room = stage.room(["SSSS"])["room"]
    stage.showtime(stage.film()["id"], room)
    staff("admin")
    arrive(page, f"/admin/auditoriums/{room}")
    problems = page.locator("#plan-problems")
    expect(problems).to_have_text("")

    page.locator("#plan-text").fill("A: 4\nA: A_2R")

    expect(problems).to_contain_text("Row A appears twice: two seats would be called A1.")
    expect(problems).to_contain_text("No companion’s seat beside the wheelchair space: A1.")
    expect(problems).to_contain_text("Recliner has no price in any coming showtime here (A2, A3).")
    page.get_by_role("button", name="Save as new version").click()
    expect(page.get_by_role("alert")).to_contain_text("Row A appears twice")
    page.locator("#cell-1-0").click()
    page.locator("#plan-name").fill("B")
    page.get_by_role("button", name="Change rows").click()
    expect(problems).not_to_contain_text("appears twice")
    page.get_by_role("button", name="Save as new version").click()
    expect(page.get_by_text("Saved: version 2.")).to_be_visible()
    assert [row["row"] for row in auditorium(house, room)["rows"]] == ["A", "B"]


def test_a_box_is_dragged_or_extended_and_painted_with_the_buttons(
    page: Page, stage: Stage, staff: Callable[[str], None]
) -> None:
    staff("admin")
    arrive(page, f"/admin/auditoriums/{stage.room(['S' * 8] * 4)['room']}")
    page.locator("#cell-1-2").scroll_into_view_if_needed()

    page.locator("#cell-1-2").hover()
    page.mouse.down()
    page.locator("#cell-2-4").hover()
    page.mouse.up()
    expect(page.locator("#plan-chosen-text")).to_have_text("Rows: 2, places: 6. 6 × Standard")
    page.get_by_role("button", name="Premium", exact=False).click()
    assert text_of(page) == "A: 8\nB: 2S3P3\nC: 2S3P3\nD: 8"
    page.locator("#cell-3-0").click()
    page.get_by_role("button", name="Extend choice").click()
    page.locator("#cell-3-1").click()
    page.get_by_role("button", name="Take seats away").click()

    assert text_of(page).splitlines()[-1] == "D: __6"
    page.get_by_role("button", name="As guests see it").click()
    expect(page.locator("#room .seat")).to_have_count(30)


def test_staff_see_no_editor_and_the_service_refuses_them(
    page: Page, house: House, stage: Stage, staff: Callable[[str], None]
) -> None:
    place = stage.room(["SSSS"])
    given = {"cinemaId": place["cinema"], "name": "Theirs", "rows": [{"row": "A", "places": "S"}]}
    person = house.staff("staff")
    attempts: list[tuple[str, dict[str, Any]]] = [
        (CREATE, {"input": given}),
        (UPDATE, {"id": place["room"], "input": given}),
        (IMPORT, {"id": place["cinema"]}),
    ]
    for operation, variables in attempts:
        answer = house.system.gql(operation, variables, token=person.token)
        assert "FORBIDDEN" in [*answer.codes, *_refused(answer.data)]
    staff("staff")

    arrive(page, "/admin/cinemas")
    page.get_by_role("rowheader").first.get_by_role("link").click()
    expect(page.get_by_role("heading", level=2, name="Auditoriums")).to_be_visible()
    main = page.locator("main")
    for name in ("Edit", "New auditorium", "Save rules", "Take it in", "Delete cinema"):
        expect(main.get_by_role("link", name=name).or_(main.get_by_role("button", name=name))).to_have_count(
            0
        )
    expect(main.locator("a[href*='/admin/auditoriums']")).to_have_count(0)
    for path in (f"/admin/auditoriums/{place['room']}", "/admin/auditoriums/new", "/admin/cinemas/new"):
        page.goto(path)
        expect(page.get_by_role("heading", level=1, name="Not for this account")).to_be_visible()


def test_a_manager_changes_own_cinemas_only(
    page: Page, house: House, stage: Stage, staff: Callable[[str], None]
) -> None:
    foreign = stage.room(["SSSS"])
    staff("manager")

    page.goto(f"/admin/auditoriums/{foreign['room']}")
    expect(page.get_by_role("heading", level=1, name="Not for this account")).to_be_visible()
    arrive(page, f"/admin/cinemas/{foreign['cinema']}")
    expect(page.locator("main").get_by_role("button", name="Save rules")).to_have_count(0)
    arrive(page, "/admin/cinemas")
    expect(page.get_by_role("link", name="New cinema")).to_have_count(0)
    page.get_by_role("rowheader").first.get_by_role("link").click()
    page.locator("main a[href*='/admin/auditoriums/']:not([href*='new'])").first.click()

    expect(page.get_by_role("button", name="Save as new version")).to_be_visible()


def _refused(data: Any) -> list[str]:
    payloads = [payload for payload in (data or {}).values() if payload]
    return [refusal["code"] for payload in payloads for refusal in payload["userErrors"]]


def table(text: str) -> FilePayload:
    return {"name": "plans.csv", "mimeType": "text/csv", "buffer": text.encode()}


def test_a_table_with_a_bad_row_tells_row_and_reason_and_a_good_one_makes_the_auditorium(
    page: Page, house: House, stage: Stage, staff: Callable[[str], None]
) -> None:
    cinema = stage.room(["SSSS"])["cinema"]
    staff("admin")
    arrive(page, f"/admin/cinemas/{cinema}")
    report = page.locator("#plans-report")

    page.get_by_role("button", name="Take it in").click()
    expect(report).to_contain_text("Choose a file first.")
    page.locator("#plans-file").set_input_files(
        table("auditorium,row,places\nTwo,A,SSSS\nTwo,B,SSxS\nThree,A,PP_PP\n")
    )
    page.get_by_role("button", name="Try without writing").click()
    expect(report).to_contain_text("Tried 3 rows; nothing was written.")
    expect(report).to_contain_text("1 new auditorium")
    refused = report.get_by_role("row").nth(1)
    expect(refused).to_contain_text("Row 3")
    expect(refused).to_contain_text("places")
    expect(refused).to_contain_text("no letter stands for: x")
    rooms = page.get_by_role("region", name="Auditoriums")
    expect(rooms.get_by_role("rowheader")).to_have_text(["One"])
    page.locator("#plans-file").set_input_files(table("auditorium,row,places\nTwo,A,SSSS\nTwo,B,SS_S\n"))
    page.get_by_role("button", name="Take it in").click()

    expect(report).to_contain_text("2 rows were read.")
    expect(rooms.get_by_role("rowheader")).to_have_text(["One", "Two"])
    rooms.get_by_role("link", name="Two").click()
    expect(page.locator("#plan-text")).to_have_value("A: 4\nB: 2_1")
    page.go_back()
    page.locator("#plans-file").set_input_files(table("auditorium,seat\nTwo,A\n"))
    page.get_by_role("button", name="Take it in").click()
    expect(report).to_contain_text("Unknown headings: seat.")


def test_a_cinema_is_added_changed_and_taken_away(
    page: Page, house: House, staff: Callable[[str], None]
) -> None:
    staff("admin")
    name = f"Lantern {secrets.token_hex(3)}"
    arrive(page, "/admin/cinemas")
    page.get_by_role("link", name="New cinema").click()
    given = {
        "Name": name, "Address": "1 Lamp Street", "Town": "Vienna", "Country": "AT", "Time zone": "Europe/Nowhere",
        "Currency": "EUR", "Latitude in degrees": "48,2", "Longitude in degrees": "16.4",
    }  # fmt: skip
    for label, text in given.items():
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_role("button", name="Add cinema").click()
    expect(page.get_by_role("alert")).to_contain_text("IANA time zone")
    page.get_by_label("Time zone", exact=True).fill("Europe/Vienna")
    page.get_by_role("button", name="Add cinema").click()

    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Facilities").fill("Café, Step-free")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Café, Step-free")).to_be_visible()
    page.get_by_role("button", name="Delete cinema").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete cinema").click()

    expect(page.get_by_role("heading", level=1, name="Cinemas")).to_be_visible()
    page.get_by_label("Town, postcode, street or name").fill(name)
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_text("No cinema found")).to_be_visible()


def test_a_cinema_is_given_its_sales_rules(page: Page, stage: Stage, staff: Callable[[str], None]) -> None:
    cinema = stage.room(["SSSS"], holdMinutes=10)["cinema"]
    staff("admin")
    arrive(page, f"/admin/cinemas/{cinema}")
    hold = page.get_by_label("Minutes that seats are held")
    expect(hold).to_have_value("10")
    hold.fill("99")
    page.get_by_role("button", name="Save rules").click()
    expect(page.get_by_role("alert").filter(has_text="1 to 60")).to_be_visible()
    hold.fill("12")
    page.get_by_label("Fee for a booking, EUR").fill("1.20")
    page.get_by_role("button", name="Add a step").click()
    last = page.locator(".policy-tier").last
    last.get_by_label(re.compile("hours before")).fill("200")
    last.get_by_label(re.compile("percent")).fill("95")
    page.get_by_label("Step 1: percent given back").fill("7")
    page.get_by_role("button", name="Remove step 1").click()
    expect(page.get_by_label(re.compile("percent given back$")).first).not_to_have_value("7")
    page.get_by_role("button", name="Save rules").click()
    expect(page.get_by_text("The rules hold from now on.")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Minutes that seats are held")).to_have_value("12")
    expect(page.get_by_label("Fee for a booking, EUR")).to_have_value("1.20")
    expect(page.get_by_label(re.compile("Step 1: hours before"))).to_have_value("200")


def test_a_cinema_without_its_rules_shows_the_rest_and_asks_again(
    page: Page, stage: Stage, staff: Callable[[str], None]
) -> None:
    cinema = stage.room(["SSSS"], holdMinutes=11)["cinema"]
    staff("admin")

    def rules_are_away(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        body["data"]["cinema"]["bookingPolicy"] = None
        route.fulfill(response=answer, json=body)

    with operations(page, "StaffCinema", rules_are_away):
        arrive(page, f"/admin/cinemas/{cinema}")
        expect(page.get_by_text("The sales rules can’t be shown now.")).to_be_visible()
        expect(page.get_by_role("region", name="Auditoriums").get_by_role("rowheader")).to_have_text(["One"])
    page.get_by_role("button", name="Try again").click()

    expect(page.get_by_label("Minutes that seats are held")).to_have_value("11")


def test_an_auditorium_with_showtimes_to_come_stays_and_is_told_so(
    page: Page, stage: Stage, staff: Callable[[str], None]
) -> None:
    place = stage.room(["SSSS"])
    stage.showtime(stage.film()["id"], place["room"])
    staff("admin")
    arrive(page, f"/admin/auditoriums/{place['room']}")

    page.get_by_role("button", name="Delete auditorium").click()
    dialog = page.get_by_role("dialog", name="Delete One?")
    dialog.get_by_role("button", name="Delete auditorium").click()

    expect(dialog.get_by_role("alert")).to_be_visible()
    expect(page).to_have_url(re.compile(place["room"]))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_have_no_barrier_that_axe_knows(
    theme: str, page: Page, stage: Stage, staff: Callable[[str], None]
) -> None:
    staff("admin")
    place = stage.room(["SSSSRRLL", "_", "PPPP_ACS", "AA__SSSS"])
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    faults: list[str] = []
    for path in (
        "/admin/cinemas", "/admin/cinemas/new", f"/admin/cinemas/{place['cinema']}",
        f"/admin/cinemas/{place['cinema']}?edit=1", f"/admin/auditoriums/new?cinema={place['cinema']}",
    ):  # fmt: skip
        arrive(page, path)
        faults += faults_of(page)
    arrive(page, f"/admin/auditoriums/{place['room']}")
    page.locator("#plan-text").fill("A: 4_4\nA: AA_2P\nB: ?")
    page.locator("#cell-0-1").click()
    page.keyboard.press("Shift+ArrowRight")
    page.get_by_text("All keys").click()
    faults += faults_of(page)

    assert faults == []


def test_on_the_narrowest_phone_the_room_scrolls_in_its_region(
    page: Page, stage: Stage, staff: Callable[[str], None]
) -> None:
    staff("admin")
    place = stage.room(["SSSS_SSSSSSSSSSSS_SSSS"] * 8)
    page.set_viewport_size({"width": 320, "height": 700})
    arrive(page, f"/admin/auditoriums/{place['room']}")
    assert sideways(page) == 0
    room = page.locator("#plan-room")
    page.get_by_role("button", name="Comfortable").click()
    assert room.evaluate("room => room.scrollWidth > room.clientWidth")

    page.locator("#cell-2-0").click()
    page.keyboard.press("End")
    page.keyboard.press("p")

    assert room.evaluate("room => room.scrollLeft") > 100
    assert text_of(page).splitlines()[2] == "C: 4_12_3SP"
    boxes = page.locator(".plan-place").evaluate_all("places => places.map(place => place.offsetWidth)")
    assert min(boxes) >= 24
    assert sideways(page) == 0
    arrive(page, f"/admin/cinemas/{place['cinema']}")
    assert sideways(page) == 0

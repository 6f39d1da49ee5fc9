"""The programme as a timeline: moved by hand, by keys and by form, never over another; many at once after a look."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.house import House, Person
from tests.browser.stage import SHOWTIME, Stage

STARTS = """query Starts($cinema: ID!, $from: DateTime!, $to: DateTime!) {
  showtimes(filter: { cinemaId: $cinema, from: $from, to: $to }, first: 100) {
    totalCount nodes { id startsAt status auditorium { id } } } }"""
ROOM = """mutation($input: AuditoriumInput!) {
  it: createAuditorium(input: $input) { auditorium { id } userErrors { code message } } }"""


@pytest.fixture
def staff(house: House, signed_in: Callable[[Person], None]) -> Callable[[str], None]:
    """Signs the demo person of a role in."""
    return lambda role: signed_in(house.staff(role))


class Programme:
    """A cinema of the test's own in Vienna with two rooms, and a day of it that is still to come."""

    def __init__(self, house: House, day: str | None = None) -> None:
        self.house = house
        self.stage = Stage(house)
        made = self.stage.room(["SSSSSSSSSSSS"])
        self.cinema, self.first = made["cinema"], made["room"]
        rows = [{"row": "A", "places": "SSSS"}]
        given = {"cinemaId": self.cinema, "name": "Two", "rows": rows}
        self.second = str(self.stage.do(ROOM, input=given)["auditorium"]["id"])
        self.film = self.stage.film()
        self.day = day or (datetime.now(UTC) + timedelta(days=9)).date().isoformat()

    def add(self, at: str, room: str | None = None) -> str:
        """A draft of the 95 minutes long film at an instant; its id."""
        price = {"category": "STANDARD", "ticketType": "ADULT", "price": {"amount": 900, "currency": "EUR"}}
        given = {
            "movieId": self.film["id"],
            "auditoriumId": room or self.first,
            "startsAt": at,
            "prices": [price],
        }
        return str(self.stage.do(SHOWTIME, input=given)["showtime"]["id"])

    def evening(self, hour: int, minute: int = 0) -> str:
        """An instant of the day, in UTC."""
        return f"{self.day}T{hour:02}:{minute:02}:00+00:00"

    def start(self, showtime: str) -> datetime:
        """When a showtime starts now."""
        return datetime.fromisoformat(self.one(showtime)["startsAt"])

    def one(self, showtime: str) -> dict[str, Any]:
        """A showtime as staff see it."""
        return next(each for each in self.all() if each["id"] == showtime)

    def all(self) -> list[dict[str, Any]]:
        """All showtimes of the cinema in the half year to come."""
        now = datetime.now(UTC)
        span = {"from": now.isoformat(), "to": (now + timedelta(days=364)).isoformat()}
        token = self.house.staff("admin").token
        answer = self.house.system.gql(STARTS, {"cinema": self.cinema, **span}, token=token)
        found: list[dict[str, Any]] = answer.data["showtimes"]["nodes"]
        return found

    @property
    def path(self) -> str:
        return f"/admin/showtimes?cinema={self.cinema}&date={self.day}"


def clocks_go_forward() -> date:
    """The last Sunday of the next March that is more than a week away."""
    today = datetime.now(UTC).date()
    for year in (today.year, today.year + 1):
        last = date(year, 3, 31)
        sunday = last - timedelta(days=last.isoweekday() % 7)
        if sunday - today > timedelta(days=7):
            return sunday
    raise AssertionError("there is a March every year")


def drag(page: Page, block: Locator, minutes: int, down: int = 0) -> None:
    """Pull a block by so many minutes and rooms, and let it go."""
    block.scroll_into_view_if_needed()
    box = block.bounding_box()
    assert box is not None
    x, y = box["x"] + 40, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 1.5 * minutes / 2, y + 40 * down, steps=4)
    page.mouse.move(x + 1.5 * minutes, y + 80 * down, steps=4)


def test_an_overlap_is_hatched_and_refused_by_drag_and_by_form(
    page: Page, house: House, staff: Callable[[str], None]
) -> None:
    programme = Programme(house)
    early, late = programme.add(programme.evening(12)), programme.add(programme.evening(16))
    staff("admin")
    page.goto(programme.path)
    block = page.locator(f"#block-{late}")

    drag(page, block, -150)
    expect(block).to_have_class(re.compile("clashes"))
    expect(page.locator(f"#block-{early}")).to_have_class(re.compile("clashes"))
    page.mouse.up()
    refusal = page.locator("main").get_by_role("alert")
    expect(refusal).to_contain_text(re.compile(r"busy: .*minutes to clean"))
    expect(block).not_to_have_class(re.compile("clashes"))
    assert programme.start(late).hour == 16

    block.click()
    form = page.get_by_role("dialog", name=programme.film["title"])
    shown = form.get_by_label("Start").input_value()
    form.get_by_label("Start").fill(f"{int(shown[:2]) - 3:02}:00")
    form.get_by_role("button", name="Move it").click()
    expect(form.get_by_role("alert")).to_contain_text(re.compile(r"busy: .*minutes to clean"))
    assert programme.start(late).hour == 16


def test_a_block_is_dragged_to_another_time_and_room(
    page: Page, house: House, staff: Callable[[str], None]
) -> None:
    programme = Programme(house)
    showtime = programme.add(programme.evening(13))
    staff("admin")
    page.goto(programme.path)

    drag(page, page.locator(f"#block-{showtime}"), 62, down=1)
    page.mouse.up()

    expect(page.get_by_text("The showtime was moved.")).to_be_visible()
    moved = programme.one(showtime)
    assert programme.start(showtime) == datetime.fromisoformat(programme.evening(14))
    assert moved["auditorium"]["id"] == programme.second


def test_arrow_keys_move_by_five_minutes_and_the_new_time_is_said(
    page: Page, house: House, staff: Callable[[str], None]
) -> None:
    programme = Programme(house)
    showtime = programme.add(programme.evening(13))
    staff("admin")
    page.goto(programme.path)
    block = page.locator(f"#block-{showtime}")
    block.focus()
    local = re.search(r"(\d\d):00–", str(block.get_attribute("aria-label")))
    assert local is not None

    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#timeline-said")).to_have_text(f"{programme.film['title']}: {local[1]}:10, One.")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#timeline-said")).to_have_text(f"{programme.film['title']}: {local[1]}:10, Two.")
    expect(block).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#timeline-said")).to_have_text("Back in its place.")
    block.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")

    expect(page.get_by_text("The showtime was moved.")).to_be_visible()
    assert programme.start(showtime) == datetime.fromisoformat(programme.evening(12, 55))


def test_many_at_once_are_made_exactly_as_the_look_before_said(
    page: Page, house: House, staff: Callable[[str], None]
) -> None:
    programme = Programme(house)
    staff("admin")
    page.goto(f"/admin/showtimes/bulk?cinema={programme.cinema}&date={programme.day}")
    page.get_by_label("Film").select_option(programme.film["id"])
    page.get_by_label("Two", exact=True).check()
    page.get_by_label("Times").fill("17:00, 20.30")

    page.get_by_role("button", name="Look at it first").click()
    rows = page.get_by_role("region", name="This would be made").get_by_role("row")
    expect(rows).to_have_count(1 + 7 * 2 * 2)
    assert programme.all() == []
    page.get_by_role("button", name="Make 28 showtimes").click()
    expect(page.get_by_text("28 showtimes were made.")).to_be_visible()
    assert len(programme.all()) == 28

    page.get_by_role("button", name="Look at it first").click()
    expect(page.locator("main").get_by_role("alert").filter(has_text="nothing was made")).to_contain_text(
        "busy"
    )
    assert len(programme.all()) == 28


def test_a_week_comes_again_as_drafts_that_are_published(
    page: Page, house: House, staff: Callable[[str], None]
) -> None:
    programme = Programme(house)
    programme.add(programme.evening(12))
    programme.add(programme.evening(12), programme.second)
    later = (datetime.fromisoformat(programme.day) + timedelta(days=7)).date().isoformat()
    staff("admin")
    page.goto(f"/admin/showtimes/copy?cinema={programme.cinema}&date={later}")

    page.get_by_role("button", name="Look at it first").click()
    page.get_by_role("button", name="Make 2 showtimes").click()
    expect(page.get_by_text("2 showtimes were made.")).to_be_visible()
    page.get_by_role("link", name="See the programme of that day").click()
    page.get_by_role("button", name="Publish 2 drafts").click()

    expect(page.get_by_text("Published.")).to_be_visible()
    expect(page.get_by_role("cell", name="On sale")).to_have_count(2)
    assert sorted(each["status"] for each in programme.all()) == ["DRAFT", "DRAFT", "ON_SALE", "ON_SALE"]


def test_the_night_on_which_clocks_go_forward_has_its_true_hours(
    page: Page, house: House, staff: Callable[[str], None]
) -> None:
    # In Vienna 02:00 to 03:00 does not exist in the night to the last Sunday of March.
    sunday = clocks_go_forward()
    programme = Programme(house, day=(sunday - timedelta(days=1)).isoformat())
    showtime = programme.add(f"{sunday}T00:30:00+00:00")
    staff("admin")
    page.goto(programme.path)

    # 95 minutes and the trailers from half past one: it ends after half past four by the clock on the wall.
    block = page.locator(f"#block-{showtime}")
    expect(block).to_have_attribute("aria-label", re.compile(r"01:30–04:\d\d"))
    hours = page.locator(".timeline-hours span").all_inner_texts()
    assert hours[-4:] == ["00:00", "01:00", "03:00", "04:00"]
    block.focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#timeline-said")).to_have_text(f"{programme.film['title']}: 03:00, One.")
    page.keyboard.press("Enter")

    expect(page.get_by_text("The showtime was moved.")).to_be_visible()
    expect(block).to_have_attribute("aria-label", re.compile(r"03:00–"))


def test_staff_look_and_move_nothing(page: Page, house: House, staff: Callable[[str], None]) -> None:
    me = house.system.gql("{ me { cinemaIds } }", token=house.staff("staff").token).data["me"]
    staff("staff")
    page.goto(f"/admin/showtimes?cinema={me['cinemaIds'][0]}")

    expect(page.locator("a.timeline-block").first).to_be_visible()
    expect(page.locator("button.timeline-block")).to_have_count(0)
    expect(page.get_by_role("button", name="Change")).to_have_count(0)
    expect(page.get_by_role("link", name="Several at once")).to_have_count(0)

"""What is on: decided in a glance, kept in the address, honest when nobody answers."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.house import House
from tests.browser.stage import Stage

VITALS = """() => new Promise((resolve) => {
  let largest = null, shift = 0;
  new PerformanceObserver((list) => { largest = list.getEntries().at(-1) ?? largest; })
    .observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) shift += entry.value; })
    .observe({ type: "layout-shift", buffered: true });
  const lead = () => largest?.element?.matches("h1, .poster-card:first-child *") ?? null;
  setTimeout(() => resolve({ shift, lead: lead() }), 300);
})"""
NAMES = """(links) => links.map(
  (link) => [link.getAttribute("aria-label"), link.closest(".poster-card").querySelector("h2").innerText])"""


@pytest.fixture(scope="module")
def stage(house: House) -> Stage:
    """What these tests need beside the sample programme."""
    return Stage(house)


def test_a_day_without_showings_leads_to_the_next_that_has_some(page: Page, stage: Stage) -> None:
    place = stage.room(["SSSS"])
    film = stage.film()
    stage.showtime(film["id"], place["room"], hours=76)
    page.goto(f"/?cinema={place['cinema']}")
    expect(page.get_by_role("heading", name="Nothing on this day")).to_be_visible()

    page.locator(".empty-state").get_by_role("link").click()

    expect(page.get_by_role("heading", level=2, name=film["title"])).to_be_visible()
    expect(page).to_have_url(re.compile(rf"cinema={place['cinema']}.*date=\d{{4}}-\d\d-\d\d"))


def test_every_time_says_its_film_and_hour_and_few_seats_or_an_early_start(page: Page, stage: Stage) -> None:
    place = stage.room(["SSSSSSSS"], salesCloseMinutes=0)
    film, soon = stage.film(), stage.film()
    full = stage.showtime(film["id"], place["room"], hours=30)
    stage.showtime(soon["id"], place["room"], hours=0.75)
    stage.house.hold(stage.house.new_guest(), full, [f"A{number}" for number in range(1, 8)])

    page.goto(f"/films/{film['id']}")
    expect(page.locator("a.time")).to_have_accessible_name(
        re.compile(rf"^{film['title']}, .*\d\d:\d\d.*1 seat left")
    )
    page.goto(f"/films/{soon['id']}")
    expect(page.locator("a.time")).to_contain_text(re.compile(r"in \d\d min"))
    page.goto("/?cinema=all")
    expect(page.locator("a.time").first).to_be_visible()
    names = page.locator("a.time[href^='/showtimes/']").evaluate_all(NAMES)
    assert names
    assert [
        name for name, title in names if not name.startswith(title) or not re.search(r"\d\d:\d\d", name)
    ] == []


def test_the_cinema_chosen_last_is_remembered(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Cinema", exact=True).select_option(label="Paris – Le Faubourg")
    expect(page).to_have_url(re.compile("cinema="))

    page.goto("/")

    expect(page.get_by_label("Cinema", exact=True).locator("option:checked")).to_have_text(
        "Paris – Le Faubourg"
    )


def test_while_nobody_answers_the_last_programme_is_shown_with_its_age(page: Page) -> None:
    page.goto("/?cinema=all")
    expect(page.locator(".poster-card").first).to_be_visible()
    title = page.locator(".poster-card h2").first.inner_text()
    page.route("**/graphql", lambda route: route.abort())

    page.goto("/")

    told = page.get_by_role("status").filter(
        has_text="No answer from the server: this is the programme as it was"
    )
    expect(told).to_contain_text(re.compile(r"\d\d:\d\d"))
    expect(page.get_by_role("heading", level=2, name=title, exact=True)).to_be_visible()
    page.unroute("**/graphql")
    page.get_by_role("button", name="Try again").click()
    expect(told).to_have_count(0)
    expect(page.get_by_label("Search")).to_be_visible()


def test_without_any_programme_the_failure_is_told(page: Page) -> None:
    page.route("**/graphql", lambda route: route.abort())

    page.goto("/")

    expect(page.get_by_role("heading", level=1, name="No connection")).to_be_visible()
    page.unroute("**/graphql")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".poster-card").first).to_be_visible()


def test_the_heading_or_first_poster_is_the_largest_paint_and_nothing_jumps(page: Page) -> None:
    page.goto("/?cinema=all")
    expect(page.locator(".poster-card").first).to_be_visible()

    vitals = page.evaluate(VITALS)

    assert vitals["shift"] < 0.1
    assert vitals["lead"] is True

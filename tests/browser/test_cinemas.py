"""Finding the handy cinema: near, reachable, with something to see tonight, and nobody learns where somebody is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.house import House
from tests.browser.stage import Stage

AFTERNOON = range(9, 19)
ZONES = ["Europe/Vienna", "America/New_York", "Pacific/Auckland", "Asia/Karachi", "America/Los_Angeles"]


@pytest.fixture
def traveller(browser: Browser, house: House) -> Iterator[BrowserContext]:
    """A browser that may tell where it is: near the Bastille in Paris."""
    context = browser.new_context(
        base_url=house.url,
        locale="en-GB",
        geolocation={"latitude": 48.8530, "longitude": 2.3690},
        permissions=["geolocation"],
    )
    yield context
    context.close()


def test_where_somebody_is_sorts_the_cinemas_and_never_leaves_the_browser(
    traveller: BrowserContext,
) -> None:
    page = traveller.new_page()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url + (request.post_data or "")))
    page.goto("/cinemas")
    names = page.locator(".cinema-card h2")
    expect(names.nth(6)).to_be_visible()
    before = names.all_inner_texts()

    page.get_by_role("button", name="Use my location").click()

    first = page.locator(".cinema-card").first
    expect(first).to_contain_text("Le Faubourg")
    expect(first).to_contain_text("km away")
    after = names.all_inner_texts()
    assert sorted(after) == sorted(before)
    assert after != before
    london = page.locator(".cinema-card").filter(has_text="London").first
    expect(london).to_contain_text(re.compile(r"\d+ km away, to the north-west"))
    expect(page.locator("#pins .you")).to_have_count(1)
    assert not [request for request in sent if "48.85" in request or "2.36" in request]


def test_without_a_location_the_list_is_found_by_town_or_postcode(page: Page) -> None:
    page.goto("/cinemas")
    expect(page.locator(".cinema-card").nth(3)).to_be_visible()

    page.get_by_role("button", name="Use my location").click()

    expect(page.get_by_role("status").filter(has_text="Search by town or postcode")).to_be_visible()
    search = page.get_by_label("Town, postcode, street or name")
    expect(search).to_be_focused()
    cities = page.locator(".cinema-card h2").all_inner_texts()
    assert len(cities) >= 7
    search.fill("75012")
    expect(page.locator(".cinema-card")).to_have_count(1)
    expect(page.locator(".cinema-card")).to_contain_text("Le Faubourg")
    search.fill("nowhere at all")
    expect(page.get_by_role("heading", name="No cinema found")).to_be_visible()


def test_a_cinema_tells_access_first_and_its_map_is_a_link_that_leaves_only_on_a_press(page: Page) -> None:
    outside: list[str] = []
    page.on(
        "request", lambda request: outside.append(request.url) if "localhost" not in request.url else None
    )
    page.goto("/cinemas?q=Faubourg")

    card = page.locator(".cinema-card").first
    expect(card.locator(".tag").nth(0)).to_have_text("Wheelchair access")
    expect(card.locator(".tag").nth(1)).to_have_text("Hearing loop")
    expect(card.get_by_role("link", name="Map: Le Faubourg")).to_have_attribute(
        "href", re.compile(r"^geo:48\.8522,2\.3718\?q=")
    )
    page.get_by_label("Town, postcode, street or name").fill("")
    picture = page.get_by_role("img", name="Where the cinemas lie, seen from above; north is up")
    assert picture.locator(".pin").count() == page.locator(".cinema-card").count()
    assert [url for url in outside if not url.startswith(("data:", "blob:"))] == []


def test_a_cinema_shows_the_next_three_of_tonight(page: Page, house: House) -> None:
    stage = Stage(house)
    zone = next(zone for zone in ZONES if datetime.now(ZoneInfo(zone)).hour in AFTERNOON)
    place = stage.room(["SSSS"], zone, turnaroundMinutes=0)
    film = stage.film(durationMinutes=20)
    shows = [stage.showtime(film["id"], place["room"], hours=hours) for hours in (1, 2, 3, 4)]

    page.goto(f"/cinemas?q={place['name'].replace(' ', '+')}")

    links = page.locator(".next-shows a")
    expect(links).to_have_count(3)
    assert [link.get_attribute("href") for link in links.all()] == [
        f"/showtimes/{show}" for show in shows[:3]
    ]
    expect(links.first).to_have_accessible_name(re.compile(f"^{film['title']}, "))

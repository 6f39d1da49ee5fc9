"""The page of a film: its facts for people and search engines, its times, its trailer, and the wish to be told."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.house import House
from tests.browser.stage import Stage
from tests.system import wait_until

TOLD = "{ myNotifications(first: 5) { nodes { subject } } }"
PLAN = ["SSSSSSSS", "SSSSSSSS"]


@pytest.fixture(scope="module")
def stage(house: House) -> Stage:
    """What these tests need beside the sample programme."""
    return Stage(house)


def test_a_film_without_showings_takes_a_wish_and_the_first_showing_fulfils_it(
    page: Page, house: House, stage: Stage
) -> None:
    film = stage.film()
    page.goto(f"/films/{film['id']}")
    expect(page.locator("#wish")).to_contain_text("No showings yet.")

    page.get_by_role("button", name="Tell me when there are").click()
    expect(page.get_by_role("heading", level=1, name="Sign in")).to_be_visible()
    person = house.new_guest()
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password").fill(person.password)
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Tell me when there are").click()

    expect(page.locator("#wish")).to_contain_text("We will write to you as soon as there are showings.")
    page.reload()
    expect(page.get_by_role("button", name="Never mind")).to_be_visible()
    stage.showtime(film["id"], stage.room(PLAN)["room"])
    wait_until(lambda: film["title"] in str(house.system.gql(TOLD, token=person.token).data), "they are told")
    page.goto("/notifications")
    expect(page.get_by_role("heading", name=f"Now showing: {film['title']}")).to_be_visible()


def test_a_wish_can_be_taken_back(page: Page, house: House, stage: Stage) -> None:
    house.enter(page.context, house.new_guest())
    page.goto(f"/films/{stage.film()['id']}")
    page.get_by_role("button", name="Tell me when there are").click()

    page.get_by_role("button", name="Never mind").click()

    expect(page.get_by_role("button", name="Tell me when there are")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Tell me when there are")).to_be_visible()


def test_another_day_swaps_only_the_times_and_tells_how_many(page: Page, stage: Stage) -> None:
    film, room = stage.film(), stage.room(PLAN)["room"]
    for hours in (30, 33, 54):
        stage.showtime(film["id"], room, hours=hours)
    page.goto(f"/films/{film['id']}")
    days = page.get_by_role("navigation", name="Choose a day").locator("a:not(.empty)")
    expect(days).to_have_count(2)
    before = page.locator("#times-count").inner_text()
    page.evaluate("document.querySelector('.film-text').stays = true")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "graphql" in request.url else None)

    days.nth(1).click()

    expect(days.nth(1)).to_have_attribute("aria-current", "date")
    expect(page.locator("#times-count")).not_to_have_text(before)
    expect(page.locator("#times-count")).to_have_text(re.compile(r"^1 showtime"))
    expect(page.locator(".time-with-end")).to_have_count(1)
    assert page.evaluate("document.querySelector('.film-text').stays") is True
    assert asked == []
    heading = page.locator("#times-count").inner_text()
    page.reload()
    expect(page.locator("#times-count")).to_have_text(heading)


def test_each_time_says_when_the_film_ends_and_times_that_are_past_are_absent(
    page: Page, stage: Stage
) -> None:
    film = stage.film()
    # Sales close before the start: what begins in a minute can't be had any more.
    early = stage.room(PLAN, salesCloseMinutes=30)["room"]
    stage.showtime(film["id"], early, hours=0.1)
    late = stage.showtime(film["id"], early, hours=26)

    page.goto(f"/films/{film['id']}")

    expect(page.locator("a.time")).to_have_count(1)
    expect(page.locator("a.time")).to_have_attribute("href", f"/showtimes/{late}")
    expect(page.locator(".time-with-end")).to_contain_text(re.compile(r"ends \d\d:\d\d"))
    page.goto(f"/films/{film['id']}?date={(datetime.now(UTC) - timedelta(days=1)).date()}")
    expect(page.locator("a.time")).to_have_count(1)


def test_search_engines_are_told_the_film_and_its_showings_in_schema_org_s_words(
    page: Page, stage: Stage
) -> None:
    film = stage.film()
    showtime = stage.showtime(film["id"], stage.room(PLAN)["room"])

    page.goto(f"/films/{film['id']}")
    expect(page.locator("a.time")).to_have_count(1)

    [described] = page.locator('script[type="application/ld+json"]').all_text_contents()
    movie, screening = json.loads(described)
    assert (movie["@type"], movie["name"], movie["duration"]) == ("Movie", film["title"], "PT95M")
    assert movie["director"] == [{"@type": "Person", "name": "Ana Costa"}]
    assert (screening["@type"], screening["url"]) == (
        "ScreeningEvent",
        f"{stage.house.url}/showtimes/{showtime}",
    )
    assert screening["location"]["@type"] == "MovieTheater"
    page.get_by_role("link", name="Cinemas").first.click()
    expect(page.get_by_role("heading", level=1, name="Cinemas")).to_be_visible()
    expect(page.locator('script[type="application/ld+json"]')).to_have_count(0)


def test_a_rating_is_a_number_with_words(page: Page, house: House) -> None:
    answer = house.system.gql("{ movies(first: 1, sort: RATING_DESC) { nodes { id rating ratingCount } } }")
    [movie] = answer.data["movies"]["nodes"]
    assert movie["ratingCount"] > 1

    page.goto(f"/films/{movie['id']}")

    expect(page.locator(".film-facts")).to_contain_text(
        f"{movie['rating']:.1f} out of 5, {movie['ratingCount']} ratings"
    )
    expect(page.locator(".film-facts")).to_contain_text("Age rating:")


def test_a_trailer_makes_no_request_before_it_is_asked_for_and_has_captions(page: Page, stage: Stage) -> None:
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(
            status=200, content_type="text/vtt", body="WEBVTT\n", headers={"Access-Control-Allow-Origin": "*"}
        )

    page.route("https://trailers.example/**", answer)
    film = stage.film(
        trailerUrl="https://trailers.example/lamp.mp4", trailerCaptionsUrl="https://trailers.example/lamp.vtt"
    )
    page.goto(f"/films/{film['id']}")
    play = page.get_by_role("button", name="Play the trailer")
    expect(play).to_have_accessible_description(
        "It is loaded from trailers.example only when you press this."
    )
    assert asked == []

    play.click()

    video = page.locator("video")
    expect(video).to_be_focused()
    expect(video.locator("track")).to_have_attribute("kind", "captions")
    page.wait_for_function("() => document.querySelector('video').textTracks[0].mode === 'showing'")
    assert "https://trailers.example/lamp.mp4" in asked
    assert "https://trailers.example/lamp.vtt" in asked


def test_a_trailer_on_another_site_is_a_link_that_says_so(page: Page, stage: Stage) -> None:
    film = stage.film(trailerUrl="https://videos.example/watch?v=1")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(f"/films/{film['id']}")

    link = page.get_by_role("link", name="Watch the trailer on videos.example (another site)")
    expect(link).to_have_attribute("target", "_blank")
    assert not [url for url in asked if "videos.example" in url]

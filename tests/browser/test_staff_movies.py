"""The catalogue: a film is added, gets its poster, goes on and off; films come from a table."""

from __future__ import annotations

import io
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.house import House, Person
from tests.browser.stage import Stage
from tests.browser.test_staff_bookings import denied, paid_in, written
from tests.system import wait_until

ARCHIVE = """mutation($id: ID!) { setMovieStatus(ids: [$id], status: ARCHIVED) {
  movies { status } userErrors { code message } } }"""
ON = "mutation($id: ID!) { setMovieStatus(ids: [$id], status: NOW_SHOWING) { userErrors { code } } }"
COUNT = "query($title: String!) { movies(filter: { search: $title }) { nodes { id title durationMinutes status } } }"


@pytest.fixture
def staff(house: House, signed_in: Callable[[Person], None]) -> Callable[[str], None]:
    """Signs the demo person of a role in."""
    return lambda role: signed_in(house.staff(role))


def films(house: House, title: str) -> list[dict[str, Any]]:
    return list(house.system.gql(COUNT, {"title": title}).data["movies"]["nodes"])


def picture(size: tuple[int, int] = (400, 600)) -> FilePayload:
    written_to = io.BytesIO()
    Image.new("RGB", size, "navy").save(written_to, "PNG")
    return {"name": "poster.png", "mimeType": "image/png", "buffer": written_to.getvalue()}


def table(text: str) -> FilePayload:
    return {"name": "films.csv", "mimeType": "text/csv", "buffer": text.encode()}


def test_a_film_is_added_with_all_its_facts_changed_and_deleted(
    page: Page, house: House, staff: Callable[[str], None]
) -> None:
    staff("manager")
    title = f"The Lantern {secrets.token_hex(3)}"
    page.goto("/admin/movies")
    page.get_by_role("link", name="New film").click()
    page.get_by_role("button", name="Add film").click()
    summary = page.locator("#movie-summary")
    for label in ("Title", "What it is about", "Length in minutes", "Genres", "Release date",
                  "Original language", "Age rating"):  # fmt: skip
        expect(summary).to_contain_text(f"Fill in “{label}”")
    given = {
        "title": title, "originalTitle": "Die Laterne", "synopsis": "A light goes out.\nAnother goes on.",
        "durationMinutes": "9x", "releaseDate": "2026-11-21", "ageRating": "12A", "genres": "Drama, Crime",
        "directors": "Ana Costa, Ben Silva", "countries": "Portugal", "cast": "Cy Day as The guard\nDi Eve",
        "trailerUrl": "https://example.org/trailer.mp4", "trailerCaptionsUrl": "https://example.org/trailer.vtt",
    }  # fmt: skip
    for name, text in given.items():
        page.locator(f"#movie-{name}").fill(text)
    page.locator("#movie-originalLanguage").select_option("de")
    page.get_by_role("button", name="Add film").click()
    expect(summary).to_contain_text("a whole number like 95")
    page.locator("#movie-durationMinutes").fill("95")
    page.get_by_role("button", name="Add film").click()

    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
    main = page.locator("main")
    for text in ("Die Laterne", "Drama, Crime", "Cy Day as The guard", "Ana Costa, Ben Silva", "German", "1 h 35 min",
                 "https://example.org/trailer.vtt"):  # fmt: skip
        expect(main.get_by_text(text, exact=True)).to_be_visible()
    movie = page.url.rsplit("/", 1)[1]
    page.get_by_role("link", name="Edit").click()
    expect(page.locator("#movie-cast")).to_have_value("Cy Day as The guard\nDi Eve")
    page.locator("#movie-ageRating").fill("16")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(main.get_by_text("16", exact=True)).to_be_visible()
    page.get_by_role("button", name="Delete film").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete film").click()
    expect(page.get_by_role("heading", level=1, name="Films")).to_be_visible()
    assert sorted(written(house, movie, "Movie")) == ["movie.create", "movie.delete", "movie.update"]


def test_a_poster_is_looked_at_before_it_is_sent_and_the_drawn_one_comes_back(
    page: Page, house: House, staff: Callable[[str], None]
) -> None:
    film = Stage(house).film()
    staff("manager")
    page.goto(f"/admin/movies/{film['id']}")
    told = page.locator("#poster-state")
    expect(told).to_have_text("Drawn from the title, since there is no picture.")
    expect(page.locator(".poster-preview svg")).to_be_visible()

    page.locator("#poster-file").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"no"})
    expect(page.get_by_role("alert")).to_contain_text("PNG, JPEG or WebP")
    page.locator("#poster-file").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"no"})
    expect(told).to_have_text("Not sent yet.")
    page.get_by_role("button", name="Use this poster").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.locator("#poster-file").set_input_files(picture())
    page.get_by_role("button", name="Use this poster").click()
    expect(told).to_have_text("Your own picture.")
    expect(page.locator(".poster-preview img[src^='/posters/']")).to_be_visible()
    page.get_by_role("button", name="Take the poster away").click()

    expect(told).to_have_text("Drawn from the title, since there is no picture.")


def test_a_film_with_sold_tickets_is_not_taken_off_and_the_showing_is_named(
    page: Page, house: House, staff: Callable[[str], None]
) -> None:
    stage = Stage(house)
    film, place = stage.film(), stage.room(["SSSS"])
    paid_in(house, house.new_guest(), stage.showtime(film["id"], place["room"]))
    manager = house.staff("manager")

    def is_refused() -> bool:
        payload = house.system.gql(ARCHIVE, {"id": film["id"]}, token=manager.token).data["setMovieStatus"]
        if payload["userErrors"]:
            return [error["code"] for error in payload["userErrors"]] == ["MOVIE_HAS_TICKETS"]
        house.system.gql(ON, {"id": film["id"]}, token=manager.token)
        return False

    wait_until(is_refused, "the catalogue has heard of the sale")
    staff("admin")
    page.goto(f"/admin/movies/{film['id']}")

    page.get_by_role("button", name="Take off").click()

    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("alert")).to_contain_text("Tickets of these showtimes are sold.")
    expect(dialog.get_by_role("listitem")).to_contain_text(place["name"])
    expect(dialog.get_by_role("listitem")).to_contain_text("1 ticket sold")
    expect(dialog.get_by_role("button", name="Take off")).to_have_count(0)


def test_a_film_without_goes_off_and_on_again(page: Page, house: House, staff: Callable[[str], None]) -> None:
    film = Stage(house).film()
    staff("manager")
    page.goto(f"/admin/movies?q={film['title']}")
    page.get_by_label(f"Choose {film['title']}").check()

    page.get_by_role("button", name="Take off").click()
    page.get_by_role("dialog").get_by_role("button", name="Take off").click()
    expect(page.get_by_role("cell").get_by_text("Off", exact=True)).to_be_visible()
    page.get_by_role("link", name=film["title"]).click()
    page.get_by_role("button", name="Put on").click()

    expect(page.locator(".detail-head .tag")).to_have_text("On")
    assert written(house, film["id"], "Movie").count("movie.set_status") == 2


def test_a_table_with_a_good_and_a_bad_row_tells_what_became_of_each(
    page: Page, house: House, staff: Callable[[str], None]
) -> None:
    title = f"The Ladder {secrets.token_hex(3)}"
    head = "title,synopsis,durationMinutes,genres,releaseDate,originalLanguage,ageRating\n"
    rows = (
        f"{title},Somebody climbs.,95,Drama|Crime,2026-11-21,en,PG\nThe Bad,None.,0,Drama,2026-11-21,en,PG\n"
    )
    staff("manager")
    page.goto("/admin/movies")
    page.get_by_role("link", name="Films from a table").click()
    report = page.locator("#films-report")

    page.locator("#films-file").set_input_files(table(head + rows))
    page.get_by_role("button", name="Try without writing").click()
    expect(report).to_contain_text("Tried 2 rows; nothing was written.")
    expect(report.get_by_role("row").nth(1)).to_contain_text("Row 3")
    expect(report.get_by_role("row").nth(1)).to_contain_text("durationMinutes")
    assert films(house, title) == []
    page.get_by_role("button", name="Take it in").click()

    expect(report).to_contain_text("1 new film")
    expect(report).to_contain_text("1 fault")
    (made,) = films(house, title)
    assert made["durationMinutes"] == 95
    page.locator("#films-file").set_input_files(
        table(head + f"{title},Somebody climbs.,95,Drama|Crime,2026-11-21,en,PG\n")
    )
    page.get_by_role("button", name="Take it in").click()
    expect(report).to_contain_text("1 as before")


def test_the_catalogue_is_not_for_staff(page: Page, house: House, staff: Callable[[str], None]) -> None:
    steward = house.staff("staff")
    film = Stage(house).film()["id"]
    assert denied(house.system.gql(ARCHIVE, {"id": film}, token=steward.token)) == ["FORBIDDEN"]
    staff("staff")

    for path in ("/admin/movies", "/admin/movies/new", "/admin/movies/import", f"/admin/movies/{film}"):
        page.goto(path)
        expect(page.get_by_role("heading", level=1, name="Not for this account")).to_be_visible()

"""Words that would be markup: shown as they were written, on guests' pages and on those of staff."""

from __future__ import annotations

import secrets
import sqlite3

import pytest
from playwright.sync_api import Page, expect

from tests.browser.house import House

SCRIPT = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>{{7*7}}'
CREATE = """mutation($i: MovieInput!) { createMovie(input: $i) { movie { id } userErrors { code } } }"""
COUPON = """mutation($i: CouponInput!) { createCoupon(input: $i) { coupon { id } userErrors { code } } }"""
RENAME = "mutation($n: String!) { updateProfile(input: {name: $n}) { user { id } userErrors { code } } }"
WATCH = """window.refused = [];
document.addEventListener('securitypolicyviolation', event => window.refused.push(event.violatedDirective));"""


@pytest.fixture
def film(house: House) -> str:
    """A film of hostile words, with a review of the same kind by somebody of such a name."""
    admin, guest = house.staff("admin"), house.new_guest()
    words = {
        "title": f"{SCRIPT} {secrets.token_hex(3)}", "synopsis": SCRIPT, "durationMinutes": 90, "genres": ["DRAMA"],
        "directors": [SCRIPT], "cast": [{"name": SCRIPT, "character": SCRIPT}], "releaseDate": "2026-11-01",
        "originalLanguage": "en", "ageRating": "0", "status": "NOW_SHOWING",
    }  # fmt: skip
    made = house.system.gql(CREATE, {"i": words}, token=admin.token)
    assert made.data["createMovie"]["userErrors"] == [], made.body
    film_id = str(made.data["createMovie"]["movie"]["id"])
    named = house.system.gql(RENAME, {"n": SCRIPT[:110]}, token=guest.token).data["updateProfile"]["user"][
        "id"
    ]
    coupon = {
        "code": f"HOSTILE{secrets.token_hex(3)}",
        "description": SCRIPT[:90],
        "kind": "PERCENT",
        "percent": 10,
    }
    assert house.system.gql(COUPON, {"i": coupon}, token=admin.token).data["createCoupon"]["userErrors"] == []
    with sqlite3.connect(house.system.home / "databases" / "movie_db.sqlite", timeout=20) as database:
        row = (secrets.token_hex(16), film_id, named, 4, SCRIPT, "2026-11-20 12:00:00.000000")
        database.execute("INSERT INTO reviews VALUES (?, ?, ?, ?, ?, ?)", row)
    return film_id


def assert_only_shown(page: Page) -> None:
    assert page.evaluate("window.hit") is None
    assert page.evaluate("window.refused") == []
    assert page.locator("img[src='x']").count() == 0


def test_what_somebody_wrote_is_text_on_every_page_that_shows_it(page: Page, house: House, film: str) -> None:
    """H27: titles, people, reviews, coupons; the pages' own policy has nothing to report."""
    page.add_init_script(WATCH)
    house.enter(page.context, house.staff("admin"))

    page.goto(f"/films/{film}")
    expect(page.get_by_text("<script>window.hit=1</script>").first).to_be_visible()
    assert_only_shown(page)
    for address in ("/", "/admin/films", "/admin/coupons", "/admin/users"):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        assert_only_shown(page)

"""What a phone has to fetch before it shows something: measured, since a dependency grows unseen."""

from __future__ import annotations

import gzip

import pytest
from playwright.sync_api import Page, expect

from tests.browser.house import House

SCRIPTS_BUDGET = STYLES_BUDGET = (
    40 * 1024
)  # the words count as scripts: nothing is drawn before they are there
FONTS_BUDGET = 95 * 1024
# A language with long words, and the moment at which what a page is about stands on it.
BEFORE = """
localStorage.setItem('lobbycard.locale', '"de"');
new MutationObserver((_changes, self) => {
  if (!document.querySelector(".poster-card h2, .film h1, .seat-grid .seat")) return;
  self.disconnect();
  globalThis.firstView = performance.now();
}).observe(document, { childList: true, subtree: true });
"""
EARLY = """performance.getEntriesByType("resource")
  .filter(({ startTime }) => startTime <= globalThis.firstView).map(({ name }) => name)"""


@pytest.mark.parametrize("name", ["home", "film", "seat map"])
def test_the_first_view_needs_no_more_than_forty_kilobytes_of_scripts_and_of_styles(
    page: Page, house: House, name: str
) -> None:
    showtime = house.showtime()
    path = {
        "home": "/",
        "film": f"/films/{showtime['movie']['id']}",
        "seat map": f"/showtimes/{showtime['id']}",
    }
    page.add_init_script(BEFORE)
    page.goto(path[name])
    expect(page.locator(".poster-card h2, .film h1, .seat-grid .seat").first).to_be_visible()
    early = set(page.evaluate(EARLY))
    weights = {url: len(gzip.compress(page.request.get(url).body(), 6)) for url in early if "/assets/" in url}

    def weight(*kinds: str) -> int:
        return sum(weight for url, weight in weights.items() if url.endswith(kinds))

    assert any("/i18n/" in url for url in early), "words are fetched before the first view"
    assert 0 < weight(".js", ".json") <= SCRIPTS_BUDGET
    assert 0 < weight(".css") <= STYLES_BUDGET
    assert 0 < weight(".woff2") <= FONTS_BUDGET

"""What a phone has to fetch before it shows something: measured, since a dependency grows unseen."""

from __future__ import annotations

import gzip

from playwright.sync_api import Page, Response, expect

SCRIPTS_BUDGET = STYLES_BUDGET = (
    40 * 1024
)  # the words count as scripts: nothing is drawn before they are there
FONTS_BUDGET = 95 * 1024


def test_the_first_view_needs_no_more_than_forty_kilobytes_of_scripts_and_of_styles(page: Page) -> None:
    weights: dict[str, int] = {}

    def weigh(answer: Response) -> None:
        if answer.ok and "/assets/" in answer.url:
            weights[answer.url] = len(gzip.compress(answer.body(), 6))

    page.on("response", weigh)
    page.goto("/")
    expect(page.locator(".poster-card").first).to_be_visible()
    page.wait_for_load_state("networkidle")

    def weight(*kinds: str) -> int:
        return sum(weight for url, weight in weights.items() if url.endswith(kinds))

    assert 0 < weight(".js", ".json") <= SCRIPTS_BUDGET
    assert 0 < weight(".css") <= STYLES_BUDGET
    assert 0 < weight(".woff2") <= FONTS_BUDGET

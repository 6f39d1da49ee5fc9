"""What a phone has to fetch before it shows something: measured, since a dependency grows unseen."""

from __future__ import annotations

import gzip

from playwright.sync_api import Page, Response, expect

SCRIPTS_BUDGET = 40 * 1024


def test_the_first_view_needs_no_more_than_forty_kilobytes_of_scripts(page: Page) -> None:
    weights: dict[str, int] = {}

    def weigh(answer: Response) -> None:
        if answer.ok and "/assets/" in answer.url:
            weights[answer.url] = len(gzip.compress(answer.body(), 6))

    page.on("response", weigh)
    page.goto("/")
    expect(page.locator(".poster-card").first).to_be_visible()
    page.wait_for_load_state("networkidle")

    scripts = sum(weight for url, weight in weights.items() if url.endswith(".js"))
    assert 0 < scripts <= SCRIPTS_BUDGET

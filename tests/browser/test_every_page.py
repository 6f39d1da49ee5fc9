"""Every page: no barrier that axe knows in either theme, targets that a finger hits, no sideways scrolling at 320 px."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.house import House, sideways, to_checkout
from tests.browser.stage import Stage

RULES: dict[str, object] = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
# Of a theme depend colours alone: what else axe looks at is the same page again.
COLOURS: dict[str, object] = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
OPEN_PAGES = [
    "/", "/?q=the", "/?cinema=all&genre=no-such-genre", "/cinemas", "/cinemas?q=nowhere", "/sign-in", "/register",
    "/forgot-password", "/reset-password?token=none", "/invitation?token=none", "/verify-email?token=none", "/status",
    "/no-such-page",
]  # fmt: skip
OWN_PAGES = ["/bookings", "/bookings?when=past", "/notifications", "/profile", "/offers", "/admin"]
STAFF_PAGES = [
    "/admin", "/admin/showtimes", "/admin/bookings", "/admin/check-in", "/scan", "/admin/box-office", "/admin/showtimes/new",
    "/admin/notifications",
    "/admin/audit", "/admin/cinemas", "/admin/cinemas/new", "/admin/auditoriums/new",
    "/admin/payments", "/admin/payments/close", "/admin/exports", "/admin/system",
    "/admin/showtimes/bulk", "/admin/showtimes/copy",
    "/admin/movies", "/admin/movies/new", "/admin/movies/import", "/admin/coupons", "/admin/coupons/new",
    "/admin/coupons/batch", "/admin/users", "/admin/users/new",
]  # fmt: skip
LEAST, LEAST_MAIN = 24, 44
# What buyers press; links inside a sentence are as high as its line (WCAG 2.5.8 lets them).
TARGETS = """() => {
  const main = ".btn:not(.btn-sm), .form-control, .form-select, a.time, .day, .round, .method, .tabs a";
  const found = [];
  const all = "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button]";
  for (const element of document.querySelectorAll(all)) {
    if (element.closest("[hidden], dialog:not([open]), details:not([open]) > :not(summary), .skip-link, .room")) continue;
    if (!element.checkVisibility({ visibilityProperty: true }) || element.tabIndex < 0) continue;
    const isInline = getComputedStyle(element).display === "inline" && element.matches("a");
    if (isInline && element.closest("p, li, dd, h1, h2, h3, td, th")) continue;
    const target = element.matches("[type=checkbox], [type=radio]") ? (element.closest("label") ?? element) : element;
    const { width, height } = target.getBoundingClientRect();
    found.push({ what: element.outerHTML.slice(0, 120), least: Math.min(width, height), main: element.matches(main) });
  }
  return found;
}"""


def faults_of(page: Page, rules: dict[str, object] | None = None) -> list[str]:
    """What axe finds by `rules` (all by default), with the first place of each."""
    expect(page.locator("main h1")).to_be_visible()
    found = Axe().run(page, options={"runOnly": rules or RULES}).response["violations"]
    return [f"{page.url}: {fault['id']}: {fault['nodes'][0]['html'][:200]}" for fault in found]


def barriers(page: Page) -> list[str]:
    """What axe finds in the light theme and then in the dark one."""
    found = []
    themes: list[tuple[Literal["light", "dark"], dict[str, object]]] = [("light", RULES), ("dark", COLOURS)]
    for theme, rules in themes:
        page.emulate_media(color_scheme=theme)
        expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
        found += [f"{theme}: {fault}" for fault in faults_of(page, rules)]
    return found


def too_small(page: Page) -> list[str]:
    """Targets under 24 px, and those that buyers press under 44."""
    return [
        f"{page.url}: {target['least']:.0f} px: {target['what']}"
        for target in page.evaluate(TARGETS)
        if target["least"] < (LEAST_MAIN if target["main"] else LEAST) - 0.5
    ]


def cramped(page: Page) -> list[str]:
    """What is wrong at this width: sideways scrolling, targets too small."""
    expect(page.locator("main h1")).to_be_visible()
    wide = sideways(page)
    return too_small(page) + ([f"{page.url}: {wide} px too wide"] if wide else [])


@pytest.fixture
def view(browser: Browser, house: House) -> Iterator[Callable[[int], BrowserContext]]:
    """A browser of a width, whose theme is the system's."""
    opened: list[BrowserContext] = []

    def open_view(width: int) -> BrowserContext:
        context = browser.new_context(
            base_url=house.url,
            locale="en-GB",
            timezone_id="Europe/Berlin",
            reduced_motion="reduce",
            color_scheme="light",
            viewport={"width": width, "height": 844},
            service_workers="block",
        )
        opened.append(context)
        return context

    yield open_view
    for context in opened:
        context.close()


CHECKS = pytest.mark.parametrize(
    ("width", "check"), [(1280, barriers), (320, cramped)], ids=["barriers", "cramped"]
)


@CHECKS
def test_pages_that_anybody_sees(
    width: int, check: Callable[[Page], list[str]], house: House, view: Callable[[int], BrowserContext]
) -> None:
    page = view(width).new_page()
    showtime = house.showtime()
    stage = Stage(house)
    faults: list[str] = []

    for path in [*OPEN_PAGES, f"/films/{showtime['movie']['id']}", f"/films/{stage.film()['id']}"]:
        page.goto(path)
        faults += check(page)

    assert faults == []


@CHECKS
def test_pages_of_a_purchase(
    width: int, check: Callable[[Page], list[str]], house: House, view: Callable[[int], BrowserContext]
) -> None:
    context = view(width)
    page = context.new_page()
    showtime = house.showtime()["id"]
    house.enter(context, house.new_guest())
    page.goto(f"/showtimes/{showtime}")
    page.get_by_text("Choose from a list").click()
    faults = check(page)

    booking = to_checkout(page, showtime)
    page.get_by_label("Code", exact=True).fill("no-such-code")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("#coupon-summary")).to_be_focused()
    faults += check(page)
    page.get_by_role("button", name=re.compile(r"^Pay ")).click()
    expect(page.locator(".ticket")).to_have_count(2)
    faults += check(page)
    page.get_by_role("button", name="Cancel this booking").click()
    faults += check(page)
    page.goto(f"/bookings/{booking}/seats")
    faults += check(page)

    assert faults == []


@CHECKS
def test_pages_of_an_account(
    width: int, check: Callable[[Page], list[str]], house: House, view: Callable[[int], BrowserContext]
) -> None:
    context = view(width)
    page = context.new_page()
    house.enter(context, house.new_guest())
    faults: list[str] = []

    for path in OWN_PAGES:
        page.goto(path)
        faults += check(page)
    page.goto("/profile")
    page.get_by_role("button", name="Delete account").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    faults += check(page)

    assert faults == []


@CHECKS
def test_pages_of_staff(
    width: int, check: Callable[[Page], list[str]], house: House, view: Callable[[int], BrowserContext]
) -> None:
    context = view(width)
    page = context.new_page()
    house.enter(context, house.staff("admin"))
    faults: list[str] = []

    for path in STAFF_PAGES:
        page.goto(path)
        faults += check(page)

    assert faults == []


def test_a_target_that_is_too_small_would_be_found(page: Page) -> None:
    page.goto("/sign-in")
    expect(page.locator("main h1")).to_be_visible()
    assert too_small(page) == []

    page.evaluate("document.querySelector('main button[type=submit]').style.minHeight = '0'")
    page.evaluate("document.querySelector('main button[type=submit]').style.padding = '0'")

    assert len(too_small(page)) == 1

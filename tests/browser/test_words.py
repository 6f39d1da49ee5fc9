"""No word outside the catalogues: every page in a language made of brackets, and what stands outside them."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from string import ascii_lowercase
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Error, Page, Response, Route, expect

from tests.browser.house import House

GUEST_PAGES = [
    "/", "/cinemas", "/sign-in", "/register", "/forgot-password", "/bookings", "/notifications", "/profile", "/offers",
    "/status", "/no-such-page",
]  # fmt: skip
STAFF_PAGES = [
    "/admin", "/admin/showtimes", "/admin/bookings", "/admin/check-in", "/scan", "/admin/box-office",
    "/admin/notifications", "/admin/audit",
    "/admin/cinemas", "/admin/cinemas/new", "/admin/auditoriums/new",
    "/admin/payments", "/admin/payments/close", "/admin/exports", "/admin/system",
    "/admin/showtimes/copy",
    "/admin/movies", "/admin/movies/new", "/admin/movies/import", "/admin/coupons", "/admin/coupons/new",
    "/admin/coupons/batch", "/admin/users", "/admin/users/new",
]  # fmt: skip
# Names that are the same in every language, and what Intl writes without a digit.
NAMES = {"lobbycard", "english", "deutsch", "français", "chrome", "linux"}
INTL = re.compile(
    r"^(mon|tue|wed|thu|fri|sat|sun|january|february|march|april|may|june|july|august|september|october|november"
    r"|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)[a-z]*$"
)
TEXTS = """() => {
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { parentElement, nodeValue } = walker.currentNode;
    if (!parentElement.closest("script, style, noscript, template, svg")) texts.push(nodeValue);
  }
  for (const element of document.querySelectorAll("[aria-label], [title], [placeholder], [alt]"))
    for (const name of ["aria-label", "title", "placeholder", "alt"]) texts.push(element.getAttribute(name) ?? "");
  return texts;
}"""


def bracketed(route: Route) -> None:
    """The English catalogue with every text in brackets; places for values stay."""
    words = json.loads(route.fetch().body())
    for key, entry in words.items():
        words[key] = (
            f"⟦{entry}⟧" if isinstance(entry, str) else {form: f"⟦{text}⟧" for form, text in entry.items()}
        )
    route.fulfill(json=words)


def values_in(answer: Any) -> set[str]:
    """Every text in a JSON answer, in small letters."""
    if isinstance(answer, dict):
        return set().union(*map(values_in, answer.values())) if answer else set()
    if isinstance(answer, list):
        return set().union(*map(values_in, answer)) if answer else set()
    return {answer.lower()} if isinstance(answer, str) else set()


def languages(page: Page) -> set[str]:
    """Names that the browser gives to languages."""
    codes = [first + second for first in ascii_lowercase for second in ascii_lowercase]
    script = "(codes) => codes.map((code) => new Intl.DisplayNames('en-GB', {type: 'language'}).of(code))"
    return {name.lower() for name in page.evaluate(script, codes)} - set(codes)


def stray_words(page: Page, data: set[str]) -> list[str]:
    """Texts with letters that are in no brackets, in no answer of the API, and neither date nor language."""
    left = []
    names = NAMES | languages(page)
    for text in page.evaluate(TEXTS):
        outside = re.sub(r"⟦[^⟦⟧]*(⟦[^⟦⟧]*⟧[^⟦⟧]*)*⟧", " ", text)
        for part in re.split(r"\s[·|,–-]\s|\n|, ", outside):
            plain = part.strip(" ·,.–-():%×…").lower()
            if not re.search(r"[a-zà-ÿ]{2}", plain) or re.search(r"\d", plain):
                continue
            if plain in names or INTL.match(plain) or any(plain in value for value in data):
                continue
            left.append(f"{page.url}: {plain}")
    return left


@pytest.fixture
def listening(page: Page) -> set[str]:
    """What the API told this page, which is data and no words of the pages."""
    data: set[str] = set()

    def note(answer: Response) -> None:
        if answer.url.endswith("/graphql") and "json" in (answer.headers.get("content-type") or ""):
            with suppress(Error):  # the page has gone on, and shows nothing of it
                data.update(values_in(answer.json()))

    page.on("response", note)
    return data


def test_every_word_of_the_pages_comes_from_a_catalogue(
    page: Page, context: BrowserContext, house: House, listening: set[str]
) -> None:
    context.route("**/i18n/*en.json", bracketed)
    showtime = house.showtime()
    strays: list[str] = []

    def look(path: str | None = None) -> None:
        if path:
            page.goto(path)
        expect(page.locator("main h1")).to_be_visible()
        strays.extend(stray_words(page, listening))

    look(f"/films/{showtime['movie']['id']}")
    look(f"/showtimes/{showtime['id']}")
    house.enter(context, house.new_guest())
    for path in GUEST_PAGES:
        look(path)
    house.enter(context, house.staff("admin"))
    for path in STAFF_PAGES:
        look(path)

    assert sorted(set(strays)) == []
    assert any("⟦" in text for text in page.evaluate(TEXTS)), "the bracketed language was not shown"


def test_a_word_outside_the_catalogues_would_be_found(
    page: Page, context: BrowserContext, listening: set[str]
) -> None:
    context.route("**/i18n/*en.json", bracketed)
    page.goto("/sign-in")
    expect(page.locator("main h1")).to_be_visible()

    page.evaluate("document.querySelector('main').append('Forgotten words')")

    assert stray_words(page, listening) == [f"{page.url}: forgotten words"]

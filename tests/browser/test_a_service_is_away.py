"""F15, page by page: whichever service is away, each page shows what is left, and comes back whole by itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.away import away
from tests.browser.house import House, Person
from tests.journeys.guests import Guest
from tests.system import RunningSystem, wait_until

RESTING = "This part is resting for a moment"
SAFE = "Bookings you have made are safe"
PROGRAMME = "#programme li"
SEATS = "Live,"
PAY = "Pay for your seats"
# What each page has to say while a service is away; {title} is the film's. What is not named here is whole.
ALL_ROOMS = """{ movies(first: 1) { nodes { id showtimes { id } } } cinemas(first: 1) { nodes { id } }
  showtimes(first: 1) { nodes { id } } }"""
WHOLE = {
    "home": PROGRAMME,
    "film": "Showtimes",
    "showtime": SEATS,
    "checkout": PAY,
    "bookings": "{title}",
    "ticket": "{title}",
    "profile": "Where you are signed in",
    "today": "Revenue",
}
LEFT = {
    "booking_service": {
        "home": "this is the programme as it was",
        "film": "The showtimes can’t be shown right now",
        "showtime": RESTING,
        "checkout": SAFE,
        "bookings": SAFE,
        "ticket": SAFE,
        "today": "does not answer right now",
    },
    "movie_service": {"film": "Its showtimes can."},
    "user_service": {"profile": RESTING},
    "payment_service": {"checkout": "Your seats stay held"},
    "cinema_service": {},
    "coupon_service": {},
    "notification_service": {},
}


@dataclass(frozen=True)
class Scene:
    """A guest with a held and a bought booking, and an administrator, each in a browser of their own."""

    guest: Page
    staff: Page
    title: str
    paths: dict[str, str]

    def shows(self, name: str, expected: str) -> None:
        """That the page called `name` is drawn and says what is expected of it."""
        page = self.staff if name == "today" else self.guest
        follow(page, self.paths[name])
        expect(page.locator("main h1")).to_be_visible()
        if expected == PROGRAMME:
            expect(page.locator(PROGRAMME).first).to_be_visible()
        else:
            expect(page.locator("main")).to_contain_text(expected.format(title=self.title))


def follow(page: Page, path: str) -> None:
    """Go there by a link of the page, as people do: the token in its memory goes along."""
    page.evaluate(
        "path => { const a = document.createElement('a'); a.href = path; document.body.append(a); a.click(); a.remove(); }",
        path,
    )
    page.wait_for_url(re.compile(re.escape(path) + r"(\?.*)?$"))


@pytest.fixture
def enter(browser: Browser, house: House) -> Iterator[Callable[[Person, str], Page]]:
    """Opens a browser of a person's own at a path."""
    opened: list[BrowserContext] = []

    def open_page(person: Person, path: str) -> Page:
        context = browser.new_context(
            base_url=house.url, locale="en-GB", timezone_id="Europe/Berlin", service_workers="block"
        )
        opened.append(context)
        house.enter(context, person)
        page = context.new_page()
        page.goto(path)
        expect(page.locator("main h1")).to_be_visible()
        return page

    yield open_page
    for context in opened:
        context.close()


@pytest.fixture
def scene(system: RunningSystem, house: House, enter: Callable[[Person, str], Page]) -> Scene:
    """Everybody is there before anything goes wrong."""
    person, showtime = house.new_guest(), house.showtime()
    held = house.hold(person, showtime["id"], house.best_seats(showtime["id"], 2))
    buyer = Guest(system, "", person.email, person.token)
    bought = buyer.buys(showtime["id"], house.best_seats(showtime["id"], 2))
    guest = enter(person, "/")
    expect(guest.locator(PROGRAMME).first).to_be_visible()
    staff = enter(house.staff("admin"), "/admin")
    expect(staff.locator("main")).to_contain_text("Revenue")
    paths = {
        "home": "/", "film": f"/films/{showtime['movie']['id']}", "showtime": f"/showtimes/{showtime['id']}",
        "checkout": f"/bookings/{held}/pay", "bookings": "/bookings", "ticket": f"/bookings/{bought}",
        "profile": "/profile", "today": "/admin",
    }  # fmt: skip
    return Scene(guest, staff, showtime["movieTitle"], paths)


@pytest.mark.parametrize("service", LEFT)
def test_each_page_shows_what_is_left_and_comes_back_whole(
    system: RunningSystem, scene: Scene, service: str
) -> None:
    with away(system, service):
        for name, whole in WHOLE.items():
            scene.shows(name, LEFT[service].get(name, whole))

    # A way that was closed for a while is tried again within seconds.
    wait_until(lambda: system.gql(ALL_ROOMS).errors == [], "every room answers again")
    # Away from the page last seen first: the same address would not be asked for again.
    for name in ("bookings", "profile", "home", "today"):
        scene.shows(name, WHOLE[name])


def test_who_comes_anew_sees_the_programme_without_the_cinemas(
    system: RunningSystem, browser: Browser, house: House
) -> None:
    context = browser.new_context(base_url=house.url, locale="en-GB", service_workers="block")
    page = context.new_page()
    with away(system, "cinema_service"):
        page.goto("/")

        expect(page.locator(PROGRAMME).first).to_be_visible()
    context.close()

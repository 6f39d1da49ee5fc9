"""The frame of the staff's pages: what each role finds, ways around by keyboard, parts that fail alone, nothing lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect

from tests.browser.house import House, Person, sideways
from tests.browser.test_every_page import faults_of

STAFF = ["Today", "Box office", "Check-in", "Showtimes", "Cinemas", "Bookings", "Messages"]
# What a role sees beyond the role below it.
MORE_OF_MANAGER: list[str] = ["Films", "Coupons", "Payments", "Exports"]
MORE_OF_ADMIN: list[str] = ["People", "Audit log", "System"]
SEEN = {
    "staff": STAFF,
    "manager": [*STAFF, *MORE_OF_MANAGER],
    "admin": [*STAFF, *MORE_OF_MANAGER, *MORE_OF_ADMIN],
}
# Draws into a page of staff with its own modules. Those that all pages share travel alone or within one script.
DRAW = """async (name) => {
  const root = document.querySelector('script[type=module]').src.replace(/[^/]*$/, '');
  const shared = [];
  for (const each of ['together.js', 'ui/html.js', 'core/state.js']) {
    const module = await import(root + each).catch(() => ({}));
    shared.push(module, ...Object.values(module));
  }
  const { html, render } = shared.find((each) => each.html && each.render);
  const { state, effect } = shared.find((each) => each.state && each.effect);
  const place = document.createElement('div');
  place.id = 'place';
  document.querySelector('main .page').append(place);
  const template = (MADE)(await import(root + name), html, state);
  effect(() => render(template(), place));
}"""


@pytest.fixture
def staff(house: House, signed_in: Callable[[Person], None]) -> Callable[[str], None]:
    """Signs the demo person of a role in."""
    return lambda role: signed_in(house.staff(role))


def draw(page: Page, module: str, made: str) -> None:
    """Put what the script `made` (of the modules and html) gives below the page."""
    page.evaluate(DRAW.replace("MADE", made), module)


def arrive(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.locator("main h1")).to_be_visible()


@contextmanager
def operations(page: Page, name: str, answer: Callable[[Route], None]) -> Iterator[None]:
    """Answers the operation `name` of the page otherwise meanwhile."""

    def one(route: Route) -> None:
        body: Any = route.request.post_data_json
        if isinstance(body, dict) and body.get("operationName") == name:
            answer(route)
        else:
            route.fallback()

    page.route("**/graphql", one)
    yield
    page.unroute("**/graphql", one)


@pytest.mark.parametrize("role", SEEN)
def test_the_rail_shows_a_role_its_pages_and_no_others(
    role: str, page: Page, staff: Callable[[str], None]
) -> None:
    staff(role)

    arrive(page, "/admin")

    rail = page.get_by_role("navigation", name="Staff pages", exact=True)
    assert sorted(rail.get_by_role("link").all_inner_texts()) == sorted(SEEN[role])
    expect(rail.get_by_role("link", name="Today")).to_have_attribute("aria-current", "page")


def test_a_page_above_a_role_is_refused_and_nothing_leads_there(
    page: Page, staff: Callable[[str], None]
) -> None:
    staff("staff")

    arrive(page, "/admin/showtimes")
    expect(page.get_by_role("link", name="Schedule a showtime")).to_have_count(0)
    page.goto("/admin/showtimes/new")

    expect(page.get_by_role("heading", level=1, name="Not for this account")).to_be_visible()


def test_guests_fetch_nothing_that_only_staff_need(page: Page) -> None:
    fetched: list[str] = []

    def note(request: Request) -> None:
        fetched.append(request.url)

    page.on("request", note)
    page.goto("/")
    expect(page.locator(".poster-card").first).to_be_visible()
    page.wait_for_load_state("networkidle")

    of_staff = [url for url in fetched if re.search(r"/admin/(?!routes\.js)|/staff\.|admin\.css", url)]
    assert any(url.endswith("/i18n/en.json") for url in fetched)
    assert of_staff == []


def test_the_first_tab_stop_leads_past_the_rail(page: Page, staff: Callable[[str], None]) -> None:
    staff("staff")
    arrive(page, "/admin/bookings")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    expect(page.get_by_label("Code, e-mail, phone, name or seat")).to_be_focused()


def test_control_k_leads_to_a_page_by_its_name(page: Page, staff: Callable[[str], None]) -> None:
    staff("staff")
    arrive(page, "/admin")

    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Page, or code of a booking")).to_be_focused()
    page.keyboard.type("chéck")
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1, name="Check-in")).to_be_focused()


def test_control_k_finds_a_booking_by_its_code(
    page: Page, house: House, staff: Callable[[str], None]
) -> None:
    guest, showtime = house.new_guest(), house.showtime()
    booking = house.booking(guest, house.hold(guest, showtime["id"], house.best_seats(showtime["id"], 1)))
    staff("admin")
    arrive(page, "/admin")

    page.get_by_role("button", name="Go to a page or booking").click()
    page.keyboard.type(booking["reference"])
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text(booking["reference"])


def test_arrows_choose_and_escape_gives_the_focus_back(page: Page, staff: Callable[[str], None]) -> None:
    staff("staff")
    arrive(page, "/admin")
    opener = page.get_by_role("button", name="Go to a page or booking")
    opener.focus()
    page.keyboard.press("Enter")

    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("listbox").get_by_role("option", selected=True)).to_contain_text("Box office")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("listbox").get_by_role("option", selected=True)).to_contain_text("Messages")
    page.keyboard.press("Escape")

    expect(opener).to_be_focused()


def test_another_cinema_keeps_the_page_and_stands_in_the_address(
    page: Page, staff: Callable[[str], None]
) -> None:
    staff("admin")
    arrive(page, "/admin/bookings?status=CONFIRMED")
    switcher = page.get_by_label("Cinema", exact=True)
    label = switcher.locator("option:not(:checked)").first.inner_text()

    switcher.select_option(label=label)

    expect(page).to_have_url(re.compile(r"/admin/bookings\?status=CONFIRMED&cinema="))
    page.reload()
    expect(switcher.locator("option:checked")).to_have_text(label)
    page.get_by_role("navigation", name="Staff pages", exact=True).get_by_role(
        "link", name="Showtimes"
    ).click()
    expect(page).to_have_url(re.compile(r"/admin/showtimes\?cinema="))
    expect(switcher.locator("option:checked")).to_have_text(label)


def test_a_list_that_fails_says_so_and_is_tried_again_alone(page: Page, staff: Callable[[str], None]) -> None:
    staff("admin")
    with operations(page, "FindBookings", lambda route: route.abort()):
        arrive(page, "/admin/bookings")
        failure = page.locator("main").get_by_role("alert")
        expect(failure).to_be_visible()
        expect(page.get_by_label("Code, e-mail, phone, name or seat")).to_be_visible()

    failure.get_by_role("button", name="Try again").click()

    expect(page.get_by_role("row").nth(1)).to_be_visible()
    expect(page.get_by_role("status").filter(has_text=re.compile(r"booking"))).to_be_visible()
    expect(failure).to_have_count(0)


def test_a_slow_part_leaves_the_rest_of_the_page_in_use(page: Page, staff: Callable[[str], None]) -> None:
    staff("admin")
    held: list[Route] = []
    with operations(page, "DayShowtimes", held.append):
        arrive(page, "/admin")
        expect(page.locator("#by-hour, .numbers").first).to_be_visible()
        expect(page.locator(".waiting")).to_be_visible()
    for route in held:
        route.fallback()

    expect(
        page.get_by_role("region", name="Showtimes", exact=True).or_(page.get_by_text("No showtimes"))
    ).to_be_visible()
    expect(page.locator(".waiting")).to_have_count(0)


def test_filters_stand_in_the_address_and_an_empty_answer_leads_on(
    page: Page, staff: Callable[[str], None]
) -> None:
    staff("admin")
    arrive(page, "/admin/bookings")

    page.get_by_label("Code, e-mail, phone, name or seat").fill("nobody@nowhere.example")
    page.get_by_role("button", name="Find").click()
    expect(page).to_have_url(re.compile("q=nobody"))
    expect(page.get_by_role("heading", name="No booking found")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Code, e-mail, phone, name or seat")).to_have_value("nobody@nowhere.example")
    page.get_by_role("search").get_by_role("link", name="Clear filters").click()

    expect(page.get_by_label("Code, e-mail, phone, name or seat")).to_have_value("")
    expect(page.get_by_role("row").nth(1)).to_be_visible()


def test_what_is_not_saved_is_left_only_after_a_question(page: Page, staff: Callable[[str], None]) -> None:
    staff("admin")
    arrive(page, "/admin/showtimes")
    page.get_by_role("link", name="Schedule a showtime").click()
    expect(page.get_by_role("heading", level=1, name="Schedule a showtime")).to_be_visible()
    question = page.get_by_role("dialog", name="Leave without saving?")
    page.get_by_label("Start").fill("21:15")
    expect(page.get_by_text("Not saved yet", exact=True)).to_be_visible()

    page.get_by_role("navigation", name="Staff pages", exact=True).get_by_role(
        "link", name="Bookings"
    ).click()
    expect(question).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Start")).to_have_value("21:15")
    page.go_back()
    expect(question).to_be_visible()
    question.get_by_role("button", name="Keep editing").click()
    expect(page).to_have_url(re.compile("/admin/showtimes/new"))
    expect(page.get_by_label("Start")).to_have_value("21:15")
    page.get_by_role("navigation", name="Staff pages", exact=True).get_by_role(
        "link", name="Bookings"
    ).click()
    question.get_by_role("button", name="Leave without saving").click()

    expect(page.get_by_role("heading", level=1, name="Bookings")).to_be_focused()


def test_another_language_reaches_the_words_of_staff_too(page: Page, staff: Callable[[str], None]) -> None:
    staff("staff")
    arrive(page, "/admin")

    page.locator("#footer-locale").select_option("de")

    expect(page.get_by_role("heading", level=1, name="Heute")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", level=1, name="Heute")).to_be_visible()


@pytest.fixture
def phone(browser: Browser, house: House) -> Iterator[BrowserContext]:
    """The narrowest phone, signed in as an administrator."""
    context = browser.new_context(
        base_url=house.url, locale="en-GB", viewport={"width": 320, "height": 700}, service_workers="block"
    )
    house.enter(context, house.staff("admin"))
    yield context
    context.close()


def test_on_a_phone_a_dock_leads_around_and_the_rest_is_behind_more(phone: BrowserContext) -> None:
    page = phone.new_page()
    arrive(page, "/admin")
    dock = page.get_by_role("navigation", name="Most used staff pages")
    expect(page.get_by_role("navigation", name="Staff pages", exact=True)).to_be_hidden()

    dock.get_by_role("link", name="Bookings").click()

    expect(page.get_by_role("heading", level=1, name="Bookings")).to_be_visible()
    expect(page.locator("td[data-label]").first).to_be_visible()
    assert sideways(page) == 0
    expect(page.locator("main")).to_have_css("margin-left", "0px")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_dialogs_and_charts_of_staff_have_no_barrier_that_axe_knows(
    theme: str, page: Page, staff: Callable[[str], None]
) -> None:
    staff("admin")
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    arrive(page, "/admin")
    draw(
        page,
        "admin/ui/charts.js",
        """({ heatTable, barChart }, html) => {
              const text = (share) => `${Math.round(share * 100)} %`;
              return () => html`
                ${heatTable({id: 'heat', heading: 'Heat', axis: 'Room', columns: ['18', '20'], text,
                  rows: [{label: 'One', cells: [0, 0.25]}, {label: 'Two', cells: [0.5, 0.7]},
                    {label: 'Three', cells: [1, null]}]})}
                ${barChart({id: 'bars', heading: 'Bars', axis: 'Hour', now: 'Now', before: 'Then', text: String,
                  bars: [{label: '18', value: 4, before: 2}, {label: '19', value: 0, before: 8}]})}`;
            }""",
    )
    faults = faults_of(page)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Page, or code of a booking")).to_be_focused()
    faults += faults_of(page)
    arrive(page, "/admin/showtimes/new")
    page.get_by_label("Start").fill("21:15")
    page.get_by_role("navigation", name="Staff pages", exact=True).get_by_role(
        "link", name="Bookings"
    ).click()
    expect(page.get_by_role("dialog", name="Leave without saving?")).to_be_visible()
    faults += faults_of(page)
    page.get_by_role("button", name="Leave without saving").click()
    page.get_by_role("rowheader").first.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1, name=re.compile("^Booking [A-Z0-9]"))).to_be_visible()
    faults += faults_of(page)

    assert faults == []


def test_a_chart_tells_the_same_numbers_as_a_table(page: Page, staff: Callable[[str], None]) -> None:
    staff("staff")
    arrive(page, "/admin")
    draw(
        page,
        "admin/ui/charts.js",
        """({ heatTable, barChart }, html) => () => html`
              ${barChart({id: 'bars', heading: 'Bars', axis: 'Hour', now: 'Now', before: 'Then', text: String,
                bars: [{label: '18', value: 4, before: 2}, {label: '19', value: 0, before: 8}]})}
              ${heatTable({id: 'heat', heading: 'Heat', axis: 'Room', columns: ['18', '20'], text: String,
                rows: [{label: 'One', cells: [0.2, null]}]})}`""",
    )

    page.locator("#place summary").click()

    rows = page.locator("#bars-table tbody tr")
    assert [" ".join(text.split()) for text in rows.all_inner_texts()] == ["18 4 2", "19 0 8"]
    drawn = page.locator("#place .bar").evaluate_all(
        "bars => bars.map(bar => Math.round(100 * bar.offsetHeight / bar.parentElement.offsetHeight))"
    )
    assert drawn == [25, 50, 100, 1]
    heat = page.get_by_role("region", name="Heat").last
    assert heat.get_by_role("cell").all_inner_texts() == ["0.2", "–"]


def test_chosen_rows_bring_up_what_can_be_done_with_them(page: Page, staff: Callable[[str], None]) -> None:
    staff("staff")
    arrive(page, "/admin")
    draw(
        page,
        "admin/ui/table.js",
        """({ dataTable }, html, state) => {
              const chosen = state(new Set());
              const rows = [{id: 'a', name: 'Ada'}, {id: 'b', name: 'Bo'}];
              const sort = {up: 'NAME', down: 'NAME_DESC'};
              const columns = [{label: 'Name', heading: true, cell: (row) => row.name, sort}];
              return () => dataTable({label: 'Names', columns, rows, query: new URLSearchParams('sort=NAME'),
                selection: {chosen, name: (row) => row.name, actions: (ids) => html`<b id="ids">${ids.join()}</b>`}});
            }""",
    )
    place = page.locator("#place")
    expect(place.get_by_role("group")).to_be_hidden()

    place.get_by_role("checkbox", name="Bo").check()
    expect(place.locator("#ids")).to_have_text("b")
    expect(place.get_by_role("status")).to_have_text("1 chosen")
    place.get_by_role("checkbox", name="Choose all rows shown").check()

    expect(place.locator("#ids")).to_have_text("a,b")
    expect(place.get_by_role("columnheader", name="Name")).to_have_attribute("aria-sort", "ascending")
    expect(place.get_by_role("link", name="Name")).to_have_attribute("href", re.compile("sort=NAME_DESC"))


def test_what_was_done_can_be_undone_for_as_long_as_nobody_closes_it(
    page: Page, staff: Callable[[str], None]
) -> None:
    staff("staff")
    arrive(page, "/admin")
    draw(
        page,
        "admin/ui/saved.js",
        """({ saved }, html, state) => {
              const undone = state('no');
              saved('Moved.', {undo: () => (undone.value = 'yes')});
              return () => html`<p id="undone">${undone.value}</p>`;
            }""",
    )

    page.get_by_role("status").get_by_role("button", name="Undo").click()

    expect(page.locator("#undone")).to_have_text("yes")
    expect(page.get_by_text("Moved.")).to_have_count(0)

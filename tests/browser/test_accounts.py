"""Signing in, staying signed in, and what belongs to an account."""

import re
from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from tests.browser.house import PASSWORD, House, Person


def sign_in(page: Page, email: str, password: str) -> None:
    """Sign in on the page that shows the form."""
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.locator("main").get_by_role("button", name="Sign in").click()


def test_a_wrong_password_is_told_in_the_summary_and_keeps_the_address(page: Page, house: House) -> None:
    person = house.new_guest()
    page.goto("/sign-in")

    sign_in(page, person.email, "not the right one")

    expect(page.get_by_role("alert")).to_contain_text("E-mail and password do not fit together.")
    expect(page.locator("#sign-in-summary")).to_be_focused()
    expect(page.get_by_label("E-mail")).to_have_value(person.email)


def test_somebody_signed_in_stays_so_over_a_reload_and_leaves_by_the_menu(page: Page, house: House) -> None:
    person = house.new_guest()
    page.goto("/sign-in?next=/bookings")
    sign_in(page, person.email, person.password)
    expect(page.get_by_role("heading", level=1, name="My bookings")).to_be_visible()

    page.reload()

    expect(page.get_by_role("heading", level=1, name="My bookings")).to_be_visible()
    page.locator("summary[aria-label='Menu']").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    page.goto("/bookings")
    expect(page.get_by_role("heading", level=1, name="Sign in")).to_be_visible()


def test_the_access_token_is_nowhere_a_script_could_find_it_later(page: Page, guest: Person) -> None:
    page.goto("/bookings")
    expect(page.get_by_role("heading", level=1, name="My bookings")).to_be_visible()

    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")

    assert "eyJ" not in kept
    assert "lobbycard_refresh" not in kept


def test_two_tabs_opened_at_once_both_stay_signed_in(page: Page, guest: Person) -> None:
    other = page.context.new_page()

    page.goto("/bookings", wait_until="commit")
    other.goto("/bookings", wait_until="commit")

    for tab in (page, other):
        expect(tab.get_by_role("heading", level=1, name="My bookings")).to_be_visible()
        tab.reload()
        expect(tab.get_by_role("heading", level=1, name="My bookings")).to_be_visible()


def test_revoking_a_session_signs_the_other_browser_out(
    page: Page, house: House, guest: Person, browser: Browser
) -> None:
    context = browser.new_context(base_url=house.url, locale="en-GB")
    house.enter(context, guest)
    other = context.new_page()
    other.goto("/bookings")
    expect(other.get_by_role("heading", level=1, name="My bookings")).to_be_visible()
    page.goto("/profile")

    others = page.get_by_role("button", name=re.compile("^Sign out: "))
    expect(others.first).to_be_visible()
    for left in range(others.count() - 1, -1, -1):
        others.first.click()
        expect(others).to_have_count(left)
    other.reload()

    expect(other.get_by_role("heading", level=1, name="Sign in")).to_be_visible()
    context.close()


def test_the_name_on_the_account_can_be_changed(page: Page, guest: Person) -> None:
    page.goto("/profile")
    page.get_by_label("Name", exact=True).fill("Ana Maria Guest")

    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("Saved.")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Ana Maria Guest")


def test_registering_with_a_known_address_points_to_the_field(page: Page, house: House) -> None:
    person = house.new_guest()
    page.goto("/register")
    page.get_by_label("Name").fill("Ana")
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)

    page.get_by_role("button", name="Create account").click()

    expect(page.get_by_role("alert")).to_contain_text("There is an account with this address already.")
    expect(page.get_by_label("E-mail")).to_have_attribute("aria-invalid", "true")


def test_words_change_with_the_language_and_stay_changed(page: Page) -> None:
    page.goto("/cinemas")

    page.get_by_label("Language").select_option("de")

    expect(page.get_by_role("heading", level=1, name="Kinos")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", level=1, name="Kinos")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "de")


def test_the_dark_theme_is_kept_and_there_before_the_first_paint(page: Page) -> None:
    page.goto("/cinemas")
    page.locator("summary[aria-label='Menu']").click()

    page.get_by_role("button", name="Theme: dark").click()

    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.reload(wait_until="commit")
    page.wait_for_selector("body", state="attached")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"


def test_staff_pages_are_absent_for_a_guest(page: Page, guest: Person) -> None:
    page.goto("/admin")

    expect(page.get_by_role("heading", level=1, name="Not for this account")).to_be_visible()
    expect(page.get_by_role("link", name="Staff")).to_have_count(0)


def test_a_manager_sees_the_day_and_finds_a_booking_by_its_code(
    page: Page, house: House, signed_in: Callable[[Person], None]
) -> None:
    signed_in(house.staff("admin"))
    page.goto("/admin")
    expect(page.get_by_text("Revenue").first).to_be_visible()
    page.get_by_role("link", name="Bookings", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Bookings")).to_be_visible()
    reference = page.get_by_role("rowheader").get_by_role("link").first
    expect(reference).to_be_visible()
    code = reference.inner_text()

    page.get_by_label("Code, e-mail, phone, name or seat").fill(code)
    page.get_by_role("button", name="Find").click()

    expect(page.get_by_role("status").filter(has_text=re.compile("^1 booking$"))).to_be_visible()
    page.get_by_role("link", name=code).click()
    expect(page.get_by_role("heading", level=1, name=f"Booking {code}")).to_be_visible()

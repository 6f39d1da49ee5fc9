"""The way in: managers and paste work, nobody learns who has an account, a wait says how long it is."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.house import LOGIN, House

FORMS = {
    "/sign-in": {"E-mail": "username", "Password": "current-password"},
    "/register": {
        "Name": "name",
        "E-mail": "username",
        "Password": "new-password",
        "Phone (optional)": "tel",
    },
    "/forgot-password": {"E-mail": "username"},
    "/reset-password?token=none": {"New password": "new-password"},
}


@pytest.mark.parametrize("path", FORMS)
def test_forms_tell_password_managers_and_phones_what_they_ask_for(page: Page, path: str) -> None:
    page.goto(path)
    form = page.locator("main form")

    for label, purpose in FORMS[path].items():
        field = form.get_by_label(label, exact=True)
        expect(field).to_have_attribute("autocomplete", purpose)
        if label == "E-mail":
            expect(field).to_have_attribute("type", "email")
    assert page.locator("main form [onpaste]").count() == 0


def test_a_password_can_be_shown_while_it_is_typed(page: Page) -> None:
    page.goto("/sign-in")
    password = page.get_by_label("Password")
    password.fill("a seat in the middle")
    show = page.get_by_role("button", name="Show what is typed")

    show.click()
    expect(password).to_have_attribute("type", "text")
    expect(show).to_have_attribute("aria-pressed", "true")
    expect(password).to_have_value("a seat in the middle")
    show.click()

    expect(password).to_have_attribute("type", "password")


def test_after_many_failures_the_wait_is_told_with_its_length(page: Page, house: House) -> None:
    person = house.new_guest()
    given = {"input": {"email": person.email, "password": "not the right one"}}
    for _ in range(12):
        if "RATE_LIMITED" in house.system.gql(LOGIN, given).codes:
            break
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password").fill("not the right one")

    page.locator("main").get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("alert")).to_contain_text(
        re.compile(r"You can try again in (one|\d+) (second|minute)")
    )
    expect(page.get_by_label("E-mail")).to_have_value(person.email)


def test_a_reset_link_is_answered_the_same_for_an_address_nobody_has(page: Page, house: House) -> None:
    answers = []
    for email in (house.new_guest().email, house.new_email()):
        page.goto("/forgot-password")
        page.get_by_label("E-mail").fill(email)
        page.locator("main form button[type=submit]").click()
        answers.append(page.locator("main").get_by_role("status").inner_text())

    assert answers[0] == answers[1] != ""


def test_a_wrong_pair_is_told_the_same_for_an_address_nobody_has(page: Page, house: House) -> None:
    answers = []
    for email in (house.new_guest().email, house.new_email()):
        page.goto("/sign-in")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password").fill("not the right one")
        page.locator("main").get_by_role("button", name="Sign in").click()
        expect(page.locator("#sign-in-summary")).to_be_focused()
        answers.append(page.get_by_role("alert").inner_text())

    assert answers[0] == answers[1] != ""

"""What people manage of themselves: how they are told, their data, a second factor, the end of the account."""

import base64
import hashlib
import hmac
import json
import re
import struct
import time
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.house import House, Person, to_checkout


def code_now(secret: str) -> str:
    """What an authenticator app shows (RFC 6238, SHA-1, 30 s, six digits)."""
    key = base64.b32decode(secret.replace(" ", "") + "=" * (-len(secret.replace(" ", "")) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def test_the_ways_of_being_told_are_kept(page: Page, guest: Person) -> None:
    page.goto("/profile")
    coupons = page.get_by_role("group", name="A coupon for you")

    coupons.get_by_label("E-mail").uncheck()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.reload()

    expect(coupons.get_by_label("E-mail")).not_to_be_checked()
    expect(coupons.get_by_label("Here on the site")).to_be_checked()
    expect(page.get_by_role("group", name="Held seats were released").get_by_role("checkbox")).to_have_count(
        1
    )


def test_all_that_is_kept_about_a_person_comes_as_a_file_with_their_bookings(
    page: Page, house: House, guest: Person, tmp_path: Path
) -> None:
    booking = to_checkout(page, house.showtime()["id"], count=1)
    page.goto("/profile")

    page.get_by_role("button", name="Prepare the file").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download your data").click()
    download.value.save_as(tmp_path / "data.json")

    kept = (tmp_path / "data.json").read_text()
    assert json.loads(kept)
    assert guest.email in kept
    assert house.booking(guest, booking)["reference"] in kept


def test_an_account_with_tickets_to_come_is_kept_until_they_are_used_or_cancelled(
    page: Page, house: House, guest: Person
) -> None:
    to_checkout(page, house.showtime()["id"], count=1)
    page.get_by_role("button", name=re.compile(r"^Pay ")).click()
    expect(page.locator(".ticket")).to_have_count(1)
    page.goto("/profile")

    page.get_by_role("button", name="Delete account").click()

    question = page.get_by_role("dialog")
    expect(question).to_contain_text("You still have a booking to come.")
    expect(question.get_by_role("button", name="Delete for good")).to_have_count(0)


def test_deleting_the_account_needs_the_password_and_ends_signed_out(
    page: Page, house: House, guest: Person
) -> None:
    page.goto("/profile")
    page.get_by_role("button", name="Delete account").click()
    question = page.get_by_role("dialog")

    question.get_by_label("Current password").fill("not the right one")
    question.get_by_role("button", name="Delete for good").click()
    expect(question.get_by_role("alert")).to_be_visible()
    question.get_by_label("Current password").fill(guest.password)
    question.get_by_role("button", name="Delete for good").click()

    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(guest.email)
    page.get_by_label("Password").fill(guest.password)
    page.locator("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("E-mail and password do not fit together.")


def test_staff_switch_on_a_second_factor_with_an_authenticator_app(page: Page, house: House) -> None:
    manager = house.staff("manager")
    house.enter(page.context, manager)
    page.goto("/profile")

    page.get_by_role("button", name="Set up").click()
    secret = page.locator("code").inner_text()
    page.get_by_label("Code from your authenticator app").fill(code_now(secret))
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_text("A code of your authenticator app is asked for at each sign-in.")).to_be_visible()

    page.get_by_role("heading", name="Second factor").locator("..").get_by_label("Current password").fill(
        manager.password
    )
    page.get_by_role("button", name="Switch off").click()
    expect(page.get_by_role("button", name="Set up")).to_be_visible()


def test_paid_seats_are_changed_for_others_and_the_old_ones_are_free_again(
    page: Page, house: House, guest: Person
) -> None:
    showtime = house.showtime()["id"]
    booking = to_checkout(page, showtime, count=2)
    page.get_by_role("button", name=re.compile(r"^Pay ")).click()
    expect(page.locator(".ticket")).to_have_count(2)
    before = [ticket["seat"]["id"] for ticket in house.booking(guest, booking)["tickets"]]
    others = [seat for seat in house.best_seats(showtime, 4) if seat not in before][:2]

    page.get_by_role("link", name="Change seats").click()
    for seat in before:
        page.locator(f"#seat-{seat}").click()
    expect(page.get_by_text("Choose 2 seats.")).to_be_visible()
    for seat in others:
        page.locator(f"#seat-{seat}").click()
    page.get_by_role("button", name="Change to these seats").click()

    expect(page.get_by_text("Your seats are changed.")).to_be_visible()
    after = house.booking(guest, booking)
    assert sorted(t["seat"]["id"] for t in after["tickets"] if t["status"] == "VALID") == sorted(others)
    page.goto(f"/showtimes/{showtime}")
    for seat in before:
        expect(page.locator(f"#seat-{seat}")).not_to_have_attribute("aria-disabled", "true")


def test_somebody_without_coupons_is_told_how_they_are_earned(page: Page, guest: Person) -> None:
    page.goto("/offers")

    expect(page.get_by_text("Your third, fifth and tenth paid booking earn one.")).to_be_visible()


def test_a_film_is_rated_by_those_who_saw_it_here(page: Page, house: House, guest: Person) -> None:
    page.goto(f"/films/{house.showtime()['movie']['id']}")

    page.get_by_text("Rate this film").click()
    page.get_by_label("Stars").select_option("4")
    page.get_by_role("button", name="Send").click()

    expect(page.get_by_role("alert")).to_contain_text("Films are rated by those who saw them here.")

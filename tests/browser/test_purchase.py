"""From nothing to a ticket at the door."""

import io
import re
from datetime import UTC, datetime, timedelta

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from tests.browser.house import PASSWORD, House, Person, choose_best_seats, to_checkout

TICKET = ".ticket"


def code_in(picture: bytes) -> str:
    """What a scanner reads in a picture."""
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    return found[0].text if found else ""


def test_a_stranger_registers_chooses_seats_pays_and_holds_a_ticket_that_scans(
    page: Page, house: House
) -> None:
    email = house.new_email()
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date()  # late in the evening today has no shows left
    page.goto(f"/?cinema=all&date={tomorrow}")
    film = page.locator(".poster-card").filter(has=page.locator("a.time:not(.off)")).first
    title = film.get_by_role("heading").inner_text()
    film.locator("a.time:not(.off)").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    page.get_by_role("button", name="Pick the best seats").click()
    expect(page.locator("#chosen-seats")).to_be_visible()
    chosen = page.locator("#chosen-seats").inner_text()

    page.get_by_role("button", name="Continue").click()
    page.locator("main").get_by_role("link", name="Create an account").click()
    page.get_by_label("Name").fill("Ana Guest")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.locator("#chosen-seats")).to_have_text(chosen)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name=re.compile(r"^Pay ")).click()

    expect(page.get_by_text("Paid. Your tickets are here.")).to_be_visible()
    expect(page.locator(TICKET)).to_have_count(2)
    person = Person(email, PASSWORD, signed_in_token(house, email))
    booking = house.booking(person, page.url.split("/bookings/")[1].split("?")[0])
    assert booking["status"] == "CONFIRMED"
    assert [ticket["seat"]["id"] for ticket in booking["tickets"]] == chosen.split(", ")
    for index, ticket in enumerate(booking["tickets"]):
        picture = page.locator(f"{TICKET} svg.qr").nth(index).screenshot()
        assert code_in(picture) == ticket["qrPayload"]


def signed_in_token(house: House, email: str) -> str:
    """A token for somebody who registered in the browser."""
    query = "mutation($i: LoginInput!) { login(input: $i) { tokens { accessToken } } }"
    answer = house.system.gql(query, {"i": {"email": email, "password": PASSWORD}})
    return str(answer.data["login"]["tokens"]["accessToken"])


def test_a_declined_card_keeps_the_seats_and_what_was_chosen(page: Page, house: House, guest: Person) -> None:
    booking_id = to_checkout(page, house.showtime()["id"])
    page.get_by_label("Wallet").check()
    page.get_by_label("Test payment").select_option("pm_declined")

    page.get_by_role("button", name=re.compile(r"^Pay ")).click()

    expect(page.get_by_role("alert")).to_contain_text("The payment was declined.")
    expect(page.get_by_role("alert")).to_contain_text("Your seats are still held.")
    expect(page.get_by_label("Wallet")).to_be_checked()
    expect(page.locator("#hold-left")).to_contain_text("Held for you")
    assert house.booking(guest, booking_id)["status"] == "HELD"

    page.get_by_label("Test payment").select_option("pm_success")
    page.get_by_role("button", name=re.compile(r"^Pay ")).click()

    expect(page.locator(TICKET)).to_have_count(2)


def test_a_double_click_on_pay_makes_one_payment(page: Page, house: House, guest: Person) -> None:
    booking_id = to_checkout(page, house.showtime()["id"])

    page.get_by_role("button", name=re.compile(r"^Pay ")).dblclick()

    expect(page.locator(TICKET)).to_have_count(2)
    assert [payment["status"] for payment in house.payments_of(booking_id)] == ["SUCCEEDED"]


def test_a_payment_that_the_bank_wants_confirmed_goes_on_after_the_confirmation(
    page: Page, house: House, guest: Person
) -> None:
    to_checkout(page, house.showtime()["id"])
    page.get_by_label("Test payment").select_option("pm_3ds")
    page.get_by_role("button", name=re.compile(r"^Pay ")).click()

    page.get_by_role("link", name="Go to the bank").click()
    page.get_by_role("button", name="Confirm").click()

    expect(page.locator(TICKET)).to_have_count(2)


def test_a_lost_answer_of_the_bank_is_told_as_it_is_and_ends_in_one_payment(
    page: Page, house: House, guest: Person
) -> None:
    booking_id = to_checkout(page, house.showtime()["id"])
    page.get_by_label("Test payment").select_option("pm_answer_lost")

    page.get_by_role("button", name=re.compile(r"^Pay ")).click()

    expect(page.get_by_role("heading", name="We are checking your payment")).to_be_visible()
    expect(page.locator(TICKET)).to_have_count(2, timeout=90_000)
    assert [payment["status"] for payment in house.payments_of(booking_id)] == ["SUCCEEDED"]


def test_a_reduced_ticket_and_a_wrong_coupon_change_the_sum_only_as_said(
    page: Page, house: House, guest: Person
) -> None:
    booking_id = to_checkout(page, house.showtime()["id"])
    full = page.locator("#total").inner_text()
    seat = house.booking(guest, booking_id)["tickets"][0]["seat"]["id"]

    page.get_by_label(seat).select_option("CHILD")
    expect(page.locator("#total")).not_to_have_text(full)
    reduced = page.locator("#total").inner_text()
    page.get_by_label("Code", exact=True).fill("no-such-code")
    page.get_by_role("button", name="Apply").click()

    expect(page.get_by_role("alert")).to_contain_text("There is no coupon with this code. Check the letters.")
    expect(page.locator("#total")).to_have_text(reduced)
    assert house.booking(guest, booking_id)["tickets"][0]["ticketType"] == "CHILD"


def test_cancelling_gives_back_what_was_shown_and_frees_the_seats_for_others(
    page: Page, house: House, guest: Person, browser: Browser
) -> None:
    showtime = house.showtime()
    to_checkout(page, showtime["id"])
    page.get_by_role("button", name=re.compile(r"^Pay ")).click()
    expect(page.locator(TICKET)).to_have_count(2)
    booking_id = page.url.split("/bookings/")[1].split("?")[0]
    seat = house.booking(guest, booking_id)["tickets"][0]["seat"]["id"]

    page.get_by_role("button", name="Cancel this booking").click()
    dialog = page.get_by_role("dialog")
    shown = dialog.locator("strong").inner_text()
    dialog.get_by_role("button", name="Yes, cancel it").click()

    expect(page.get_by_role("heading", name="This booking was cancelled")).to_be_visible()
    assert house.booking(guest, booking_id)["status"] == "CANCELLED"
    assert shown.startswith("You get ")
    other = browser.new_page(base_url=house.url, locale="en-GB")
    other.goto(f"/showtimes/{showtime['id']}")
    expect(other.locator(f"#seat-{seat}")).to_have_accessible_name(re.compile("free$"))
    other.close()


def test_a_ticket_prints_on_a_page_of_its_own(page: Page, house: House, guest: Person) -> None:
    to_checkout(page, house.showtime()["id"], count=2)
    page.get_by_role("button", name=re.compile(r"^Pay ")).click()
    expect(page.locator(TICKET)).to_have_count(2)

    printed = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))

    assert len(printed.pages) == 2


def test_the_hold_is_told_right_after_sleep_and_on_a_wrong_clock(
    page: Page, house: House, guest: Person
) -> None:
    page.clock.install(time="2031-05-05T12:00:00")
    to_checkout(page, house.showtime()["id"])
    expect(page.locator("#hold-left")).to_have_text("Held for you for about 10 minutes")

    page.clock.fast_forward(370_000)

    expect(page.locator("#hold-left")).to_have_text("Held for you for about 4 minutes")


def test_seats_chosen_before_signing_in_are_chosen_after_it(page: Page, house: House) -> None:
    person = house.new_guest()
    seats = choose_best_seats(page, house.showtime()["id"], count=3)

    page.get_by_role("button", name="Continue").click()
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password").fill(person.password)
    page.locator("main").get_by_role("button", name="Sign in").click()

    expect(page.locator("#chosen-seats")).to_have_text(", ".join(seats))


def test_somebody_who_runs_out_of_time_is_asked_and_given_more(
    page: Page, house: House, guest: Person
) -> None:
    page.clock.install()
    booking_id = to_checkout(page, house.showtime()["id"])
    expect(page.locator("#hold-left")).to_have_text("Held for you for about 10 minutes")
    page.clock.fast_forward(545_000)

    dialog = page.get_by_role("dialog", name="Need more time?")
    dialog.get_by_role("button", name="More time").click()

    expect(dialog).not_to_be_visible()
    expect(page.get_by_text("Your seats are held for longer.")).to_be_visible()
    assert house.booking(guest, booking_id)["status"] == "HELD"


@pytest.mark.slow
def test_seats_released_in_time_can_be_had_again(page: Page, house: House, guest: Person) -> None:
    showtime = house.showtime()
    with house.hold_minutes(showtime["cinema"]["id"], 1):
        booking_id = to_checkout(page, showtime["id"])
        seats = [ticket["seat"]["id"] for ticket in house.booking(guest, booking_id)["tickets"]]
        expect(page.get_by_role("heading", name="Your seats were released")).to_be_visible(timeout=120_000)

    page.get_by_role("button", name="Try the same seats again").click()

    expect(page).not_to_have_url(re.compile(booking_id))
    expect(page.locator("#hold-left")).to_contain_text("Held for you")
    again = house.booking(guest, page.url.split("/")[-2])
    assert [ticket["seat"]["id"] for ticket in again["tickets"]] == seats

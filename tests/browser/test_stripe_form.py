"""Paying where Stripe takes the money: its form on our page, a stand-in for its script, localstripe for its API."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import pytest
import requests
from playwright.sync_api import Browser, Page, Route, expect

from gateway.tests.small_graph import Served
from gateway.tests.small_graph import free_port as one_port
from tests.browser.house import House, Person, to_checkout
from tests.journeys.stripe_wire import StripeWire
from tests.system import RunningSystem, free_port
from tools.localstripe import localstripe
from tools.side_environment import NotMade

SCRIPT = Path(__file__).with_name("stripe_stand_in.js")
SECRET_KEY, PUBLISHABLE_KEY = "sk_test_0123456789", "pk_test_0123456789"
GOOD_CARD, DECLINED_CARD, ASKED_CARD = "4242424242424242", "4000000000000341", "4000002500003155"

SEATS = """query ($id: ID!) { showtime(id: $id) {
  prices { category ticketType price { amount } } seatMap { status seat { id category row x } }
} }"""

pytestmark = pytest.mark.timeout(1000)  # the first run installs localstripe

Enter = Callable[[Person], Page]


@pytest.fixture(scope="module")
def stripe() -> Iterator[str]:
    """localstripe on loopback."""
    try:
        with localstripe(one_port()) as address:
            yield address
    except NotMade as why:
        pytest.skip(f"localstripe can't be installed: {str(why).splitlines()[0]}")


@pytest.fixture(scope="module")
def cinema(stripe: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house whose payments go to Stripe."""
    wire = Served(StripeWire(stripe))
    settings = {
        "STRIPE_SECRET_KEY": SECRET_KEY,
        "STRIPE_PUBLISHABLE_KEY": PUBLISHABLE_KEY,
        "STRIPE_WEBHOOK_SECRETS": "whsec_of_this_test_0123456789",
        "STRIPE_API_BASE": wire.url,
        "PROVIDER_DEADLINE_SECONDS": "30",
        "UNANSWERED_AFTER_SECONDS": "0",
        "RECONCILE_EVERY_SECONDS": "2",
    }
    running = RunningSystem(tmp_path_factory.mktemp("stripe") / "home", free_port(), settings).start()
    yield House(running)
    running.stop()
    wire.stop()


@pytest.fixture
def enter(cinema: House, stripe: str, browser: Browser) -> Iterator[Enter]:
    """Opens a browser in which a person is signed in and Stripe's hosts are ours."""
    context = browser.new_context(base_url=cinema.url, locale="en-GB", service_workers="block")

    def api(route: Route) -> None:
        path = route.request.url.removeprefix("https://api.stripe.com")
        form = {name: text for name, text in parse_qsl(route.request.post_data or "") if name != "key"}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = requests.post(
            stripe + path, urlencode(form), auth=(SECRET_KEY, ""), headers=headers, timeout=10
        )
        route.fulfill(
            status=answer.status_code, body=answer.text, headers={"Access-Control-Allow-Origin": "*"}
        )

    context.route("https://js.stripe.com/**", lambda route: route.fulfill(path=SCRIPT))
    context.route("https://api.stripe.com/**", api)
    refused: list[str] = []

    def open_page(person: Person) -> Page:
        cinema.enter(context, person)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("console", lambda line: refused.append(line.text) if "Policy" in line.text else None)
        return page

    yield open_page
    context.close()
    assert refused == []


def pay_with(page: Page, card: str) -> None:
    """Type the card's number and press the button."""
    page.get_by_label("Card number").fill(card)
    page.get_by_role("button", name=re.compile(r"^Pay ")).click()


def test_a_card_typed_into_stripes_form_pays_for_the_seats(cinema: House, enter: Enter) -> None:
    guest = cinema.new_guest()
    page = enter(guest)
    booking_id = to_checkout(page, cinema.showtime()["id"])
    total = cinema.booking(guest, booking_id)["total"]

    expect(page.get_by_label("Card number")).to_be_visible()
    asked = page.evaluate("globalThis.stripeAsked")
    pay_with(page, GOOD_CARD)

    expect(page.locator(".ticket")).to_have_count(2)
    assert (asked["amount"], asked["currency"]) == (total["amount"], total["currency"].lower())
    assert asked["paymentMethodTypes"] == ["card"]
    assert [payment["status"] for payment in cinema.payments_of(booking_id)] == ["SUCCEEDED"]


def test_stripes_form_follows_the_total(cinema: House, enter: Enter) -> None:
    guest = cinema.new_guest()
    page = enter(guest)
    booking_id = to_checkout(page, cinema.showtime()["id"])
    expect(page.get_by_label("Card number")).to_be_visible()
    seat = cinema.booking(guest, booking_id)["tickets"][0]["seat"]["id"]
    full = page.evaluate("globalThis.stripeAsked.amount")

    page.get_by_label(seat).select_option("CHILD")
    page.wait_for_function("full => globalThis.stripeAsked.amount < full", arg=full)

    total = cinema.booking(guest, booking_id)["total"]["amount"]
    assert page.evaluate("globalThis.stripeAsked.amount") == total
    # A debit may take days: with Stripe nobody is offered one.
    expect(page.get_by_label("Bank transfer")).to_have_count(0)


def test_a_card_that_stripe_declines_keeps_the_seats_and_another_one_pays(
    cinema: House, enter: Enter
) -> None:
    guest = cinema.new_guest()
    page = enter(guest)
    booking_id = to_checkout(page, cinema.showtime()["id"])
    pay_with(page, "4242")
    expect(page.get_by_role("alert")).to_contain_text("Your card number is incomplete.")
    pay_with(page, DECLINED_CARD)

    expect(page.get_by_role("alert")).to_contain_text("Your seats are still held.")
    assert cinema.booking(guest, booking_id)["status"] == "HELD"
    pay_with(page, GOOD_CARD)

    expect(page.locator(".ticket")).to_have_count(2)


def test_a_card_whose_bank_asks_is_paid_with_once_the_payer_has_agreed(cinema: House, enter: Enter) -> None:
    page = enter(cinema.new_guest())
    booking_id = to_checkout(page, cinema.showtime()["id"])

    pay_with(page, ASKED_CARD)

    expect(page.locator(".ticket")).to_have_count(2)
    assert [payment["status"] for payment in cinema.payments_of(booking_id)] == ["SUCCEEDED"]


def test_who_comes_back_while_the_bank_is_asked_reads_that_the_payment_is_checked(
    cinema: House, enter: Enter
) -> None:
    """Where the bank sends people back to, `return_url` of the intent."""
    guest = cinema.new_guest()
    page = enter(guest)
    booking_id = to_checkout(page, cinema.showtime()["id"])
    page.route("https://api.stripe.com/**/_authenticate", lambda route: route.abort())
    pay_with(page, ASKED_CARD)
    expect(page.get_by_role("heading", name="We are checking your payment")).to_be_visible()

    page.goto(f"/bookings/{booking_id}")

    expect(page.get_by_role("heading", name="We are checking your payment")).to_be_visible()
    expect(page.locator(".ticket")).to_have_count(0)
    assert cinema.booking(guest, booking_id)["status"] == "PAYING"


def cheap_and_dear(cinema: House) -> tuple[str, str, str]:
    """A showtime, a seat of it that costs little, and one that costs more."""
    while True:
        showtime = cinema.showtime()["id"]
        facts = cinema.system.gql(SEATS, {"id": showtime}).data["showtime"]
        prices = {
            offer["category"]: offer["price"]["amount"]
            for offer in facts["prices"]
            if offer["ticketType"] == "ADULT"
        }
        seats = [place["seat"] for place in facts["seatMap"] if place["status"] == "AVAILABLE"]
        rows = {seat["row"] for seat in seats}
        # At the end of a row a seat leaves no single one behind.
        ends = [min((s for s in seats if s["row"] == row), key=lambda s: s["x"]) for row in sorted(rows)]
        free = sorted(
            (seat for seat in ends if seat["category"] in ("STANDARD", "PREMIUM", "RECLINER")),
            key=lambda seat: prices[seat["category"]],
        )
        if free and prices[free[0]["category"]] < prices[free[-1]["category"]]:
            return showtime, free[0]["id"], free[-1]["id"]


def test_a_change_to_a_dearer_seat_is_paid_with_the_same_form(cinema: House, enter: Enter) -> None:
    guest = cinema.new_guest()
    page = enter(guest)
    showtime, cheap, dear = cheap_and_dear(cinema)
    booking_id = cinema.hold(guest, showtime, [cheap])
    page.goto(f"/bookings/{booking_id}/pay")
    expect(page.get_by_label("Card number")).to_be_visible()
    pay_with(page, GOOD_CARD)
    expect(page.locator(".ticket")).to_have_count(1)

    # From page to page: the new one needs another policy than the document was served with.
    page.goto("/bookings")
    page.evaluate("path => history.pushState({}, '', path)", f"/bookings/{booking_id}/seats")
    page.evaluate("dispatchEvent(new PopStateEvent('popstate'))")
    page.locator(f"#seat-{cheap}").click()
    page.locator(f"#seat-{dear}").click()
    page.get_by_label("Card number").fill(GOOD_CARD)
    page.get_by_role("button", name="Change to these seats").click()

    expect(page.locator(".ticket")).to_contain_text(dear)
    assert {payment["status"] for payment in cinema.payments_of(booking_id)} == {"SUCCEEDED"}
    assert [ticket["seat"]["id"] for ticket in cinema.booking(guest, booking_id)["tickets"]] == [dear]


def test_a_form_that_cannot_be_loaded_is_told_and_charges_nothing(cinema: House, enter: Enter) -> None:
    page = enter(cinema.new_guest())
    page.route("https://js.stripe.com/**", lambda route: route.abort())
    booking_id = to_checkout(page, cinema.showtime()["id"])

    expect(page.get_by_role("alert")).to_contain_text("The card form could not be loaded.")
    expect(page.get_by_role("button", name=re.compile(r"^Pay "))).to_have_attribute("aria-disabled", "true")
    assert cinema.payments_of(booking_id) == []


def test_only_the_page_that_takes_the_money_loads_anything_from_elsewhere(
    cinema: House, enter: Enter
) -> None:
    page = enter(cinema.new_guest())
    elsewhere: list[str] = []
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith((cinema.url, "data:")) else elsewhere.append(request.url)
        ),
    )
    page.goto("/")
    expect(page.locator("main h1")).to_be_visible()
    page.goto("/profile")
    expect(page.locator("main h1")).to_be_visible()
    assert elsewhere == []

    to_checkout(page, cinema.showtime()["id"])
    expect(page.get_by_label("Card number")).to_be_visible()

    assert elsewhere == ["https://js.stripe.com/v3/"]

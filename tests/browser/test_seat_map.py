"""The room: live, by keyboard, honest about what is gone."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.house import House, Person, choose_best_seats

HOVERED = "document.activeElement?.id ?? ''"


def test_a_seat_held_in_one_browser_turns_in_the_other(page: Page, house: House, browser: Browser) -> None:
    showtime = house.showtime()
    [seat, *_] = house.best_seats(showtime["id"], 2)
    page.goto(f"/showtimes/{showtime['id']}")
    expect(page.locator("#live-status")).to_contain_text("Live")
    expect(page.locator(f"#seat-{seat}")).to_have_accessible_name(re.compile("free$"))

    house.hold(house.new_guest(), showtime["id"], house.best_seats(showtime["id"], 2))

    expect(page.locator(f"#seat-{seat}")).to_have_accessible_name(re.compile("being booked$"), timeout=5_000)
    expect(page.locator(f"#seat-{seat}")).to_have_attribute("aria-disabled", "true")


def test_a_chosen_seat_that_somebody_else_takes_leaves_the_choice_and_is_named(
    page: Page, house: House
) -> None:
    showtime = house.showtime()
    seats = choose_best_seats(page, showtime["id"], count=2)
    expect(page.locator("#live-status")).to_contain_text("Live")

    house.hold(house.new_guest(), showtime["id"], seats)

    expect(page.get_by_role("alert")).to_contain_text(" and ".join(seats))
    expect(page.get_by_text("Choose your seats")).to_be_visible()


def test_a_seat_is_chosen_by_keyboard_alone_with_one_tab_stop_for_the_room(page: Page, house: House) -> None:
    page.goto(f"/showtimes/{house.showtime()['id']}")
    grid = page.get_by_role("grid")
    expect(grid.locator("button[tabindex='0']")).to_have_count(1)
    grid.locator("button[tabindex='0']").focus()
    start = page.evaluate(HOVERED)

    page.keyboard.press("ArrowLeft")
    beside = page.evaluate(HOVERED)
    page.keyboard.press("ArrowRight")
    assert page.evaluate(HOVERED) == start
    page.keyboard.press("Space")

    assert beside != start
    expect(page.locator(f"#{start}")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#chosen-seats")).to_have_text(start.removeprefix("seat-"))
    expect(page.locator("#announcer")).to_contain_text("selected")


def test_seats_are_chosen_from_a_list_without_the_map(page: Page, house: House) -> None:
    page.goto(f"/showtimes/{house.showtime()['id']}")
    page.get_by_text("Choose from a list").click()

    wanted = page.get_by_label("2 seats together").input_value()
    page.get_by_role("button", name="Take these").click()

    expect(page.locator("#chosen-seats")).to_have_text(wanted.replace(",", ", "))


def test_a_choice_survives_a_reload(page: Page, house: House) -> None:
    seats = choose_best_seats(page, house.showtime()["id"], count=2)

    page.reload()

    expect(page.locator("#chosen-seats")).to_have_text(", ".join(seats))


def test_held_seats_are_changed_not_doubled(page: Page, house: House, guest: Person) -> None:
    showtime = house.showtime()
    first = choose_best_seats(page, showtime["id"], count=2)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1, name="Pay for your seats")).to_be_visible()
    booking = page.url

    page.get_by_role("link", name="Change seats").click()
    expect(page.locator("#chosen-seats")).to_have_text(", ".join(first))
    second = choose_best_seats(page, showtime["id"], count=3)
    page.get_by_role("button", name="Continue").click()

    expect(page).to_have_url(booking)
    tickets = house.booking(guest, booking.split("/")[-2])["tickets"]
    assert [ticket["seat"]["id"] for ticket in tickets] == second


def test_free_seats_are_at_least_44_pixels_on_a_phone_and_24_everywhere(
    browser: Browser, house: House
) -> None:
    path = f"/showtimes/{house.showtime()['id']}"
    for width, touch, least in ((390, True, 44), (1280, False, 24)):
        context = browser.new_context(
            base_url=house.url,
            viewport={"width": width, "height": 844},
            has_touch=touch,
            is_mobile=touch,
        )
        page = context.new_page()
        page.goto(path)
        seat = page.get_by_role("grid").locator("button:not(.sold)").first
        expect(seat).to_be_visible()

        box = seat.bounding_box()

        assert box is not None
        assert min(box["width"], box["height"]) >= least - 0.5, width
        context.close()

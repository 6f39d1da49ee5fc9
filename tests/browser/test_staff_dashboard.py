"""The dashboard: a sale elsewhere is seen at once, charts and tables and the database agree, parts fail alone."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.house import PAY, House, Person
from tests.browser.stage import Stage
from tests.browser.test_staff_frame import operations
from tests.system import wait_until

LIVE = "Connected: bookings appear as they change."


@pytest.fixture
def staff(house: House, signed_in: Callable[[Person], None]) -> Callable[[str], None]:
    """Signs the demo person of a role in."""
    return lambda role: signed_in(house.staff(role))


def bought(house: House, showtime: str, count: int = 1) -> dict[str, Any]:
    """A booking that somebody else has just paid for."""
    guest = house.new_guest()
    booking = house.hold(guest, showtime, house.best_seats(showtime, count))
    given = {"bookingId": booking, "method": "CARD", "paymentToken": "pm_success", "idempotencyKey": booking}
    assert house.system.gql(PAY, {"input": given}, token=guest.token).refusals("payBooking") == []
    return house.booking(guest, booking)


def rows_of(house: House, database: str, query: str, *values: object) -> list[tuple[Any, ...]]:
    """What a query of a service's own database answers."""
    path = f"file:{house.system.home}/databases/{database}.sqlite?mode=ro"
    with closing(sqlite3.connect(path, uri=True)) as connection:
        return connection.execute(query, values).fetchall()


def euros(text: str) -> int:
    """Cents of a sum as the page writes it."""
    return round(float(re.sub(r"[^\d.-]", "", text.replace("−", "-"))) * 100)


def figure(page: Page, name: str) -> Any:
    return (
        page.locator(".number")
        .filter(has=page.locator("dt", has_text=re.compile(f"^{name}$")))
        .locator(".value")
    )


@pytest.fixture
def scene(house: House) -> dict[str, str]:
    """A cinema of the test's own that has sold nothing yet: its id and that of a showtime."""
    stage = Stage(house)
    made = stage.room(["SSSSSSSSSSSS"])
    film = stage.film()
    return {**made, "showtime": stage.showtime(film["id"], made["room"], price=1150), "title": film["title"]}


def test_a_sale_elsewhere_raises_the_revenue_and_enters_the_feed(
    page: Page,
    house: House,
    staff: Callable[[str], None],
    scene: dict[str, str],
    record_property: Callable[[str, object], None],
) -> None:
    staff("admin")
    page.goto(f"/admin?cinema={scene['cinema']}")
    expect(page.get_by_text(LIVE)).to_be_visible()
    expect(page.get_by_role("heading", name="No sales yet today.")).to_be_visible()
    expect(figure(page, "Revenue")).to_have_text("€0.00")

    booking = bought(house, scene["showtime"], 2)
    paid_at = time.monotonic()

    expect(page.get_by_role("log").get_by_role("listitem").first).to_contain_text(booking["reference"])
    feed_seconds = time.monotonic() - paid_at
    expect(figure(page, "Revenue")).to_have_text("€23.00")
    record_property("revenue_seconds", round(time.monotonic() - paid_at, 2))
    record_property("feed_seconds", round(feed_seconds, 2))
    expect(figure(page, "Tickets")).to_have_text("2")
    expect(page.get_by_role("log")).to_contain_text("2 tickets")
    expect(page.get_by_role("region", name="Sales by film")).to_contain_text(scene["title"])


def test_every_chart_says_in_its_table_what_the_database_has(
    page: Page, house: House, staff: Callable[[str], None], scene: dict[str, str]
) -> None:
    for count in (1, 3):
        bought(house, scene["showtime"], count)
    sums = rows_of(
        house,
        "booking_db",
        "SELECT sold_hour, SUM(paid - refunded), SUM(ticket_count) FROM bookings "
        "WHERE cinema_id = ? AND state = 'CONFIRMED' GROUP BY sold_hour ORDER BY sold_hour",
        scene["cinema"],
    )
    assert sum(row[1] for row in sums) == 4600
    staff("admin")
    page.goto(f"/admin?cinema={scene['cinema']}")

    expect(figure(page, "Revenue")).to_have_text("€46.00")
    expect(figure(page, "Tickets")).to_have_text("4")
    for details in page.locator("details:has(> summary:text('as a table'))").all():
        details.locator("summary").click()
    by_hour = page.locator("#by-hour-table tbody tr").evaluate_all(
        "rows => rows.map((row) => [...row.children].map((cell) => cell.textContent))"
    )
    assert [(int(hour), euros(now), int(tickets)) for hour, now, _, tickets in by_hour] == sums
    by_day = page.locator("#by-day-table tbody tr").evaluate_all(
        "rows => rows.map((row) => [...row.children].map((cell) => cell.textContent))"
    )
    assert sum(euros(row[1]) for row in by_day) == 4600
    for chart, rows in (("by-hour", by_hour), ("by-day", by_day)):
        drawn = page.locator(f"section:has(#{chart}) .pair").evaluate_all(
            "bars => bars.map((bar) => bar.title)"
        )
        assert drawn == [f"{row[0]}: {row[1]} ({last_column(page, chart)}: {row[2]})" for row in rows]
    film = page.get_by_role("region", name="Sales by film").get_by_role("row").nth(1)
    assert euros(film.get_by_role("cell").first.inner_text()) == 4600


def last_column(page: Page, chart: str) -> str:
    """What the comparison of a chart is called."""
    return page.locator(f"#{chart}-table thead th").nth(2).inner_text()


def test_how_full_each_room_is_by_hour_equals_the_database(
    page: Page, house: House, staff: Callable[[str], None]
) -> None:
    stage = Stage(house)
    made, film = stage.room(["SSSSSSSSSSSS"]), stage.film()
    showtime = stage.showtime(film["id"], made["room"], hours=0.75)
    bought(house, showtime, 3)
    (hour, seats) = rows_of(
        house, "booking_db", "SELECT local_hour, seats_total FROM showtimes WHERE id = ?", showtime
    )[0]
    staff("admin")

    page.goto(f"/admin?cinema={made['cinema']}")

    heat = page.get_by_role("region", name="Occupancy by auditorium and hour")
    expect(heat.get_by_role("columnheader").nth(1)).to_have_text(f"{hour:02}:00")
    expect(heat.get_by_role("cell")).to_have_text([f"{round(100 * 3 / seats)}%"])


def test_the_feed_halts_to_be_read_and_goes_on_with_what_came(
    page: Page, house: House, staff: Callable[[str], None], scene: dict[str, str]
) -> None:
    staff("admin")
    page.goto(f"/admin?cinema={scene['cinema']}")
    expect(page.get_by_text(LIVE)).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused; nothing new so far.")).to_be_visible()

    booking = bought(house, scene["showtime"])

    expect(page.locator("#feed-state")).to_have_text(re.compile(r"Paused; \d changes? meanwhile\."))
    expect(figure(page, "Revenue")).to_have_text("€11.50")
    expect(page.get_by_role("log")).not_to_contain_text(booking["reference"])
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("log")).to_contain_text(booking["reference"])
    expect(page.get_by_text(LIVE)).to_be_visible()


def test_a_card_that_fails_is_tried_again_alone(
    page: Page, staff: Callable[[str], None], scene: dict[str, str]
) -> None:
    staff("admin")
    with operations(page, "SalesByDay", lambda route: route.abort()):
        page.goto(f"/admin?cinema={scene['cinema']}")
        failure = page.locator("main").get_by_role("alert")
        expect(failure).to_have_count(1)
        expect(figure(page, "Revenue")).to_be_visible()

    failure.get_by_role("button", name="Try again").click()

    expect(page.get_by_role("heading", name="Sales by day")).to_be_visible()
    expect(failure).to_have_count(0)


def test_staff_see_what_is_sold_and_no_money(page: Page, house: House, staff: Callable[[str], None]) -> None:
    me = house.system.gql("{ me { cinemaIds } }", token=house.staff("staff").token).data["me"]
    staff("staff")
    page.goto(f"/admin?cinema={me['cinemaIds'][0]}")

    expect(page.get_by_role("heading", name="Live")).to_be_visible()
    expect(page.get_by_role("heading", name="Wants attention")).to_be_visible()
    wait_until(lambda: page.locator(".waiting").count() == 0, "everything has come")
    text = page.locator("main").inner_text()
    assert "Revenue" not in text
    assert re.search(r"[€£$¥]\s?\d|\d\s?[€£$]", text) is None

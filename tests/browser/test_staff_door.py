"""The door: in once, told in words with time and door; by scanner, camera and typed code; with no connection too."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import segno
from PIL import Image
from playwright.sync_api import BrowserContext, BrowserType, Page, Request, Route, expect

from tests.browser.conftest import PATIENCE_MS
from tests.browser.house import House, Person, sideways
from tests.browser.stage import Stage
from tests.browser.test_every_page import faults_of
from tests.browser.test_staff_frame import operations

PAY = """mutation Pay($input: PayBookingInput!) {
  it: payBooking(input: $input) { booking { tickets { id code qrPayload seat { id } } } userErrors { code } } }"""
COUNTED = "query($id: ID!) { showtime(id: $id) { checkedIn ticketsSold } }"
CHECK_IN = """mutation($code: String, $door: String) {
  checkInTicket(code: $code, door: $door) { userErrors { code } } }"""
OVERRIDE = """mutation($code: String, $reason: String!) {
  overrideCheckIn(code: $code, reason: $reason) { userErrors { code } } }"""
# What a hand scanner does: keys in a burst, wherever the focus is.
BURST = """(text) => {
  for (const key of [...text, 'Enter']) {
    const target = document.activeElement ?? document.body;
    target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  }
}"""
ANSWER = "#door-answer"


class Evening:
    """A showtime that begins in an hour, with tickets sold to a guest."""

    def __init__(self, house: House, count: int = 3, hours: float = 1) -> None:
        stage, self.house = Stage(house), house
        self.film = stage.film()
        self.room = stage.room(["SSSSSSSS"] * 3)
        self.showtime = stage.showtime(self.film["id"], self.room["room"], hours=hours)
        guest = house.new_guest()
        booking = house.hold(guest, self.showtime, house.best_seats(self.showtime, count))
        given = {
            "bookingId": booking,
            "method": "CARD",
            "paymentToken": "pm_success",
            "idempotencyKey": booking,
        }
        answer = house.system.gql(PAY, {"input": given}, token=guest.token)
        assert answer.refusals("it") == []
        self.tickets: list[dict[str, Any]] = answer.data["it"]["booking"]["tickets"]

    @property
    def address(self) -> str:
        return f"/scan?cinema={self.room['cinema']}&showtime={self.showtime}"

    def counted(self) -> int:
        """Tickets that the server counts as in."""
        token = self.house.staff("admin").token
        answer = self.house.system.gql(COUNTED, {"id": self.showtime}, token=token)
        return int(answer.data["showtime"]["checkedIn"])


@pytest.fixture
def evening(house: House) -> Evening:
    return Evening(house)


@pytest.fixture
def admin(house: House, signed_in: Callable[[Person], None]) -> None:
    """Signs the demo administrator in, who may do what a manager of any cinema may."""
    signed_in(house.staff("admin"))


def arrive(page: Page, evening: Evening) -> None:
    """Open the door's page, with its list taken along."""
    page.goto(evening.address)
    expect(page.get_by_role("heading", level=1, name="Check-in")).to_be_visible()
    expect(page.locator("#door-counts")).to_have_text(re.compile(rf"^\d+ of {len(evening.tickets)} in$"))


def show(page: Page, text: str) -> None:
    page.get_by_label("Ticket code").fill(text)
    page.keyboard.press("Enter")


@pytest.mark.usefixtures("admin")
def test_the_same_ticket_twice_is_already_in_with_its_time_and_door(page: Page, evening: Evening) -> None:
    arrive(page, evening)
    page.get_by_label("This door,").fill("Door 2")
    code, seat = evening.tickets[0]["code"], evening.tickets[0]["seat"]["id"]

    show(page, code)
    expect(page.locator(ANSWER)).to_contain_text("Come in")
    expect(page.locator(ANSWER)).to_contain_text(f"One, {seat}")
    expect(page.locator(ANSWER)).to_contain_text("not in yet")
    expect(page.locator("#door-counts")).to_have_text("1 of 3 in")
    show(page, code)

    expect(page.locator(ANSWER)).to_contain_text(re.compile(r"Already in at \d\d:\d\d, Door 2"))
    expect(page.locator(f"{ANSWER} .door-answer")).to_have_class(re.compile(r"\bbad\b"))
    assert evening.counted() == 1


@pytest.mark.usefixtures("admin")
def test_after_garbage_the_next_ticket_goes_in(page: Page, evening: Evening) -> None:
    arrive(page, evening)

    show(page, "LC1.not.a.ticket")
    expect(page.locator(ANSWER)).to_contain_text("No ticket of ours")
    show(page, evening.tickets[0]["qrPayload"])

    expect(page.locator(ANSWER)).to_contain_text("Come in")


@pytest.mark.usefixtures("admin")
def test_a_hand_scanner_works_wherever_the_focus_is(page: Page, evening: Evening) -> None:
    arrive(page, evening)
    chosen = page.get_by_label("Showtime at this door")
    page.get_by_label("This door,").fill("Door 7")
    chosen.focus()

    page.evaluate(BURST, evening.tickets[0]["qrPayload"])
    expect(page.locator(ANSWER)).to_contain_text(evening.tickets[0]["seat"]["id"])
    expect(page.locator(ANSWER)).to_contain_text("Come in")
    page.locator("body").click(position={"x": 5, "y": 5}, force=True)
    page.evaluate(BURST, evening.tickets[1]["code"])

    expect(page.locator(ANSWER)).to_contain_text(evening.tickets[1]["seat"]["id"])
    expect(chosen).to_have_value(evening.showtime)
    expect(page.get_by_label("This door,")).to_have_value("Door 7")
    assert evening.counted() == 2


@pytest.mark.usefixtures("admin")
def test_another_screen_and_too_early_are_told_apart_from_no(
    page: Page, house: House, evening: Evening
) -> None:
    later = Evening(house, 1, hours=30)
    arrive(page, evening)

    show(page, later.tickets[0]["code"])
    expect(page.locator(f"{ANSWER} .door-answer.warn")).to_contain_text("Another showtime")
    expect(page.locator(ANSWER)).to_contain_text(later.film["title"])
    page.keyboard.press("Escape")
    page.get_by_label("Showtime at this door").select_option("")
    show(page, later.tickets[0]["code"])

    expect(page.locator(f"{ANSWER} .door-answer.warn")).to_contain_text("Too early")
    assert later.counted() == 0


@pytest.mark.usefixtures("admin")
def test_nothing_is_said_before_somebody_has_answered(page: Page, evening: Evening) -> None:
    arrive(page, evening)
    waiting: list[Route] = []

    with operations(page, "CheckIn", waiting.append):
        show(page, evening.tickets[0]["code"])
        expect(page.get_by_role("button", name="Check in")).to_have_attribute("aria-disabled", "true")
        expect(page.locator(f"{ANSWER} .door-answer")).to_have_count(0)
        waiting[0].continue_()

        expect(page.locator(ANSWER)).to_contain_text("Come in")


@pytest.mark.usefixtures("admin")
def test_a_supervisor_takes_back_and_lets_in_all_the_same_with_a_reason(page: Page, evening: Evening) -> None:
    arrive(page, evening)
    code = evening.tickets[0]["code"]
    show(page, code)
    expect(page.locator(ANSWER)).to_contain_text("Come in")

    page.get_by_role("button", name="Undo").click()
    page.get_by_label("Reason").fill("Wrong queue")
    page.keyboard.press("Enter")
    expect(page.locator("#door-counts")).to_have_text("0 of 3 in")
    assert evening.counted() == 0

    show(page, code)
    expect(page.locator(ANSWER)).to_contain_text("Come in")
    show(page, code)
    expect(page.locator(ANSWER)).to_contain_text("Already in")
    page.get_by_role("button", name="Let in all the same").click()
    page.get_by_label("Reason").fill("Was at the car")
    page.keyboard.press("Enter")

    expect(page.locator(ANSWER)).to_contain_text("Come in")
    assert evening.counted() == 1


def test_staff_see_no_override_and_the_service_refuses_it(
    page: Page, house: House, signed_in: Callable[[Person], None]
) -> None:
    staff = house.staff("staff")
    signed_in(staff)
    code = house.paid(house.new_guest(), 1)["tickets"][0]["code"]
    page.goto("/scan")
    expect(page.get_by_role("heading", level=1, name="Check-in")).to_be_visible()

    show(page, code)

    expect(page.locator(f"{ANSWER} .door-answer")).to_be_visible()
    expect(page.get_by_role("button", name="Close")).to_be_visible()
    expect(page.get_by_role("button", name="Let in all the same")).to_have_count(0)
    refused = house.system.gql(OVERRIDE, {"code": code, "reason": "a friend"}, token=staff.token)
    assert refused.codes == ["FORBIDDEN"]


@pytest.mark.usefixtures("admin")
def test_without_a_connection_the_list_answers_and_the_queue_is_handed_in_once(
    page: Page, context: BrowserContext, house: House, evening: Evening
) -> None:
    handed: list[Any] = []

    def note(request: Request) -> None:
        body: Any = request.post_data_json if request.method == "POST" else None
        if isinstance(body, dict) and body.get("operationName") == "SyncCheckIns":
            handed.append(body["variables"]["checkIns"])

    page.on("request", note)
    arrive(page, evening)
    one, two, three = evening.tickets
    context.set_offline(True)
    expect(page.locator("#door-line")).to_contain_text("Without connection")

    show(page, one["qrPayload"])
    expect(page.locator(ANSWER)).to_contain_text("Come in")
    expect(page.locator(ANSWER)).to_contain_text("not yet confirmed")
    show(page, two["code"])
    expect(page.locator(ANSWER)).to_contain_text(two["seat"]["id"])
    show(page, one["code"])
    expect(page.locator(ANSWER)).to_contain_text("Already in at")
    show(page, one["qrPayload"][:-4] + "AAAA")
    expect(page.locator(ANSWER)).to_contain_text("No ticket of ours")
    expect(page.locator("#door-waiting")).to_contain_text("2 admissions not yet confirmed")
    expect(page.locator("#door-counts")).to_have_text("2 of 3 in")
    assert evening.counted() == 0
    # Meanwhile the second guest went in by another door that had a connection.
    admin = house.staff("admin").token
    house.system.gql(CHECK_IN, {"code": two["code"], "door": "Door 9"}, token=admin)

    context.set_offline(False)

    expect(page.locator("#door-waiting")).to_contain_text("1 admission turned out wrong")
    expect(page.locator("#door-waiting")).to_contain_text("Door 9")
    expect(page.locator("#door-line")).to_contain_text("Connected")
    expect(page.locator("#door-counts")).to_have_text("2 of 3 in")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="I have seen this").click()
    expect(page.locator("#door-waiting")).not_to_contain_text("turned out wrong")
    show(page, three["code"])
    expect(page.locator("#door-counts")).to_have_text("3 of 3 in")
    assert [len(each) for each in handed] == [2]
    assert evening.counted() == 3


@pytest.mark.usefixtures("admin")
def test_what_waits_outlives_the_page(page: Page, context: BrowserContext, evening: Evening) -> None:
    arrive(page, evening)
    context.set_offline(True)
    show(page, evening.tickets[0]["code"])
    expect(page.locator("#door-waiting")).to_contain_text("1 admission not yet confirmed")
    page.goto("about:blank")
    context.set_offline(False)

    arrive(page, evening)

    expect(page.locator("#door-counts")).to_have_text("1 of 3 in")
    expect(page.locator("#door-waiting")).not_to_contain_text("not yet confirmed")
    assert evening.counted() == 1


@pytest.mark.usefixtures("admin")
def test_a_list_that_was_changed_on_its_way_is_not_used(
    page: Page, context: BrowserContext, evening: Evening
) -> None:
    def change(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace('"VALID"', '"USED"'))

    with operations(page, "DoorTickets", change):
        page.goto(evening.address)
        expect(page.locator("#door-waiting")).to_contain_text("without a good signature")
        context.set_offline(True)

        show(page, evening.tickets[0]["code"])

        expect(page.locator(ANSWER)).to_contain_text("no list")


@pytest.fixture
def camera(
    browser_type: BrowserType,
    browser_type_launch_args: dict[str, Any],
    browser_context_args: dict[str, Any],
    house: House,
    evening: Evening,
    tmp_path: Path,
) -> Iterator[Page]:
    """A browser of its own whose camera shows the QR code of the first ticket."""
    film = tmp_path / "camera.y4m"
    film.write_bytes(still(evening.tickets[0]["qrPayload"]))
    args = [
        *browser_type_launch_args["args"],
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]
    browser = browser_type.launch(**{**browser_type_launch_args, "args": args})
    context = browser.new_context(**browser_context_args)
    context.grant_permissions(["camera"], origin=house.url)
    house.enter(context, house.staff("admin"))
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    yield page
    browser.close()
    shutil.rmtree(tmp_path, ignore_errors=True)


def still(text: str) -> bytes:
    """A film of one picture, as browsers take it for a camera: Y4M, 640x480, a QR code in the middle."""
    width, height, border = 640, 480, 4
    rows = list(segno.make(text, error="l", micro=False).matrix_iter(border=border))
    code = Image.new("L", (len(rows), len(rows)))
    code.putdata([0 if dark else 255 for row in rows for dark in row])
    size = height // len(rows) * len(rows)
    picture = Image.new("L", (width, height), 255)
    picture.paste(
        code.resize((size, size), Image.Resampling.NEAREST), ((width - size) // 2, (height - size) // 2)
    )
    grey = bytes([128]) * (width * height // 4)
    frame = b"FRAME\n" + picture.tobytes() + grey + grey
    return b"YUV4MPEG2 W640 H480 F5:1 Ip A1:1 C420jpeg\n" + frame * 2


def test_the_camera_admits_and_goes_on_looking(camera: Page, evening: Evening) -> None:
    arrive(camera, evening)

    expect(camera.locator(ANSWER)).to_contain_text("Come in")
    expect(camera.locator(ANSWER)).to_contain_text(evening.tickets[0]["seat"]["id"])
    assert evening.counted() == 1
    camera.evaluate(BURST, evening.tickets[1]["code"])

    expect(camera.locator(ANSWER)).to_contain_text(evening.tickets[1]["seat"]["id"])


@pytest.mark.usefixtures("admin")
def test_without_a_camera_the_page_says_so_and_goes_on(page: Page, evening: Evening) -> None:
    arrive(page, evening)

    page.get_by_role("button", name="Start camera").click()

    expect(page.get_by_text(re.compile("no camera|may not use the camera"))).to_be_visible()
    show(page, evening.tickets[0]["code"])
    expect(page.locator(ANSWER)).to_contain_text("Come in")


@pytest.mark.usefixtures("admin")
@pytest.mark.parametrize("address", ["/scan", "/admin/check-in"])
def test_axe_finds_nothing_on_the_page_and_on_each_answer(
    page: Page, house: House, evening: Evening, address: str
) -> None:
    later = Evening(house, 1, hours=30)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto(evening.address.replace("/scan", address))
        expect(page.locator("#door-counts")).to_be_visible()
        assert faults_of(page) == []
        for text in ("LC1.not.a.ticket", later.tickets[0]["code"], evening.tickets[0]["code"]):
            show(page, text)
            expect(page.locator(f"{ANSWER} .door-answer")).to_be_visible()
            assert faults_of(page) == []
            assert sideways(page) == 0
            page.keyboard.press("Escape")
            expect(page.locator(f"{ANSWER} .door-answer")).to_have_count(0)

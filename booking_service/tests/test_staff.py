"""What staff do at the door, at the desk and on the telephone, and what wants their attention."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from booking_service.models import RefundDue
from booking_service.tests.builders import CINEMA, House, Siblings
from chassis.clock import SetClock
from chassis.testing import NOON, ServiceClient, as_user

STAFF = as_user("stan", "STAFF", (CINEMA,))
FOREIGN = as_user("fay", "STAFF", ("another-cinema",))
MANAGER = as_user("mona", "MANAGER", (CINEMA,))
STRANGER = as_user("sam", "MANAGER", ("elsewhere",))
LIST = """query($id: ID!) { doorList(showtimeId: $id) { showtimeId at expected checkedIn signature
  tickets { id code seatId ticketType status usedAt door } } }"""
SYNC = """mutation($id: ID!, $in: [QueuedCheckInInput!]!) { syncCheckIns(showtimeId: $id, checkIns: $in) {
  results { index outcome code message usedAt door ticket { id status } } showtime { checkedIn ticketsSold }
  userErrors { code } } }"""
CHECK_IN = """mutation($code: String, $show: ID, $door: String) {
  checkInTicket(code: $code, showtimeId: $show, door: $door) {
  ticket { id status } userErrors { code message } } }"""
SHOWN = """mutation($code: String) { checkInTicket(code: $code) {
  ticket { usedAt door } booking { showtime { id } } userErrors { code } } }"""
OVERRIDE = """mutation($code: String, $show: ID, $reason: String!) {
  overrideCheckIn(code: $code, showtimeId: $show, reason: $reason, door: "1") {
  ticket { status usedAt } userErrors { code } } }"""
NOTE = """mutation($id: ID!, $text: String!) { addBookingNote(bookingId: $id, text: $text) {
  booking { timeline { step outcome detail actor { id } } } userErrors { code field } } }"""
ATTENTION = """query($id: ID) { attention(cinemaId: $id) { kind since detail amount { amount currency }
  booking { id reference } } }"""
SELL = """mutation($in: HoldSeatsInput!, $method: PaymentMethod!, $given: MoneyInput, $reason: String) {
  sellAtBoxOffice(input: $in, method: $method, tendered: $given, reason: $reason) {
  booking { status total { amount } } change { amount currency } userErrors { code } } }"""


def tonight(house: House) -> tuple[str, str]:
    """A showtime that begins in an hour, and a paid booking of two seats."""
    showtime = house.a_showtime(in_hours=1)
    return showtime, house.sold(showtime, ["A1", "A2"])


def door_list(client: ServiceClient, showtime: str) -> dict[str, Any]:
    found: dict[str, Any] = client.data(LIST, {"id": showtime}, caller=STAFF)["doorList"]
    return found


def sync(client: ServiceClient, showtime: str, *queued: dict[str, Any]) -> list[dict[str, Any]]:
    payload = client.data(SYNC, {"id": showtime, "in": list(queued)}, caller=STAFF)["syncCheckIns"]
    assert payload["userErrors"] == []
    found: list[dict[str, Any]] = payload["results"]
    return found


def entries(house: House, action: str) -> list[dict[str, Any]]:
    return [fact for fact in house.facts("audit.recorded") if fact["action"] == action]


def test_a_scanner_takes_along_a_signed_list_of_what_was_sold(house: House, client: ServiceClient) -> None:
    showtime, _ = tonight(house)
    house.hold(showtime, ["B1", "B2"], by="ben")  # not paid: not expected

    found = door_list(client, showtime)

    assert (found["expected"], found["checkedIn"]) == (2, 0)
    assert [ticket["seatId"] for ticket in found["tickets"]] == ["A1", "A2"]
    published = client.get("/.well-known/tickets.json").get_json()["keys"][0]
    name, _, signature = found["signature"].partition(".")
    lines = ["LCL1", showtime, found["at"]] + [
        f"{one['id']} {one['code']} {one['seatId']} {one['ticketType']} {one['status']}"
        for one in found["tickets"]
    ]
    key = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(published["x"] + "=="))
    assert name == published["kid"]
    key.verify(base64.urlsafe_b64decode(signature + "=="), "\n".join(lines).encode())


def test_the_list_is_for_staff_of_the_cinema(house: House, client: ServiceClient) -> None:
    showtime, _ = tonight(house)

    assert client.error_codes(LIST, {"id": showtime}, caller=as_user("ana")) == ["FORBIDDEN"]
    assert client.error_codes(LIST, {"id": showtime}, caller=STRANGER) == ["NOT_FOUND"]
    queued = {"id": showtime, "in": [{"code": "X", "at": NOON.isoformat()}]}
    assert client.error_codes(SYNC, queued, caller=STRANGER) == ["NOT_FOUND"]


def test_admissions_made_offline_count_once_however_often_they_are_handed_in(
    house: House, client: ServiceClient
) -> None:
    showtime, _ = tonight(house)
    one, two = door_list(client, showtime)["tickets"]
    at = (NOON - timedelta(minutes=3)).isoformat()
    queued = [{"code": one["code"], "at": at, "door": "2"}, {"code": two["code"], "at": at, "door": "2"}]

    first = sync(client, showtime, *queued)
    again = sync(client, showtime, *queued)

    assert [line["outcome"] for line in first] == ["ADMITTED", "ADMITTED"]
    assert [line["outcome"] for line in again] == ["REPEATED", "REPEATED"]
    assert (first[0]["usedAt"], first[0]["door"], first[0]["ticket"]["status"]) == (at, "2", "USED")
    assert house.showtime(showtime).checked_in == 2
    assert len(entries(house, "ticket.check_in")) == 2


def test_two_people_on_one_ticket_are_a_conflict_that_is_written_down_once(
    house: House, client: ServiceClient
) -> None:
    showtime, booking_id = tonight(house)
    ticket = door_list(client, showtime)["tickets"][0]
    client.data(CHECK_IN, {"code": ticket["code"], "door": "1"}, caller=STAFF)
    queued = {"code": ticket["code"], "at": (NOON - timedelta(minutes=9)).isoformat(), "door": "2"}

    [first], [again] = sync(client, showtime, queued), sync(client, showtime, queued)

    assert (first["outcome"], first["code"], first["door"]) == ("CONFLICT", "TICKET_ALREADY_USED", "1")
    assert first["usedAt"] == again["usedAt"] == NOON.isoformat()
    assert house.showtime(showtime).checked_in == 1
    assert len(entries(house, "ticket.check_in_conflict")) == 1
    steps = client.data(NOTE, {"id": booking_id, "text": "seen"}, caller=STAFF)["addBookingNote"]["booking"][
        "timeline"
    ]
    assert [step["outcome"] for step in steps if step["step"] == "check_in"] == ["USED", "CONFLICT"]


def test_a_refusal_tells_of_the_ticket_that_was_shown_but_not_of_another_cinemas(
    house: House, client: ServiceClient
) -> None:
    showtime, _ = tonight(house)
    code = door_list(client, showtime)["tickets"][0]["code"]
    client.data(CHECK_IN, {"code": code, "door": "Door 2"}, caller=STAFF)

    again = client.data(SHOWN, {"code": code}, caller=STAFF)["checkInTicket"]
    elsewhere = client.data(SHOWN, {"code": code}, caller=FOREIGN)["checkInTicket"]
    unknown = client.data(SHOWN, {"code": "NOSUCHCODE"}, caller=STAFF)["checkInTicket"]

    assert again["userErrors"] == [{"code": "TICKET_ALREADY_USED"}]
    assert (again["ticket"]["usedAt"], again["ticket"]["door"]) == (NOON.isoformat(), "Door 2")
    assert again["booking"]["showtime"]["id"] == showtime
    nothing = {"ticket": None, "booking": None, "userErrors": [{"code": "TICKET_INVALID"}]}
    assert [elsewhere, unknown] == [nothing, nothing]


def test_what_the_server_knows_better_is_refused_one_by_one(
    house: House, client: ServiceClient, clock: SetClock
) -> None:
    showtime, _ = tonight(house)
    other = house.a_showtime(in_hours=6)
    house.sold(other, ["A1", "A2"], by="ben")
    foreign = door_list(client, other)["tickets"][0]
    good = door_list(client, showtime)["tickets"][0]
    ahead = (NOON + timedelta(hours=5)).isoformat()

    lines = sync(
        client, showtime, {"code": "NOSUCHCODE", "at": ahead}, {"code": foreign["code"], "at": ahead},
        {"code": good["code"], "at": ahead},
    )  # fmt: skip

    assert [(line["index"], line["outcome"], line["code"]) for line in lines] == [
        (0, "REFUSED", "TICKET_INVALID"), (1, "REFUSED", "WRONG_SHOWTIME"), (2, "ADMITTED", None),
    ]  # fmt: skip
    assert lines[2]["usedAt"] == NOON.isoformat()  # the scanner's clock ran ahead


def test_a_manager_lets_in_with_a_reason_what_the_door_refused(house: House, client: ServiceClient) -> None:
    early = house.a_showtime(in_hours=30)
    house.sold(early, ["A1", "A2"])
    code = door_list(client, early)["tickets"][0]["code"]
    refused = client.data(CHECK_IN, {"code": code}, caller=STAFF)["checkInTicket"]
    assert [error["code"] for error in refused["userErrors"]] == ["TOO_EARLY"]

    for reason in ("preview for the press", "went out to the car"):  # the second time it is in use
        done = client.data(OVERRIDE, {"code": code, "reason": reason}, caller=MANAGER)["overrideCheckIn"]
        assert (done["ticket"]["status"], done["userErrors"]) == ("USED", [])

    assert house.showtime(early).checked_in == 1
    told = [orjson.loads(entry["after"])["reason"] for entry in entries(house, "ticket.override_check_in")]
    assert told == ["preview for the press", "went out to the car"]


def test_an_override_needs_a_reason_a_manager_and_a_ticket_that_was_sold(
    house: House, client: ServiceClient
) -> None:
    showtime, booking_id = tonight(house)
    code = door_list(client, showtime)["tickets"][0]["code"]
    asked = {"code": code, "reason": "please"}

    assert client.error_codes(OVERRIDE, asked, caller=STAFF) == ["FORBIDDEN"]
    for caller, reason, expected in (
        (STRANGER, "please", "TICKET_INVALID"),
        (MANAGER, "  ", "REASON_REQUIRED"),
    ):
        payload = client.data(OVERRIDE, {**asked, "reason": reason}, caller=caller)["overrideCheckIn"]
        assert [error["code"] for error in payload["userErrors"]] == [expected]
    from booking_service.commands.cancel import cancel_booking

    cancel_booking(house.runtime, MANAGER, booking_id, reason="ill", expected=None)
    payload = client.data(OVERRIDE, asked, caller=MANAGER)["overrideCheckIn"]
    assert [error["code"] for error in payload["userErrors"]] == ["TICKET_VOID"]


def test_a_note_stands_in_the_timeline_with_who_wrote_it(house: House, client: ServiceClient) -> None:
    _, booking_id = tonight(house)

    payload = client.data(NOTE, {"id": booking_id, "text": " Needs the lift. "}, caller=STAFF)[
        "addBookingNote"
    ]

    step = payload["booking"]["timeline"][-1]
    assert step == {"step": "note", "outcome": "NOTED", "detail": "Needs the lift.", "actor": {"id": "stan"}}
    assert len(entries(house, "booking.note")) == 1


@pytest.mark.parametrize(
    ("caller", "text", "code"),
    [
        (STAFF, "  ", "NOTE_INVALID"),
        (STAFF, "x" * 501, "NOTE_INVALID"),
        (STRANGER, "hello", "BOOKING_UNKNOWN"),
    ],
)
def test_a_note_is_refused(house: House, client: ServiceClient, caller: Any, text: str, code: str) -> None:
    _, booking_id = tonight(house)

    payload = client.data(NOTE, {"id": booking_id, "text": text}, caller=caller)["addBookingNote"]

    assert [error["code"] for error in payload["userErrors"]] == [code]
    assert entries(house, "booking.note") == []


def test_the_desk_is_told_what_to_hand_back(house: House, client: ServiceClient) -> None:
    showtime = house.a_showtime(in_hours=1)

    def sell(seats: list[str], method: str, **more: Any) -> dict[str, Any]:
        wish = {"showtimeId": showtime, "seats": [{"seatId": seat} for seat in seats]}
        asked = {"in": wish, "method": method, **more}
        sold: dict[str, Any] = client.data(SELL, asked, caller=STAFF)["sellAtBoxOffice"]
        assert sold["userErrors"] == []
        return sold

    cash = sell(["A1", "A2"], "CASH", given={"amount": 5000, "currency": "EUR"})
    exact = sell(["A3", "A4"], "CASH")
    free = sell(["C1", "C2"], "COMP", reason="press")

    assert cash["change"] == {"amount": 5000 - cash["booking"]["total"]["amount"], "currency": "EUR"}
    assert (exact["change"], free["change"]) == (None, None)


def test_what_does_not_settle_by_itself_wants_attention(
    house: House, client: ServiceClient, siblings: Siblings, clock: SetClock
) -> None:
    showtime = house.a_showtime()
    pending = house.hold(showtime, ["A1", "A2"])
    siblings.silent = True
    house.pay(pending)
    stuck = house.hold(showtime, ["C1", "C2"], by="ben")
    assert client.data(ATTENTION, {"id": CINEMA}, caller=STAFF)["attention"] == []

    def owe(session: Any) -> None:
        due = {"payment_id": "p", "currency": "EUR", "reason": "r", "next_try_at": NOON}
        session.add(RefundDue(key="k1", booking_id=stuck, amount=700, tries=3, **due))
        session.add(RefundDue(key="k2", booking_id=stuck, amount=100, tries=1, **due))

    house.runtime.database.transact(owe)
    clock.advance(minutes=11)

    found = client.data(ATTENTION, {"id": CINEMA}, caller=STAFF)["attention"]

    assert [(item["kind"], item["booking"]["id"], item["amount"]["amount"]) for item in found] == [
        ("PAYMENT_PENDING", pending, 2100), ("REFUND_STUCK", stuck, 700),
    ]  # fmt: skip
    assert client.error_codes(ATTENTION, {"id": CINEMA}, caller=STRANGER) == ["FORBIDDEN"]
    assert client.data(ATTENTION, {"id": None}, caller=STRANGER)["attention"] == []
    assert client.data(ATTENTION, {"id": None}, caller=as_user("ada", "ADMIN"))["attention"] == found


FIND = (
    "query($q: String, $c: ID) { bookings(filter: {search: $q, cinemaId: $c}) { totalCount nodes { id } } }"
)


def test_a_caller_is_found_by_whatever_they_can_say(house: House, client: ServiceClient) -> None:
    from booking_service.models import UserCopy

    house.runtime.database.transact(
        lambda session: session.add(
            UserCopy(id="ana", email="ana@example.org", phone="+49 30 123456", name="Ana Müller")
        )
    )
    showtime, mine = tonight(house)
    other = house.sold(showtime, ["C1", "C2"], by="ben")
    reference = house.booking(mine).reference

    for said in (reference, reference.lower().replace("-", ""), "ana@example.org", "ANA@example", "+49 30 123456",
                 "123456", "muller", "a1", "A 1"):  # fmt: skip
        found = client.data(FIND, {"q": said}, caller=STAFF)["bookings"]
        assert [booking["id"] for booking in found["nodes"]] == [mine], said
        assert client.data(FIND, {"q": said}, caller=STRANGER)["bookings"]["totalCount"] == 0
    assert [one["id"] for one in client.data(FIND, {"q": "C2"}, caller=STAFF)["bookings"]["nodes"]] == [other]
    assert client.data(FIND, {"q": "nobody"}, caller=STAFF)["bookings"]["totalCount"] == 0
    assert client.data(FIND, {"q": "%"}, caller=STAFF)["bookings"]["totalCount"] == 0

"""Each booking keeps what was done for it, how often, when and why: for staff, who have to explain it."""

from __future__ import annotations

from booking_service.commands.refunds import pay_refunds_due
from booking_service.commands.settle import reconcile
from booking_service.tests.builders import CINEMA, House, Siblings
from chassis.clock import SetClock
from chassis.testing import ServiceClient, as_user

ANA = as_user("ana")
STAFF = as_user("sam", "STAFF", (CINEMA,))
TIMELINE = "query T($id: ID!) { booking(id: $id) { timeline { step attempt outcome detail at } } }"
CANCEL = "mutation C($id: ID!) { cancelBooking(bookingId: $id) { userErrors { code } } }"


def timeline(client: ServiceClient, booking_id: str) -> list[tuple[str, int, str]]:
    """(step, attempt, outcome) as staff see them."""
    steps = client.data(TIMELINE, {"id": booking_id}, caller=STAFF)["booking"]["timeline"]
    assert [step["at"] for step in steps] == sorted(step["at"] for step in steps)
    return [(step["step"], step["attempt"], step["outcome"]) for step in steps]


def why(client: ServiceClient, booking_id: str, outcome: str) -> str:
    steps = client.data(TIMELINE, {"id": booking_id}, caller=STAFF)["booking"]["timeline"]
    return next(step["detail"] for step in steps if step["outcome"] == outcome)


def test_staff_see_every_step_of_a_booking_and_the_guest_sees_none(
    house: House, client: ServiceClient
) -> None:
    booking_id = house.hold(house.a_showtime(), ["A1", "A2"])
    house.pay(booking_id, token="pm_declined", key="first")
    house.pay(booking_id, key="second")
    client.data(CANCEL, {"id": booking_id}, caller=ANA)

    assert timeline(client, booking_id) == [
        ("hold", 1, "HELD"),
        ("pay", 1, "PAYING"),
        ("charge", 1, "DECLINED"),
        ("pay", 2, "PAYING"),
        ("charge", 2, "SUCCEEDED"),
        ("confirm", 2, "CONFIRMED"),
        ("cancel", 1, "CANCELLED"),
        ("refund", 1, "DONE"),
    ]
    assert why(client, booking_id, "HELD") == "A1, A2"
    assert why(client, booking_id, "DECLINED") == "CARD_DECLINED"
    assert client.data(TIMELINE, {"id": booking_id}, caller=ANA)["booking"]["timeline"] is None


def test_a_payment_that_nobody_answers_for_is_one_line_that_counts(
    house: House, client: ServiceClient, siblings: Siblings, clock: SetClock
) -> None:
    booking_id = house.hold(house.a_showtime(), ["A1", "A2"])
    siblings.silent = True
    house.pay(booking_id)
    settling = siblings.answers.pop(("payment_service", "settlePayment"))
    for _ in range(3):
        clock.advance(seconds=20)
        reconcile(house.runtime)
    assert timeline(client, booking_id)[2:] == [("charge", 4, "UNANSWERED")]

    siblings.answers["payment_service", "settlePayment"] = settling
    reconcile(house.runtime)

    assert timeline(client, booking_id)[2:] == [
        ("charge", 4, "UNANSWERED"),
        ("charge", 1, "SUCCEEDED"),
        ("confirm", 1, "CONFIRMED"),
    ]
    assert why(client, booking_id, "SUCCEEDED") == "found by the reconciler"


def test_a_refund_that_has_to_be_tried_again_says_how_often_and_why(
    house: House, client: ServiceClient, siblings: Siblings, clock: SetClock
) -> None:
    booking_id = house.sold(house.a_showtime(), ["A1", "A2"])
    refunding = siblings.answers.pop(("payment_service", "refundForBooking"))
    client.data(CANCEL, {"id": booking_id}, caller=ANA)
    for _ in range(2):
        clock.advance(minutes=6)
        pay_refunds_due(house.runtime)
    siblings.answers["payment_service", "refundForBooking"] = refunding
    clock.advance(minutes=6)
    pay_refunds_due(house.runtime)

    assert timeline(client, booking_id)[-2:] == [("refund", 3, "FAILED"), ("refund", 4, "DONE")]
    assert "Unavailable" in why(client, booking_id, "FAILED")

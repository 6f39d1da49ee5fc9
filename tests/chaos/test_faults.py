"""One fault at one known moment: what the guest has afterwards. Every invariant is checked after each test."""

import signal

import pytest

from tests.chaos.scene import eventually
from tools.chaos.door import Door, register

SETTLED_SECONDS = 60  # the promise of docs/reliability.md
BROWSE = "{ showtimes(first: 5) { nodes { id movieTitle seatsAvailable } } }"


def captures_of(scene, booking_id):
    query = (
        "SELECT state, refunded_amount FROM simulated_charges WHERE booking_id = :id AND state = 'SUCCEEDED'"
    )
    return scene.rows("payment_service", query, id=booking_id)


@pytest.mark.parametrize(
    "point", ["booking.after_lock", "booking.before_claims", "booking.before_hold_commit"]
)
def test_a_seat_whose_buyer_was_lost_between_lock_and_claim_is_soon_for_sale(scene, point):
    """F01: given a kill after the Redis lock and before the claim, the seat is sellable and nothing was sold."""
    seat = scene.seat()
    _, token = register(scene.house, "Ben Stone")
    scene.arm(point)

    lost = scene.hold(seat)

    assert lost.field("holdSeats") is None
    assert scene.was_hit(point)
    assert (
        scene.rows("booking_service", "SELECT id FROM bookings WHERE user_id = :id", id=scene.user_id) == []
    )
    ben = Door(scene.house.url, token)
    eventually(lambda: (scene.hold(seat, ben).field("holdSeats") or {}).get("booking"), "Ben gets the seat")


@pytest.mark.parametrize("point", ["payment.after_provider", "payment.after_record", "booking.after_charge"])
def test_money_taken_before_a_crash_is_booked_without_being_asked_again(scene, point):
    """F03: given a kill between the provider's capture and our record, confirmed once or refunded; one capture."""
    booking_id = scene.held(scene.seat())
    scene.arm(point)

    scene.pay(booking_id)

    assert scene.was_hit(point)
    eventually(lambda: scene.is_(booking_id, "CONFIRMED"), "the reconciler settles it", SETTLED_SECONDS)
    assert len(captures_of(scene, booking_id)) == 1


@pytest.mark.parametrize("point", ["booking.before_confirm_commit", "booking.after_confirm_commit"])
def test_a_crash_around_the_confirmation_leaves_one_booking_and_one_event(scene, point):
    """F04: given a kill before and after the confirm commit and the webhook again, one booking, one outbox row."""
    booking_id, key = scene.held(scene.seat()), f"f04-{point}"
    scene.arm(point)

    scene.pay(booking_id, "pm_webhook_twice", key)

    assert scene.was_hit(point)
    eventually(
        lambda: (scene.pay(booking_id, "pm_webhook_twice", key).field("payBooking") or {}).get("booking", {}),
        "the same key has an answer",
    )
    eventually(lambda: scene.is_(booking_id, "CONFIRMED"), "it is confirmed", SETTLED_SECONDS)
    told = scene.rows("booking_service", "SELECT payload FROM outbox WHERE name = 'booking.confirmed'")
    assert sum(booking_id in row.payload for row in told) == 1
    assert len(captures_of(scene, booking_id)) == 1


@pytest.mark.parametrize("point", ["booking.before_refund_mark", "payment.after_provider_refund"])
def test_a_refund_is_paid_once_although_the_answer_to_it_was_lost(scene, point):
    """§1.5: given a kill between the refund and its mark, the money goes back once."""
    booking_id = scene.held(scene.seat())
    scene.pay(booking_id)
    scene.arm(point)

    scene.cancel(booking_id)

    assert scene.was_hit(point)
    eventually(lambda: scene.is_(booking_id, "CANCELLED"), "it is cancelled")
    query = "SELECT state FROM refunds_due WHERE booking_id = :id"
    eventually(
        lambda: [row.state for row in scene.rows("booking_service", query, id=booking_id)] == ["DONE"],
        "the refund is done",
    )
    [charge] = captures_of(scene, booking_id)
    assert charge.refunded_amount > 0


def test_a_silent_redis_costs_speed_and_neither_sales_nor_browsing(scene):
    """F08: given a Redis that neither answers nor refuses, requests answer, browsing goes on, no seat sells twice."""
    seat, other = scene.seat(), scene.seat()
    _, token = register(scene.house, "Ben Stone")
    ben = Door(scene.house.url, token)
    assert scene.house.signal("redis", signal.SIGSTOP)
    try:
        browsed = [Door(scene.house.url).ask(BROWSE) for _ in range(10)]
        first = scene.hold(seat).field("holdSeats")
        second = scene.hold(seat, ben).field("holdSeats")
        paid = scene.pay(first["booking"]["id"]).field("payBooking") if first and first["booking"] else None
        third = scene.hold(other, ben).field("holdSeats")
    finally:
        scene.house.signal("redis", signal.SIGCONT)

    assert all(answer.codes == () for answer in browsed)
    assert paid["booking"]["status"] == "CONFIRMED"
    assert [error["code"] for error in second["userErrors"]] == ["SEAT_TAKEN"]
    assert third["userErrors"] == []


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.timeout(400)
def test_sales_go_on_while_the_broker_is_down_and_what_happened_is_told_afterwards(real_scene):
    """F09: given a broker that is down under sales, sales continue and the outbox drains after its return."""
    scene = real_scene
    scene.crowd(6)
    eventually(lambda: scene.sold() > 2, "people buy")
    broker = scene.house.broker
    assert broker is not None

    broker.kill()
    sold_before = scene.sold()
    eventually(lambda: scene.sold() > sold_before + 5, "people buy without a broker")
    unsent = scene.rows("booking_service", "SELECT COUNT(*) AS n FROM outbox WHERE sent_at IS NULL")[0].n
    broker.start()

    assert unsent > 0
    scene.end()  # waits until every event has arrived, and checks


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_database_killed_under_load_loses_nothing_that_was_confirmed(real_scene):
    """F10: given kill -9 of the database under load, no acknowledged booking is lost and no service is restarted."""
    scene = real_scene
    scene.crowd(6)
    eventually(lambda: scene.sold() > 2, "people buy")
    leaders = {part: scene.house.leader(part) for part in scene.house.parts()}
    database = scene.house.database
    assert database is not None

    database.kill()
    sold_before = scene.sold()
    database.start()

    eventually(lambda: scene.sold() > sold_before + 5, "people buy again")
    assert {part: scene.house.leader(part) for part in scene.house.parts()} == leaders

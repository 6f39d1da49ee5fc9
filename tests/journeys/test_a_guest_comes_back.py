"""F02: the booking service is killed between the hold and the payment; the guest comes back to the same hold."""

import os
import signal

from tests.journeys.guests import HOLD, a_guest, a_showtime, free_block
from tests.system import wait_until

PATIENCE_SECONDS = 90
BOOKING = """query B($id: ID!) { booking(id: $id) {
  id status holdExpiresAt serverTime total { amount } tickets { seat { id } } } }"""


def test_after_a_kill_the_same_hold_with_the_time_that_is_left_is_there_and_can_be_paid(system):
    ana = a_guest(system)
    showtime_id = a_showtime(system)
    seats = free_block(system, showtime_id, 2)
    wish = {
        "showtimeId": showtime_id,
        "seats": [{"seatId": seat} for seat in seats],
        "idempotencyKey": "come back",
    }
    held = ana.ask(HOLD, {"input": wish}).data["holdSeats"]["booking"]
    before = system.pid("booking_service")

    os.killpg(before, signal.SIGKILL)
    wait_until(lambda: is_back(system, ana, held["id"], before), "booking answers again", PATIENCE_SECONDS)

    found = ana.ask(BOOKING, {"id": held["id"]}).data["booking"]
    again = ana.ask(HOLD, {"input": wish}).data["holdSeats"]
    assert found["status"] == "HELD"
    assert found["holdExpiresAt"] == held["holdExpiresAt"]
    assert found["serverTime"] < found["holdExpiresAt"]
    assert sorted(ticket["seat"]["id"] for ticket in found["tickets"]) == sorted(seats)
    assert (again["booking"]["id"], again["userErrors"]) == (held["id"], [])
    paid = ana.pay(held["id"]).data["payBooking"]
    assert paid["userErrors"] == []
    assert (paid["booking"]["status"], paid["booking"]["total"]) == ("CONFIRMED", held["total"])


def is_back(system, guest, booking_id, before):
    try:
        if system.pid("booking_service") == before:
            return False
    except FileNotFoundError:
        return False
    answer = guest.ask(BOOKING, {"id": booking_id})
    return not answer.errors and answer.data["booking"] is not None

"""Fifty people want the same seat at the same moment: one gets it, the others are told so. On both kinds of engines."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.journeys.guests import SEATS, a_guest, a_showtime, free_block

PEOPLE = 50


@pytest.mark.parametrize("engines", ["system", pytest.param("real_system", marks=pytest.mark.real)])
def test_one_of_fifty_gets_the_seat_and_the_others_are_refused(engines, request):
    running = request.getfixturevalue(engines)
    with ThreadPoolExecutor(PEOPLE) as crowd:
        guests = list(crowd.map(lambda number: a_guest(running, f"Guest {number}"), range(PEOPLE)))
        showtime_id = a_showtime(running)
        [seat] = free_block(running, showtime_id, 1)
        start = Barrier(PEOPLE)

        def reach_for_it(guest):
            start.wait()
            return guest.hold(showtime_id, [seat])

        answers = list(crowd.map(reach_for_it, guests))

    held = [answer for answer in answers if answer.data["holdSeats"]["booking"]]
    refused = [answer.refusals("holdSeats") for answer in answers if not answer.data["holdSeats"]["booking"]]
    assert len(held) == 1
    assert refused == [["SEAT_TAKEN"]] * (PEOPLE - 1)
    states = {
        state["seat"]["id"]: state["status"]
        for state in running.gql(SEATS, {"id": showtime_id}).data["showtime"]["seatMap"]
    }
    assert states[seat] == "HELD"


@pytest.mark.parametrize("engines", ["system", pytest.param("real_system", marks=pytest.mark.real)])
def test_a_party_gets_all_its_seats_or_none(engines, request):
    running = request.getfixturevalue(engines)
    first, second = a_guest(running), a_guest(running, "Ben Stone")
    showtime_id = a_showtime(running)
    four = free_block(running, showtime_id, 4)
    assert first.hold(showtime_id, four[:2]).refusals("holdSeats") == []

    answer = second.hold(showtime_id, four[1:])

    assert answer.data["holdSeats"]["booking"] is None
    assert [(error["code"], error["field"]) for error in answer.data["holdSeats"]["userErrors"]] == [
        ("SEAT_TAKEN", ["input", "seats", "0"])
    ]

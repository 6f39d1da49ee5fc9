"""Two people want seats that overlap: all of a party's or none. A crowd has a page of its own."""

import pytest

from tests.journeys.guests import a_guest, a_showtime, free_block


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

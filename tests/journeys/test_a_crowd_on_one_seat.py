"""A crowd reaches for the same seats, again and again: each time one has them, and nobody sees a failure."""

import pytest

from tests.journeys.crowd import Reach, rush, winners
from tests.journeys.guests import a_guest, a_showtime, free_block, showtimes

CLIENTS, ROUNDS = 200, 20
PEOPLE = 20  # with ten tabs each: what is measured is the seat, not the making of accounts
OVERLAPS = 50
GIVE_UP = "mutation G($id: ID!) { cancelBooking(bookingId: $id) { booking { status } userErrors { code } } }"
MAP = """query Map($id: ID!) { showtime(id: $id) {
  seatsAvailable seatMapVersion seatMap { seat { id row category x } status } } }"""
ENGINES = pytest.mark.parametrize("engines", ["system", pytest.param("real_system", marks=pytest.mark.real)])


def seen(system, showtime_id):
    answer = system.gql(MAP, {"id": showtime_id})
    assert answer.errors == [], answer.body
    return answer.data["showtime"]


def statuses(system, showtime_id):
    return {state["seat"]["id"]: state["status"] for state in seen(system, showtime_id)["seatMap"]}


def give_up(guest, booking_id):
    answer = guest.ask(GIVE_UP, {"id": booking_id})
    assert answer.data["cancelBooking"] == {"booking": {"status": "CANCELLED"}, "userErrors": []}, answer.body


def seven_in_a_row(system):
    """(showtime, seats): side by side, free, of one category."""
    for showtime_id in showtimes(system, seats=60):
        run = []
        seats = seen(system, showtime_id)["seatMap"]
        for state in sorted(seats, key=lambda s: (s["seat"]["row"], s["seat"]["x"])):
            seat = state["seat"]
            like = (seat["row"], seat["category"])
            follows = run and like == run[-1][1:3] and seat["x"] - run[-1][3] <= 1.01
            run = run if follows and state["status"] == "AVAILABLE" else []
            if state["status"] == "AVAILABLE" and seat["category"] not in ("ACCESSIBLE", "COMPANION"):
                run.append((seat["id"], *like, seat["x"]))
            if len(run) == 7:
                return showtime_id, [member[0] for member in run]
    raise AssertionError("no seven seats side by side are free")


@ENGINES
@pytest.mark.timeout(900)
def test_of_two_hundred_clients_on_one_seat_one_wins_in_each_of_twenty_rounds(engines, request):
    running = request.getfixturevalue(engines)
    guests = [a_guest(running, f"Guest {number}") for number in range(PEOPLE)]
    showtime_id = a_showtime(running)
    [seat] = free_block(running, showtime_id, 1)
    before = seen(running, showtime_id)

    for _ in range(ROUNDS):
        crowd = [guests[number % PEOPLE] for number in range(CLIENTS)]
        answers = rush(running, [Reach(guest, showtime_id, [seat]) for guest in crowd])

        assert {answer.status for answer in answers} == {200}
        assert [answer.errors for answer in answers if answer.errors] == []
        [winner] = winners(answers)
        lost = [answer.refusals("holdSeats") for place, answer in enumerate(answers) if place != winner]
        assert lost == [["SEAT_TAKEN"]] * (CLIENTS - 1)
        assert statuses(running, showtime_id)[seat] == "HELD"
        give_up(crowd[winner], answers[winner].data["holdSeats"]["booking"]["id"])

    after = seen(running, showtime_id)
    assert after["seatsAvailable"] == before["seatsAvailable"]
    assert after["seatMapVersion"] == before["seatMapVersion"] + 2 * ROUNDS  # held and freed, nothing else


@ENGINES
@pytest.mark.timeout(900)
def test_of_two_overlapping_choices_one_wins_and_the_losers_other_seats_are_free_at_once(engines, request):
    running = request.getfixturevalue(engines)
    ana, ben, cleo = (a_guest(running, name) for name in ("Ana", "Ben", "Cleo"))
    showtime_id, row = seven_in_a_row(running)
    sets = ((ana, row[:3]), (ben, row[2:5]))
    left = (row[3:5], row[:2])
    won = [0, 0]

    for turn in range(OVERLAPS):
        order = sets if turn % 2 == 0 else sets[::-1]
        answers = rush(running, [Reach(guest, showtime_id, seats) for guest, seats in order])

        assert {answer.status for answer in answers} == {200}
        [place] = winners(answers)
        assert answers[1 - place].refusals("holdSeats") == ["SEAT_TAKEN"]  # the one seat that both wanted
        winner = sets.index(order[place])
        won[winner] += 1
        other = cleo.hold(showtime_id, left[winner])
        assert other.refusals("holdSeats") == []
        give_up(order[place][0], answers[place].data["holdSeats"]["booking"]["id"])
        give_up(cleo, other.data["holdSeats"]["booking"]["id"])

    assert sum(won) == OVERLAPS
    assert {statuses(running, showtime_id)[seat] for seat in row} == {"AVAILABLE"}

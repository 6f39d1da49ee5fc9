"""People buy while everything dies: afterwards every seat is sold once, every payment matched, everybody told once."""

import pytest

from tools.chaos.report import as_text, not_hit
from tools.chaos.run import Wish, run
from tools.chaos.schedule import Fault
from tools.private_servers import NotInstalled

FLUSHES = 30


def survived(wish, folder):
    """The outcome of a run that has to be clean; else its report is shown."""
    try:
        outcome = run(wish, folder)
    except NotInstalled as missing:
        pytest.skip(f"no {missing}")
    assert outcome.is_clean, as_text(outcome)
    assert outcome.requests["pay ok"] > 0
    return outcome


@pytest.mark.timeout(480)
def test_half_a_minute_of_faults_breaks_no_invariant(tmp_path):
    outcome = survived(Wish(seconds=30, seed=30), tmp_path)

    assert outcome.faults.total() >= 10
    assert outcome.points


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_ten_minutes_of_faults_come_by_every_kill_point_and_break_no_invariant(tmp_path):
    outcome = survived(Wish(seconds=600, seed=600), tmp_path)

    assert not_hit(outcome) == []
    assert len(outcome.faults) >= 12


@pytest.mark.slow
@pytest.mark.real
@pytest.mark.timeout(1200)
def test_killing_database_and_broker_breaks_no_invariant(tmp_path):
    outcome = survived(Wish(seconds=180, seed=180, is_real=True), tmp_path)

    assert outcome.faults["kill database"] > 0
    assert outcome.faults["kill broker"] > 0


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_each_seat_is_sold_once_while_redis_is_emptied_every_second_under_200_clients(tmp_path):
    """F07: given FLUSHALL every second for 30 s under 200 clients on one showtime, I1 to I20 hold."""
    flushes = [Fault(at=1.0 + second, kind="flush redis") for second in range(FLUSHES)]

    outcome = survived(
        Wish(seconds=FLUSHES + 2, seed=7, guests=200, showtimes=1, seats=60, faults=flushes), tmp_path
    )

    assert outcome.faults["flush redis"] == FLUSHES

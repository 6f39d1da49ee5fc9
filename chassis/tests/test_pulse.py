"""How a process is doing: its latest requests, and what its health tells of them."""

from chassis.breaker import FAILURES, Breaker
from chassis.pulse import WINDOW_SECONDS, Pulse, Reading


def test_the_p95_is_what_ninety_five_of_a_hundred_do_not_exceed():
    pulse = Pulse()
    for milliseconds in range(1, 101):
        pulse.note(milliseconds / 1000, failed=milliseconds <= 25)

    assert pulse.read() == Reading(100, 95, 0.25)


def test_requests_of_long_ago_count_no_more():
    now = [0.0]
    pulse = Pulse(lambda: now[0])
    pulse.note(9.0, failed=True)
    now[0] = WINDOW_SECONDS + 1
    assert pulse.read() == Reading(0, None, None)

    pulse.note(0.002, failed=False)

    assert pulse.read() == Reading(1, 2, 0.0)


def test_a_breaker_tells_since_when_it_stands_so_and_what_failed_last():
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    assert breaker.told() == {"state": "closed", "since": None, "lastError": None}

    for _ in range(FAILURES):
        breaker.failed("ConnectTimeout")

    told = breaker.told()
    assert (told["state"], told["lastError"]) == ("open", "ConnectTimeout")
    assert told["since"] is not None
    breaker.succeeded()
    assert (breaker.told()["state"], breaker.told()["lastError"]) == ("closed", "ConnectTimeout")

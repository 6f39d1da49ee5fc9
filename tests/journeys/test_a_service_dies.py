"""F15: any one service is killed: the rest answers, the health says so, and it comes back.

How soon is a figure, not a test: `python -m tools.measure --recovery` gives it.
"""

import contextlib
import os
import signal
import subprocess

import pytest

from tests.system import wait_until
from tools.launcher.fleet import SERVICES

PATIENCE_SECONDS = 90
# One question for each service, all in one operation.
ALL_ROOMS = """{ movies(first: 2, sort: TITLE) { nodes { title } } cities me { id }
  showtimes(first: 2) { nodes { movieTitle } } paymentOptions { method } pushKey { publicKey }
  quoteCoupon(code: "NOBODY-KNOWS", subtotal: {amount: 100, currency: "EUR"}) { userErrors { code } } }"""
FIELD_OF = {
    "movie_service": "movies",
    "cinema_service": "cities",
    "user_service": "me",
    "booking_service": "showtimes",
    "payment_service": "paymentOptions",
    "notification_service": "pushKey",
    "coupon_service": "quoteCoupon",
}


@pytest.fixture(autouse=True)
def _all_is_well_before_and_after(system):
    wait_until(lambda: system.health()["status"] == "ok", "all is well", PATIENCE_SECONDS)
    yield
    wait_until(lambda: system.health()["status"] == "ok", "all is well again", PATIENCE_SECONDS)


def members(leader):
    found = subprocess.run(
        ["ps", "-eo", "pid=,pgid=,stat="], capture_output=True, text=True, check=True
    ).stdout
    rows = (line.split() for line in found.splitlines())
    # The dead that nobody has collected yet are no members.
    return [int(pid) for pid, group, state in rows if int(group) == leader and not state.startswith("Z")]


def kill(system, service):
    """SIGKILL to all of a service that runs just now."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it is down already
        os.killpg(system.pid(service), signal.SIGKILL)


def while_it_is_away(system, service):
    """(answer, health) from a moment in which `service` is down; it is killed again if it came back too soon."""
    seen = []

    def asked():
        kill(system, service)
        answer, health = system.gql(ALL_ROOMS), system.health()
        seen[:] = [answer, health]
        return answer.errors and health["status"] == "degraded"

    wait_until(asked, f"{service} is noticed to be away", PATIENCE_SECONDS)
    return seen


@pytest.mark.parametrize("service", [service.name for service in SERVICES])
def test_a_killed_service_leaves_the_others_answering_and_comes_back(system, service):
    answer, health = while_it_is_away(system, service)

    assert health["services"][service]["status"] != "ok"
    assert len(health["services"]) == 8
    assert answer.data[FIELD_OF[service]] is None
    assert answer.codes == ["SERVICE_UNAVAILABLE"]
    assert answer.errors[0]["path"] == [FIELD_OF[service]]
    others = set(FIELD_OF.values()) - {FIELD_OF[service], "me"}
    assert all(answer.data[field] is not None for field in others)
    wait_until(lambda: system.gql(ALL_ROOMS).errors == [], "every field answers again", PATIENCE_SECONDS)


@pytest.mark.parametrize("which", ["leader", "worker"])
def test_whichever_process_of_a_service_dies_the_whole_of_it_is_replaced(system, which):
    leader = system.pid("movie_service")
    before = members(leader)
    victim = leader if which == "leader" else next(pid for pid in before if pid != leader)

    os.kill(victim, signal.SIGKILL)

    wait_until(lambda: successor_of(system, "movie_service", leader), "it runs again", PATIENCE_SECONDS)
    assert len(before) == 2
    wait_until(lambda: members(leader) == [], "nothing of the old one is left", PATIENCE_SECONDS)


def test_the_workers_are_replaced_too(system):
    before = system.pid("workers")

    os.kill(before, signal.SIGKILL)

    wait_until(lambda: successor_of(system, "workers", before), "the workers run again", PATIENCE_SECONDS)


def successor_of(system, part, earlier):
    try:
        return system.pid(part) != earlier
    except FileNotFoundError:
        return False

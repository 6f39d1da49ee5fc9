"""Health: the gateway and each member in one answer, 200 as long as the gateway lives."""

from __future__ import annotations

from gateway.tests.conftest import OpenGateway
from gateway.tests.small_graph import SmallGateway


def test_all_well_is_ok_with_every_part_named(gateway: SmallGateway):
    answer = gateway.send("GET", "/health")

    assert answer.status == 200
    assert answer.json() == {
        "status": "ok",
        "services": {
            "gateway": {"status": "ok"},
            "authors": {"status": "ok"},
            "books": {"status": "ok"},
        },
    }


def test_one_stopped_part_is_degraded_and_no_error(gateway: SmallGateway):
    gateway.members["books"].served.stop()

    answer = gateway.send("GET", "/health")

    assert answer.status == 200
    assert answer.json()["status"] == "degraded"
    assert answer.json()["services"]["books"] == {"status": "unavailable"}
    assert answer.json()["services"]["authors"] == {"status": "ok"}


def test_a_part_that_is_degraded_itself_is_told_as_such(open_small: OpenGateway):
    gateway = open_small()
    gateway.members["books"].app.view_functions["health"] = lambda: {"status": "degraded"}

    report = gateway.send("GET", "/health").json()

    assert (report["status"], report["services"]["books"]["status"]) == ("degraded", "degraded")


def test_a_process_that_lives_is_live_even_without_members(gateway: SmallGateway):
    for member in gateway.members.values():
        member.served.stop()

    assert gateway.send("GET", "/live").json() == {"status": "ok"}
    assert gateway.send("GET", "/ready").status == 200

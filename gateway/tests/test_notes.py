"""What the gateway notices, laid where a page behind it can read it."""

from __future__ import annotations

from chassis import gateway_notes
from chassis.pulse import Pulse
from gateway.breaker import FAILURES_TO_OPEN, Breakers
from gateway.notes import NoteWriter


def test_a_note_tells_of_requests_and_of_breakers_since_when(redis_client):
    pulse, breakers = Pulse(), Breakers(["a", "b"])
    pulse.note(0.03, failed=False)
    pulse.note(0.05, failed=True)
    for _ in range(FAILURES_TO_OPEN):
        breakers.record("a", False, "ConnectTimeoutError")

    NoteWriter(redis_client, pulse, breakers).write()

    note = gateway_notes.latest(redis_client)
    assert note is not None
    assert (note["requests"], note["p95Milliseconds"], note["errorRate"]) == (2, 50, 0.5)
    assert (note["breakers"]["a"]["state"], note["breakers"]["a"]["lastError"]) == (
        "open",
        "ConnectTimeoutError",
    )
    assert note["breakers"]["a"]["since"] is not None
    assert note["breakers"]["b"] == {"state": "closed", "since": None, "lastError": None}


def test_without_redis_there_is_no_note_and_no_failure():
    writer = NoteWriter(None, Pulse(), Breakers([]))

    writer.start()
    writer.write()

    assert writer.note()["requests"] == 0

"""A pytest plugin: whatever any test makes a room publish has to suit the contract of that event.

It only looks: rows on their way into an outbox table are read from the statement's parameters.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, event

from tests.contracts.event_files import event_schemas, faults_of

_faults: list[str] = []
EXAMPLE_FRAME = {"id": "e", "occurredAt": "2026-11-21T12:00:00+00:00", "requestId": None, "actorId": None}


def payload_faults(name: str, version: int, payload: dict[str, Any]) -> list[str]:
    """What is wrong with a payload by its contract, each line beginning with the event's name."""
    envelope = {**EXAMPLE_FRAME, "name": name, "version": version, "payload": payload}
    return [f"{name}: {fault}" for fault in faults_of(envelope)]


@event.listens_for(Engine, "before_cursor_execute")
def _look(_connection: Any, _cursor: Any, statement: str, _values: Any, context: Any, _many: bool) -> None:
    if not statement.startswith(("INSERT INTO outbox", "INSERT INTO `outbox`")):
        return
    for row in context.compiled_parameters:
        # The frame's own tests publish events of no room; that each room's events have a contract is asked elsewhere.
        if (row["name"], row["version"]) in event_schemas():
            _faults.extend(payload_faults(row["name"], row["version"], json.loads(row["payload"])))


def forgive() -> None:
    """Forget what was published so far: a test that spoils the code on purpose is not about contracts."""
    _faults.clear()


@pytest.fixture(autouse=True)
def _published_events_suit_their_contracts() -> Iterator[None]:
    """Fails the test that published something else than the contract says."""
    _faults.clear()
    yield
    assert _faults == []

"""The event contracts as data: contracts/events/<name>.v<version>.json, JSON Schema with an example."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from tests.contracts.promises import ROOT

EVENTS = ROOT / "contracts" / "events"


@cache
def event_schemas() -> dict[tuple[str, int], dict[str, Any]]:
    """Schema of the whole envelope by (event name, version)."""
    found = {}
    for path in sorted(EVENTS.glob("*.json")):
        name, _, version = path.name.removesuffix(".json").rpartition(".v")
        found[name, int(version)] = json.loads(path.read_text(encoding="utf-8"))
    return found


def faults_of(envelope: dict[str, Any]) -> list[str]:
    """What is wrong with `envelope` by the contract of its event, in words; empty when nothing is."""
    schema = event_schemas().get((envelope.get("name", ""), envelope.get("version", 0)))
    if schema is None:
        return [f"no contract for {envelope.get('name')} version {envelope.get('version')}"]
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    return [f"{'/'.join(map(str, error.path))}: {error.message}" for error in validator.iter_errors(envelope)]


def example_of(name: str, version: int = 1) -> dict[str, Any]:
    """The example envelope of an event."""
    example: dict[str, Any] = event_schemas()[name, version]["examples"][0]
    return json.loads(json.dumps(example))

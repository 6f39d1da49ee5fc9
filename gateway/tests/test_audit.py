"""The shared federation audit, where it stands beside the checkout: every case, both ways in.

The subgraphs are the audit's own; they run in this process, so that the cases take seconds.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import orjson
import pytest

from gateway.engine import Engine, Refused, Subgraph
from gateway.execution.http_answer import HttpAnswer
from gateway.execution.transport import Call, Outcome, Transport
from gateway.tests.mesh import outgoing

AUDIT = Path(__file__).parents[3] / "shared" / "gateway-audit"
SUITES = sorted(path.stem for path in AUDIT.glob("suites/*.json"))
BEST_PEER_REQUESTS = 298
pytestmark = pytest.mark.skipif(not SUITES, reason="the shared federation audit is not beside the checkout")
counted: dict[str, int] = {}


def _module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"audit_{name}", AUDIT / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    written, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec.loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = written
    return module


class Emulated(Transport):
    """The audit's subgraphs of one suite, asked without a network."""

    def __init__(self, suite: Any) -> None:
        super().__init__()
        self._suite = suite
        self.requests = 0

    def exchange(self, calls: Sequence[Call]) -> list[Outcome]:
        """Their answers."""
        self.requests += len(calls)
        return [self._one(call) for call in calls]

    def _one(self, call: Call) -> Outcome:
        name = call.address.head.split(b" ", 2)[1].decode().lstrip("/")
        found = self._suite.subgraphs[name].answer(orjson.loads(call.body))
        return HttpAnswer(200, orjson.dumps(found, default=str), "application/json")


def _answer(engine: Engine, query: str) -> Any:
    try:
        prepared = engine.prepare(query, None, {})
    except Refused as refused:
        return {"errors": list(refused.errors)}
    return orjson.loads(engine.execute(prepared, {}, outgoing()).body)


@pytest.mark.parametrize("way", ["subgraphs", "supergraph"])
@pytest.mark.parametrize("suite", SUITES)
def test_every_case_of_a_suite_is_answered_as_expected(suite: str, way: str):
    emulator, runner = _module("emulator"), _module("run")
    text = (AUDIT / "suites" / f"{suite}.json").read_text().replace("{{BASE}}", "http://audit")
    cases = orjson.loads(text.replace("{{RANDOM_ID}}", "r1"))
    transport = Emulated(emulator.Suite(suite))
    if way == "subgraphs":
        engine = Engine.compose([Subgraph(**one) for one in cases["subgraphs"]], transport)
    else:
        engine = Engine.from_supergraph(cases["supergraph"], transport)

    for case in cases["tests"]:
        assert runner.judge(_answer(engine, case["query"]), case["expected"]) is None, case["query"]
    counted[f"{suite} {way}"] = transport.requests


@pytest.mark.parametrize("way", ["subgraphs", "supergraph"])
def test_all_suites_together_take_no_more_requests_than_the_best_peer(way: str):
    for suite in SUITES:
        if f"{suite} {way}" not in counted:
            test_every_case_of_a_suite_is_answered_as_expected(suite, way)

    assert sum(counted[f"{suite} {way}"] for suite in SUITES) <= BEST_PEER_REQUESTS

"""Runs a compiled plan: wave by wave, all requests of a wave at once, answers joined as they come.

The plan is only read. Whatever goes wrong with one request leaves null where its answer would have
been and one error that says so; the others go on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from gateway.execution.compiled import CompiledPlan, CompiledRequest, Entered
from gateway.execution.failures import ClientPath, Failures, client_path
from gateway.execution.http_answer import HttpAnswer
from gateway.execution.join import Tree, join, places, rename
from gateway.execution.shape import Shape
from gateway.execution.transport import Call, Outcome, Transport, joined_headers


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What one client request lends to the requests made for it.

    `headers` gives, for a subgraph's name, the headers to send to it. `deadline` is an instant of
    `time.monotonic`. `before` may forbid a request (an open breaker); `after` hears how it went.
    `unmask` lets every message of a subgraph through. `request_id` is put into every error.
    """

    headers: Callable[[str], tuple[tuple[bytes, bytes], ...]]
    deadline: float
    before: Callable[[str], bool] | None = None
    after: Callable[[str, bool], None] | None = None
    unmask: bool = False
    request_id: str | None = None


@dataclass(slots=True)
class Trouble:
    """Something to report once the tree is complete: an answer with errors, or none at all."""

    request: CompiledRequest
    entered: list[Entered]
    kind: str
    errors: list[Any] = field(default_factory=list)


@dataclass(slots=True)
class Run:
    """One execution of one plan."""

    send: Outgoing
    variables: Mapping[str, Any]
    tree: Tree = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)
    fetches: int = 0


class Executor:
    """Runs plans over one transport. Threads may share one."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def run(self, compiled: CompiledPlan, run: Run, first_wave: int = 0) -> None:
        """Fill the run's tree; what went wrong is in its troubles."""
        for wave in compiled.waves[first_wave:]:
            self._wave(wave, run)

    def _wave(self, wave: tuple[CompiledRequest, ...], run: Run) -> None:
        calls: list[Call] = []
        asked: list[tuple[CompiledRequest, list[Entered]]] = []
        for request in wave:
            built = request.build(run.tree, run.variables)
            if built is None:
                continue
            body, entered = built
            if run.send.before is not None and not run.send.before(request.service):
                run.troubles.append(Trouble(request, entered, "unavailable"))
                continue
            calls.append(call_of(request, body, run.send))
            asked.append((request, entered))
        if not calls:
            return
        run.fetches += len(calls)
        outcomes = self._transport.exchange(calls)
        for (request, entered), outcome in zip(asked, outcomes, strict=True):
            self._take(request, entered, outcome, run)

    def _take(self, request: CompiledRequest, entered: list[Entered], outcome: Outcome, run: Run) -> None:
        if not isinstance(outcome, HttpAnswer):
            answer, kind = None, "unavailable"
        else:
            if outcome.cookies:
                run.cookies.extend(outcome.cookies)
            answer, kind = read_answer(outcome)
        if run.send.after is not None:
            healthy = isinstance(outcome, HttpAnswer) and outcome.status < 500 and answer is not None
            run.send.after(request.service, healthy)
        if answer is None:
            run.troubles.append(Trouble(request, entered, kind))
            return
        self.accept(request, entered, answer, run)

    def accept(self, request: CompiledRequest, entered: list[Entered], answer: Tree, run: Run) -> None:
        """Join the answer of one request into the tree."""
        errors = answer.get("errors")
        if errors:
            listed = errors if isinstance(errors, list) else [errors]
            run.troubles.append(Trouble(request, entered, "errors", listed))
        data = answer.get("data")
        if not isinstance(data, dict):
            if data is not None or not errors:
                run.troubles.append(Trouble(request, entered, "malformed"))
            return
        if request.request.renamed:
            rename(data, dict(request.request.renamed))
        for visit in entered:
            self._join(request, visit, data, bool(errors), run)

    def _join(self, request: CompiledRequest, entered: Entered, data: Tree, excused: bool, run: Run) -> None:
        name = entered.visit.answer
        if name is None:
            own = {key: value for key, value in data.items() if not key.startswith("_e")}
            for target in entered.objects[0]:
                join(target, own)
            return
        found = data.get(name)
        if not isinstance(found, list):
            if entered.objects and not excused:
                run.troubles.append(Trouble(request, [entered], "malformed"))
            return
        # Fewer items than were asked for leave the rest null.
        for item, targets in zip(found, entered.objects, strict=False):
            if type(item) is not dict:
                continue
            for target in targets:
                if target.keys().isdisjoint(item):  # as `join` would, without the call
                    target.update(item)
                else:
                    join(target, item)


def call_of(request: CompiledRequest, body: bytes, send: Outgoing) -> Call:
    """The call for a request, within the subgraph's deadline and that of the whole."""
    deadline = min(send.deadline, time.monotonic() + request.deadline_seconds)
    headers = b"Accept: application/json\r\n" + joined_headers(send.headers(request.service))
    return Call(request.address, headers, body, deadline, request.repeatable)


def read_answer(outcome: HttpAnswer) -> tuple[Tree | None, str]:
    """The GraphQL answer in an HTTP answer, or None and what kind of trouble it is."""
    try:
        answer = orjson.loads(outcome.body)
    except orjson.JSONDecodeError:
        answer = None
    if isinstance(answer, dict) and ("data" in answer or "errors" in answer):
        return answer, ""
    return None, "unavailable" if outcome.status >= 500 else "malformed"


def report(run: Run, shape: Shape, failures: Failures) -> None:
    """Turn the troubles of a run into errors with paths in the client's terms."""
    for trouble in run.troubles:
        if trouble.kind == "errors":
            for said in trouble.errors:
                _report_one(trouble, said if isinstance(said, dict) else {}, run, shape, failures)
            continue
        for path in _where(trouble, run, shape):
            if trouble.kind == "malformed":
                failures.malformed(path, trouble.request.service)
            else:
                failures.unavailable(path, trouble.request.service)


def _where(trouble: Trouble, run: Run, shape: Shape) -> list[ClientPath]:
    """Where an answer is missing: each root field, or the first object of each visit."""
    found: list[ClientPath] = []
    for entered in trouble.entered:
        fetch = entered.visit.fetch
        if fetch.as_type is None and not fetch.path:
            keys = {field.key: field.response for field in shape.fields(shape.type.name)}
            asked = trouble.request.root_keys
            found.extend([keys[key]] for key in asked if key in keys)
            continue
        if not entered.objects:
            continue
        place = next((place for place, _ in places(run.tree, fetch.path)), [])
        found.append(client_path(shape, place, run.tree))
    return found


def _report_one(trouble: Trouble, said: Tree, run: Run, shape: Shape, failures: Failures) -> None:
    raw = said.get("path")
    renamed = trouble.request.request.renamed
    path = [renamed.get(p, p) if isinstance(p, str) else p for p in raw] if isinstance(raw, list) else []
    if not path:  # about the request as a whole
        for where in _where(trouble, run, shape):
            failures.from_service(said, where, trouble.request.service)
        return
    entered, rest = _addressee(trouble, path)
    if entered is None:
        failures.from_service(said, client_path(shape, path, run.tree), trouble.request.service)
        return
    for place in _places_of(entered, rest, run):
        inner = rest[1:] if rest and isinstance(rest[0], int) else []
        failures.from_service(said, client_path(shape, [*place, *inner], run.tree), trouble.request.service)


def _addressee(trouble: Trouble, path: list[Any]) -> tuple[Entered | None, list[Any]]:
    """The visit that an error is about, and its path from there; None for root fields."""
    for entered in trouble.entered:
        if entered.visit.answer is not None and path[0] == entered.visit.answer:
            return entered, path[1:]
    return None, path


def _places_of(entered: Entered, rest: list[Any], run: Run) -> list[list[str | int]]:
    """The places of the objects that one representation stood for; the first place of all without one."""
    fetch = entered.visit.fetch
    every = list(places(run.tree, fetch.path))
    if rest and isinstance(rest[0], int) and rest[0] < len(entered.objects):
        meant = {id(one) for one in entered.objects[rest[0]]}
        found = [place for place, one in every if id(one) in meant]
        if found:
            return found
    return [every[0][0]] if every else [[]]

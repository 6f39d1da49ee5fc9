"""A plan made ready to run: everything that is the same for every run is done here, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from gateway.composition.supergraph import Supergraph
from gateway.execution.connections import Address
from gateway.execution.join import Tree, objects_at
from gateway.execution.representations import Represent, representing
from gateway.planning.plan import Fetch, Plan, Request


@dataclass(frozen=True, slots=True)
class Visit:
    """A fetch, compiled. `answer` is the response name it arrives under, None for root fields.

    `variable` is the start of the variable that carries its representations.
    """

    fetch: Fetch
    answer: str | None
    variable: bytes
    represent: Represent | None


@dataclass(slots=True)
class Entered:
    """A visit of one run: for each representation sent, or for the root, the objects it stands for."""

    visit: Visit
    objects: list[list[Tree]]


@dataclass(frozen=True, slots=True)
class CompiledRequest:
    """One request: its body is `head`, then the variables of the run, then the end."""

    request: Request
    service: str
    address: Address
    deadline_seconds: float
    visits: tuple[Visit, ...]
    head: bytes
    bare: bytes
    repeatable: bool
    root_keys: tuple[str, ...]

    def build(self, tree: Tree, variables: Mapping[str, Any]) -> tuple[bytes, list[Entered]] | None:
        """The body and whom its answer is for; None when there is nobody to ask about."""
        parts: list[bytes] = []
        entered: list[Entered] = []
        asked = False
        for visit in self.visits:
            objects = objects_at(tree, visit.fetch.path)
            if visit.represent is None:
                asked = asked or bool(objects)
                entered.append(Entered(visit, [objects]))
                continue
            encoded, groups = visit.represent(objects)
            asked = asked or bool(encoded)
            parts.append(visit.variable + b",".join(encoded) + b"]")
            entered.append(Entered(visit, groups))
        if not asked:
            return None
        parts += [
            b'"%b":%b' % (name.encode(), orjson.dumps(variables[name]))
            for name in self.request.variables
            if name in variables
        ]
        if not parts:
            return self.bare, entered
        return self.head + b",".join(parts) + b"}}", entered


@dataclass(frozen=True, slots=True)
class CompiledPlan:
    """Waves of compiled requests."""

    plan: Plan
    waves: tuple[tuple[CompiledRequest, ...], ...]


class Compiler:
    """Compiles plans against one set of subgraph addresses and deadlines."""

    def __init__(self, supergraph: Supergraph, deadlines: Mapping[str, float]) -> None:
        self._addresses: dict[str, Address] = {}
        self._urls = {name: graph.url for name, graph in supergraph.graphs.items()}
        self._deadlines = deadlines

    def compile(self, plan: Plan) -> CompiledPlan:
        """The plan, ready to run. Raises ValueError for a subgraph without an http address."""
        waves = tuple(tuple(self._request(request) for request in wave) for wave in plan.waves)
        return CompiledPlan(plan, waves)

    def _request(self, request: Request) -> CompiledRequest:
        entities = sum(1 for fetch in request.fetches if fetch.as_type is not None)
        visits: list[Visit] = []
        number = 0
        for fetch in request.fetches:
            if fetch.as_type is None or fetch.key is None:
                visits.append(Visit(fetch, None, b"", None))
                continue
            carrier = request.carrying[number]
            answer = "_entities" if entities == 1 else f"_e{number}"
            represent = representing(fetch.as_type, fetch.key, fetch.needs)
            visits.append(Visit(fetch, answer, b'"%b":[' % carrier.encode(), represent))
            number += 1
        text = orjson.dumps(request.text)
        return CompiledRequest(
            request=request,
            service=request.graph,
            address=self._address(request.graph),
            deadline_seconds=self._deadlines.get(request.graph, 5.0),
            visits=tuple(visits),
            head=b'{"query":%b,"variables":{' % text,
            bare=b'{"query":%b}' % text,
            repeatable=request.kind != "mutation",
            root_keys=tuple(key for fetch in request.fetches for key in fetch.keys if fetch.as_type is None),
        )

    def _address(self, graph: str) -> Address:
        known = self._addresses.get(graph)
        if known is None:
            known = self._addresses[graph] = Address.of(self._urls[graph])
        return known

"""The engine: subgraphs in, answers out.

An `Engine` is one immutable snapshot of a federated graph: the composed supergraph, its public
schema, and the plans made for it so far. A changed subgraph means a new engine beside the old one
and one assignment to swap them; requests under way finish on the engine they began with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from graphql import DocumentNode, GraphQLObjectType, GraphQLSchema

from gateway.composition.api_schema import UnsoundSchema, api_schema
from gateway.composition.compose import compose
from gateway.composition.faults import CompositionFailed
from gateway.composition.read_supergraph import NotASupergraph, read_supergraph
from gateway.composition.sdl import Subgraph
from gateway.composition.supergraph import Supergraph
from gateway.execution.compiled import Compiler
from gateway.execution.executor import Executor, Outgoing, Run
from gateway.execution.introspection import about_schema
from gateway.execution.prepared import Answer, Ready
from gateway.execution.quick import quick_shaper
from gateway.execution.shape import Shapes
from gateway.execution.stream import Subscriber
from gateway.execution.transport import Transport
from gateway.planning.cache import Recent
from gateway.planning.documents import (
    Document,
    Refused,
    coerced_variables,
    pick_operation,
    read_document,
    refuse_null_conditions,
    root_field_names,
)
from gateway.planning.explain import explain
from gateway.planning.operation import includes, normalise
from gateway.planning.planner import plan
from gateway.planning.rollout import NO_LABELS, Rollout
from gateway.planning.satisfiable import unreachable
from gateway.planning.steps import Unplannable

__all__ = [
    "Answer",
    "CompositionFailed",
    "Engine",
    "Outgoing",
    "Prepared",
    "Refused",
    "Subgraph",
]

DOCUMENTS = 500
PLANS = 500


@dataclass(frozen=True, slots=True)
class Prepared:
    """An operation ready to run: parsed, validated, planned. Shared between requests."""

    kind: str
    root_fields: tuple[str, ...]
    ready: Ready
    requests: int

    @property
    def plan(self) -> Any:
        """The plan: waves of requests (gateway.planning.plan.Plan)."""
        return self.ready.compiled.plan


class Engine:
    """A composed graph that answers operations. See the module's text."""

    def __init__(
        self,
        supergraph_sdl: str,
        supergraph: Supergraph,
        document: DocumentNode,
        subgraphs: Sequence[Subgraph],
        transport: Transport | None = None,
        labels: frozenset[str] = NO_LABELS,
    ) -> None:
        self.supergraph_sdl = supergraph_sdl
        self.supergraph = supergraph
        self.rollout = Rollout(supergraph, labels)
        self.api_schema: GraphQLSchema = api_schema(document)
        self.subgraphs: tuple[Subgraph, ...] = tuple(subgraphs)
        self.transport = transport or Transport()
        self._compiler = Compiler(supergraph, {one.name: one.deadline_seconds for one in subgraphs})
        self._executor = Executor(self.transport)
        self._documents: Recent[str, Document] = Recent(DOCUMENTS)
        self._plans: Recent[tuple[str, tuple[bool, ...], frozenset[str]], Prepared] = Recent(PLANS)

    @classmethod
    def compose(
        cls,
        subgraphs: Sequence[Subgraph],
        transport: Transport | None = None,
        labels: frozenset[str] = NO_LABELS,
    ) -> Engine:
        """Compose subgraph SDLs (Federation 1 or 2). Raises CompositionFailed with every fault.

        `labels` are those of @override that are in force.
        """
        sdl = compose(subgraphs)
        engine = cls._read(sdl, subgraphs, transport, labels)
        views = engine.rollout.extremes()
        faults = list(dict.fromkeys(fault for one in views for fault in unreachable(one, engine.api_schema)))
        if faults:
            raise CompositionFailed(faults)
        return engine

    @classmethod
    def from_supergraph(
        cls, sdl: str, transport: Transport | None = None, labels: frozenset[str] = NO_LABELS
    ) -> Engine:
        """Take a composed supergraph SDL with join directives. Raises CompositionFailed."""
        return cls._read(sdl, None, transport, labels)

    @classmethod
    def _read(
        cls,
        sdl: str,
        subgraphs: Sequence[Subgraph] | None,
        transport: Transport | None,
        labels: frozenset[str],
    ) -> Engine:
        try:
            supergraph, document = read_supergraph(sdl)
            if subgraphs is None:
                subgraphs = [Subgraph(graph.name, graph.url, "") for graph in supergraph.graphs.values()]
            return cls(sdl, supergraph, document, subgraphs, transport, labels)
        except NotASupergraph as error:
            raise CompositionFailed([str(error)]) from error
        except UnsoundSchema as error:
            raise CompositionFailed(error.faults) from error

    def prepare(
        self, document_text: str, operation_name: str | None, variables: Mapping[str, Any]
    ) -> Prepared:
        """Parse, validate and plan, or find it done. Raises Refused."""
        document = self._documents.get_or_make(
            document_text, lambda: read_document(self.api_schema, document_text)
        )
        node = pick_operation(document, operation_name)
        values = coerced_variables(self.api_schema, node, variables)
        refuse_null_conditions(document, values)
        decided = tuple(bool(values.get(name)) for name in document.conditions)
        normalized = document.normalized[node.name.value if node.name else ""]
        active = self.rollout.active()
        return self._plans.get_or_make(
            (normalized, decided, active), lambda: self._prepare(document, operation_name, values, active)
        )

    def _prepare(
        self,
        document: Document,
        operation_name: str | None,
        values: Mapping[str, Any],
        active: frozenset[str],
    ) -> Prepared:
        node = pick_operation(document, operation_name)
        include = includes(values)
        supergraph = self.rollout.view(active)
        operation = normalise(supergraph, node, document.node, include)
        try:
            planned = plan(supergraph, operation)
        except Unplannable as error:
            raise _unplannable(error) from error
        shapes = Shapes(self.api_schema, document.fragments, include, operation.root_keys)
        root_type = self.api_schema.type_map[operation.root_type]
        assert isinstance(root_type, GraphQLObjectType)
        shape = shapes.root(root_type, node.selection_set)
        ready = Ready(
            operation=operation,
            compiled=self._compiler.compile(planned),
            shape=shape,
            quick=quick_shaper(shape),
            schema=self.api_schema,
            about_schema=about_schema(node, document.fragments, include) if operation.introspects else None,
        )
        return Prepared(operation.kind, root_field_names(node, document), ready, planned.requests)

    def execute(self, prepared: Prepared, variables: Mapping[str, Any], send: Outgoing) -> Answer:
        """Run a query or mutation."""
        run = Run(send, variables)
        self._executor.run(prepared.ready.compiled, run)
        return prepared.ready.answer(run)

    def subscribe(self, prepared: Prepared, variables: Mapping[str, Any], send: Outgoing) -> Iterator[bytes]:
        """Response bodies of a subscription, one per event, until its subgraph ends the stream."""
        return Subscriber(self._executor, self.transport).bodies(prepared.ready, variables, send)

    def explain(
        self,
        document_text: str,
        operation_name: str | None = None,
        variables: Mapping[str, Any] | None = None,
    ) -> str:
        """Every stage of planning an operation, as text. Raises Refused."""
        document = read_document(self.api_schema, document_text)
        node = pick_operation(document, operation_name)
        values = coerced_variables(self.api_schema, node, variables or {})
        supergraph = self.rollout.view(self.rollout.active())
        operation = normalise(supergraph, node, document.node, includes(values))
        try:
            return explain(supergraph, operation)
        except Unplannable as error:
            raise _unplannable(error) from error

    def take_over(self, before: Engine, most: int) -> None:
        """Plan what `before` was asked last, up to so many documents, for the same conditions.

        Values of variables are not needed for that; what this graph refuses is left out.
        """
        conditions: dict[str, set[tuple[bool, ...]]] = {}
        for normalized, decided, _ in before._plans.known():
            conditions.setdefault(normalized, set()).add(decided)
        for text in before._documents.known()[-most:]:
            with suppress(Refused):
                document = self._documents.get_or_make(text, partial(read_document, self.api_schema, text))
                for name, normalized in document.normalized.items():
                    for decided in conditions.get(normalized, ()):
                        values = dict(zip(document.conditions, decided, strict=True))
                        active = self.rollout.active()
                        make = partial(self._prepare, document, name or None, values, active)
                        self._plans.get_or_make((normalized, decided, active), make)

    @property
    def made(self) -> dict[str, int]:
        """How many documents were read and plans made, where none was at hand."""
        return {"documents": self._documents.made, "plans": self._plans.made}


def _unplannable(error: Unplannable) -> Refused:
    return Refused(400, [{"message": str(error), "extensions": {"code": "INTERNAL"}}])

"""Asks the planner whether every field can be had wherever a client may ask for it.

From each root field on, every type is visited once for each set of subgraphs its objects may come
from; a field is in order if at least one of them leads to it. What is not public nobody asks for.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from graphql import GraphQLSchema

from gateway.composition.selection import Item, Selection
from gateway.composition.supergraph import FieldDef, Supergraph, TypeDef
from gateway.planning.choice import Spot
from gateway.planning.choose import Chooser

Spots = tuple[str, frozenset[str | None]]  # a type and the subgraphs that may have returned it
PROBE = Selection({"__typename": Item("__typename", "__typename", "", frozenset(), None)}, {})


def unreachable(supergraph: Supergraph, public: GraphQLSchema) -> list[str]:
    """A sentence for every public field that no plan reaches from some place."""
    return _Walk(supergraph, public).faults()


class _Walk:
    def __init__(self, supergraph: Supergraph, public: GraphQLSchema) -> None:
        self._supergraph = supergraph
        self._public = public
        self._chooser = Chooser(supergraph)
        self._faults: dict[tuple[str, str], str] = {}
        self._seen: set[Spots] = set()
        self._waiting: deque[tuple[Spots, str]] = deque()

    def faults(self) -> list[str]:
        for root_type in self._supergraph.roots.values():
            self._meet((root_type, frozenset([None])), root_type)
        while self._waiting:
            (name, graphs), where = self._waiting.popleft()
            definition = self._supergraph.types[name]
            shown = getattr(self._public.get_type(name), "fields", {})
            for field in definition.fields.values():
                if field.name in shown:
                    self._check(definition, field, graphs, where)
        return list(self._faults.values())

    def _meet(self, spots: Spots, where: str) -> None:
        if spots not in self._seen:
            self._seen.add(spots)
            self._waiting.append((spots, where))

    def _check(self, definition: TypeDef, field: FieldDef, graphs: frozenset[str | None], where: str) -> None:
        composite = self._supergraph.types.get(field.named)
        below = (
            PROBE if composite is not None and composite.kind in ("object", "interface", "union") else None
        )
        item = Item(field.name, field.name, "", frozenset(), below)
        givers = {
            giver for graph in graphs for giver in self._chooser.givers(Spot(definition.name, graph), item)
        }
        if not givers:
            self._fault(definition, field, graphs, where)
            return
        if below is not None:
            place = f"{where}.{field.name}"
            named = {graph: field.resolvers[graph].named for graph in givers if graph in field.resolvers}
            for name, here in self._objects(field.named, named or dict.fromkeys(givers, field.named)):
                self._meet((name, here), place)

    def _objects(self, declared: str, named: dict[str, str]) -> Iterator[Spots]:
        """Object types behind a field, each with the subgraphs that may return it."""
        found: dict[str, set[str | None]] = {}
        for graph, name in named.items():
            if graph in self._supergraph.types[name].interface_object_in:
                found.setdefault(name, set()).add(graph)
                continue
            for member in self._supergraph.possible(name, graph):
                found.setdefault(member, set()).add(graph)
        for name, graphs in sorted(found.items()):
            yield name, frozenset(graphs)

    def _fault(self, definition: TypeDef, field: FieldDef, graphs: frozenset[str | None], where: str) -> None:
        here = ", ".join(sorted(graph for graph in graphs if graph is not None)) or "the root"
        there = ", ".join(sorted(field.resolvers)) or "no subgraph"
        text = (
            f"{definition.name}.{field.name} cannot be reached at {where}: the object comes from {here}, "
            f"the field from {there}, and no key that can be had there leads across"
        )
        self._faults.setdefault((definition.name, field.name), text)

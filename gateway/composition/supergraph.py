"""The composed graph as the planner sees it: who resolves which field, and what that takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from gateway.composition.selection import Item, Selection, merge_items

COMPOSITE = frozenset({"object", "interface", "union"})


@dataclass(frozen=True, slots=True)
class Graph:
    """A subgraph as the supergraph names it."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Resolver:
    """What one subgraph says about one field.

    `type` is the field's type there, which may be narrower than the supergraph's. An external field
    is known to the subgraph but resolved by it only where a @provides says so. With a `label` the
    field is on its way here from the subgraph called `taken_from`.
    """

    type: str
    named: str
    external: bool = False
    requires: Selection | None = None
    provides: Selection | None = None
    taken_from: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True)
class FieldDef:
    """A field of the supergraph with the subgraphs that know it."""

    name: str
    type: str
    named: str
    resolvers: Mapping[str, Resolver]

    @property
    def labels(self) -> frozenset[str]:
        """Labels that decide who resolves it."""
        return frozenset(one.label for one in self.resolvers.values() if one.label is not None)

    def decided(self, active: frozenset[str]) -> FieldDef:
        """The field once each move under way is held for done (its label is active) or not begun."""
        moving = {graph: one for graph, one in self.resolvers.items() if one.taken_from in self.resolvers}
        idle = {one.taken_from if one.label in active else graph for graph, one in moving.items()}
        return replace(
            self,
            resolvers={
                graph: replace(one, external=one.external or graph in idle)
                for graph, one in self.resolvers.items()
            },
        )


@dataclass(frozen=True, slots=True)
class TypeDef:
    """A type of the supergraph. `keys` holds resolvable keys only: the ways in."""

    name: str
    kind: str
    graphs: tuple[str, ...]
    keys: Mapping[str, tuple[Selection, ...]] = field(default_factory=dict)
    interface_object_in: frozenset[str] = frozenset()
    implements: Mapping[str, frozenset[str]] = field(default_factory=dict)
    interfaces: tuple[str, ...] = ()
    members: Mapping[str, frozenset[str]] = field(default_factory=dict)
    fields: Mapping[str, FieldDef] = field(default_factory=dict)


@dataclass(frozen=True)
class Supergraph:
    """The whole graph. `roots` maps query, mutation and subscription to their types."""

    graphs: Mapping[str, Graph]
    types: Mapping[str, TypeDef]
    roots: Mapping[str, str]

    def field_type(self, parent: str, field: str) -> str:
        """Name of the type of a field, stripped of lists and non-null. Raises KeyError."""
        return self.types[parent].fields[field].named

    @cached_property
    def objects(self) -> Mapping[str, frozenset[str]]:
        """Object types that can stand behind each composite type, over all subgraphs."""
        found: dict[str, set[str]] = {name: set() for name in self.types}
        for definition in self.types.values():
            if definition.kind == "object":
                found[definition.name].add(definition.name)
                for interface in definition.interfaces:
                    found[interface].add(definition.name)
            for members in definition.members.values():
                found[definition.name] |= members
        return {name: frozenset(names) for name, names in found.items()}

    @cached_property
    def labels(self) -> frozenset[str]:
        """Labels of all moves of fields that are under way."""
        fields = (field for definition in self.types.values() for field in definition.fields.values())
        return frozenset(label for field in fields for label in field.labels)

    def decided(self, active: frozenset[str]) -> Supergraph:
        """The graph as it is while just these labels are active."""
        types = {
            name: replace(
                one,
                fields={
                    key: field.decided(active) if field.labels else field for key, field in one.fields.items()
                },
            )
            for name, one in self.types.items()
        }
        return replace(self, types=types)

    def possible(self, name: str, graph: str) -> frozenset[str]:
        """Object types that `graph` may return where `name` is declared."""
        return self._possible[name, graph]

    @cached_property
    def _possible(self) -> Mapping[tuple[str, str], frozenset[str]]:
        found: dict[tuple[str, str], set[str]] = {}
        for definition in self.types.values():
            for graph in definition.graphs:
                here = found.setdefault((definition.name, graph), set())
                here |= definition.members.get(graph, frozenset())
                if definition.kind == "object":
                    here.add(definition.name)
                    for interface in definition.implements.get(graph, ()):
                        found.setdefault((interface, graph), set()).add(definition.name)
        return {spot: frozenset(names) for spot, names in found.items()}

    def is_abstract(self, name: str) -> bool:
        """Whether an object behind this type may be one of several."""
        return self.types[name].kind in ("interface", "union")

    def covers(self, condition: str, parent: str) -> bool:
        """Whether a fragment on `condition` always applies to `parent`, and its fields exist there."""
        if condition == parent:
            return True
        definition = self.types[parent]
        if definition.kind == "object":
            return parent in self.objects[condition]
        return condition in definition.interfaces

    def overlaps(self, condition: str, parent: str) -> bool:
        """Whether any object can be both."""
        return not self.objects[condition].isdisjoint(self.objects[parent])

    def wanted_on(self, selection: Selection, name: str) -> dict[str, Item]:
        """What a selection wants of an object of type `name`: its fields and the fragments that apply."""
        items = dict(selection.fields)
        for condition, inner in selection.fragments.items():
            if name in self.objects[condition]:
                for item in self.wanted_on(inner, name).values():
                    merge_items(items, item)
        return items

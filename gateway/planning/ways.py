"""Ways to a field: whether it is at hand at a location, and through which entries it can be had."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.composition.selection import EMPTY, Item, Selection, merged
from gateway.composition.supergraph import FieldDef, Resolver, Supergraph
from gateway.planning.choice import Entry, Spot


@dataclass(frozen=True, slots=True)
class Way:
    """One entry that resolves a field, with what its subgraph says about the field."""

    entry: Entry
    resolver: Resolver


class Ways:
    """Answers questions about one supergraph; holds no state."""

    def __init__(self, supergraph: Supergraph) -> None:
        self._supergraph = supergraph
        self._root_types = frozenset(supergraph.roots.values())

    def local(self, spot: Spot, item: Item) -> Resolver | None:
        """What the subgraph says about the field if it answers it at this location, else None."""
        if spot.graph is None:
            return None
        field = self._supergraph.types[spot.type].fields.get(item.name)
        if field is None or (resolver := field.resolvers.get(spot.graph)) is None:
            return None
        if self.provided(spot, item.name) is not None:
            return resolver
        return resolver if not resolver.external and resolver.requires is None else None

    def provided(self, spot: Spot, name: str) -> Item | None:
        """The part of the location's @provides that promises this field."""
        if not spot.provided:
            return None
        if self._supergraph.is_abstract(spot.type):
            return spot.provided.fields.get(name)
        return self._supergraph.wanted_on(spot.provided, spot.type).get(name)

    def below(self, spot: Spot, item: Item, graph: str, resolver: Resolver) -> Spot:
        """The location under a field resolved by `graph`."""
        field = self._supergraph.types[spot.type].fields[item.name]
        promised = self.provided(spot, item.name) if graph == spot.graph else None
        given = promised.selection if promised and promised.selection else EMPTY
        if resolver.provides:
            given = merged(given, resolver.provides)
        peers = self._peers(spot, field) | {graph}
        known = None
        if self._supergraph.types[field.named].kind == "union":
            known = self._known_by_all(field, peers)
        return Spot(resolver.named, graph, given, peers, known)

    def _peers(self, spot: Spot, field: FieldDef) -> frozenset[str]:
        keyed = self._supergraph.types[spot.type].keys
        return frozenset(
            graph
            for graph, resolver in field.resolvers.items()
            if not resolver.external and (graph in spot.peers or graph in keyed)
        )

    def _known_by_all(self, field: FieldDef, peers: frozenset[str]) -> frozenset[str] | None:
        members = [
            self._supergraph.possible(resolver.named, graph)
            for graph, resolver in field.resolvers.items()
            if graph in peers
        ]
        common = frozenset.intersection(*members) if members else frozenset()
        return common or None

    def remote(self, spot: Spot, item: Item) -> Iterator[Way]:
        """Entries through which the field can be had, in a fixed order."""
        supergraph = self._supergraph
        definition = supergraph.types[spot.type]
        field = definition.fields.get(item.name)
        if field is None:
            return
        for graph, resolver in sorted(field.resolvers.items()):
            if resolver.external or not self._can_enter(spot.type, graph):
                continue
            if supergraph.is_abstract(spot.type) and not self._answers_as_interface(spot.type, item, graph):
                continue
            if graph != spot.graph or resolver.requires is not None:
                yield Way(Entry(graph, spot.type), resolver)
        for interface in sorted(definition.interfaces):
            above = supergraph.types[interface]
            known = above.fields.get(item.name)
            for graph in sorted(above.interface_object_in if known is not None else ()):
                resolved = known.resolvers.get(graph) if known is not None else None
                if resolved is not None and not resolved.external and above.keys.get(graph):
                    yield Way(Entry(graph, interface), resolved)

    def real_types(self, interface: str) -> Iterator[Entry]:
        """Entries that tell which real object stands behind an interface object."""
        definition = self._supergraph.types[interface]
        for graph in definition.graphs:
            if graph not in definition.interface_object_in and definition.keys.get(graph):
                yield Entry(graph, interface)

    def keys(self, entry: Entry) -> tuple[Selection | None, ...]:
        """Keys that open an entry; a single None for a root type, which takes none."""
        if entry.as_type in self._root_types:
            return (None,)
        return self._supergraph.types[entry.as_type].keys.get(entry.graph, ())

    def _can_enter(self, name: str, graph: str) -> bool:
        return name in self._root_types or bool(self._supergraph.types[name].keys.get(graph))

    def _answers_as_interface(self, interface: str, item: Item, graph: str) -> bool:
        if graph in self._supergraph.types[interface].interface_object_in:
            return True
        return self.on_all_members(interface, item, graph, EMPTY)

    def on_all_members(self, abstract: str, item: Item, graph: str, provided: Selection) -> bool:
        """Whether a field asked on the abstract type is answered by `graph` for each object it may be."""
        for name in self._supergraph.possible(abstract, graph):
            if self.local(Spot(name, graph, provided), item) is None:
                return False
        return True

"""Prints what a drawn graph's subgraphs say of themselves."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.tests.random_graphs import Entity, Field, RandomGraph

LINK = (
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@shareable", "@external",'
    ' "@requires", "@provides", "@override", "@interfaceObject", "@inaccessible"])'
)
KEY_FIELDS = (("id", "ID!"), ("code", "ID!"), ("home", "Home"))


def sdls_of(drawn: RandomGraph) -> dict[str, str]:
    """The SDL of each subgraph."""
    return {graph: _Printer(drawn, graph).print() for graph in drawn.graphs}


class _Printer:
    def __init__(self, drawn: RandomGraph, graph: str) -> None:
        self._drawn, self._graph = drawn, graph
        self._shareable = "" if graph == drawn.old else " @shareable"

    def print(self) -> str:
        """All of it."""
        graph, drawn = self._graph, self._drawn
        lines = ["" if graph == drawn.old else LINK, "enum Kind { RED BLUE }"]
        lines.append(f"type Home{self._shareable} {{ id: ID! size: Int area: Area }}")
        lines.append(f"type Area{self._shareable} {{ name: String tags: [String!] }}")
        if any(one.type.strip("[]!") == "Parts" for one in self._everything()):
            lines.append(f"type Parts {{ p{graph}: Int inner: Inner{self._shareable} }}")
            lines.append(f"type Inner {{ i{graph}: String }}")
        lines += [self._entity(one) for one in drawn.entities if drawn.speaks_of(one.name, graph)]
        if drawn.speaks_of("Either", graph):
            lines.append(f"union Either = {' | '.join(drawn.members[graph])}")
        if drawn.faces:
            lines.append(self._face())
        for name, fields in (("Query", drawn.roots), ("Mutation", drawn.mutations)):
            own = [self._root_field(one) for one in fields if graph in one.owners and self._speaks_of(one)]
            if own:
                lines.append(f"type {name} {{ {' '.join(own)} }}")
        return "\n".join(lines)

    def _everything(self) -> Iterable[Field]:
        drawn = self._drawn
        return [*drawn.roots, *(one for entity in drawn.entities for one in entity.fields)]

    def _speaks_of(self, one: Field) -> bool:
        return self._drawn.speaks_of(one.named, self._graph)

    def _face(self) -> str:
        drawn = self._drawn
        if self._graph == drawn.object_graph:
            added = " ".join(f"{one.name}: {one.type}{self._required(one)}" for one in drawn.added)
            code = "code: ID! @external" if any(one.requires for one in drawn.added) else ""
            closed = "" if drawn.added else ", resolvable: false"
            return f'type Face @interfaceObject @key(fields: "id"{closed}) {{ id: ID! {code} {added} }}'
        key = ' @key(fields: "id")' if drawn.object_graph and self._graph != drawn.old else ""
        extra = "extra: String" if self._graph == drawn.extra_graph else ""
        return f"interface Face{key} {{ id: ID! code: ID! near: Face {extra} }}"

    def _root_field(self, one: Field) -> str:
        shareable = self._shareable if len(one.owners) > 1 else ""
        return f"{one.name}: {one.type}{shareable}{self._provided(one)}"

    def _required(self, one: Field) -> str:
        return f' @requires(fields: "{one.requires}")' if one.requires else ""

    def _provided(self, one: Field) -> str:
        text = one.provides.get(self._graph)
        return f' @provides(fields: "{text}")' if text else ""

    def _entity(self, entity: Entity) -> str:
        graph, drawn = self._graph, self._drawn
        owns = any(graph in one.owners for one in entity.fields)
        closed = (
            ""
            if owns or (entity.is_face and drawn.object_graph) or graph == drawn.old
            else ", resolvable: false"
        )
        keys = " ".join(f'@key(fields: "{key}"{closed})' for key in entity.keys[graph])
        extends = graph == drawn.old and entity.name in ("E0", "E2")
        words = "extend type" if extends else "type"
        lines = [f"{words} {entity.name}{' implements Face' if entity.is_face else ''} {keys} {{"]
        needed = set(" ".join(entity.keys[graph]).replace("{", " ").replace("}", " ").split())
        wanted = needed | ({"id", "code"} if entity.is_face else set())
        for name, kind in KEY_FIELDS:
            if name in wanted:
                mark = " @external" if extends and name in needed else self._shareable
                lines.append(f"  {name}: {kind}{mark}")
        lines += [
            text for one in entity.fields if (text := self._field(one, entity.external.get(graph, set())))
        ]
        return "\n".join([*lines, "}"])

    def _field(self, one: Field, external: set[str]) -> str:
        graph = self._graph
        arguments = "(n: Int = 1)" if one.argued else ""
        if not self._speaks_of(one):
            return ""
        if graph in one.owners:
            return f"  {one.name}{arguments}: {self._own_type(one)}{self._marks(one)}"
        if one.overridden == graph:
            return f"  {one.name}{arguments}: {one.type}{self._hidden(one)}"
        return f"  {one.name}{arguments}: {one.type} @external" if one.name in external else ""

    def _own_type(self, one: Field) -> str:
        return one.type[:-1] if self._graph in one.loose else one.type

    def _marks(self, one: Field) -> str:
        text = self._shareable if len(one.owners) > 1 else ""
        if one.overridden:
            label = f', label: "{one.label}"' if one.label else ""
            text += f' @override(from: "{one.overridden}"{label})'
        return text + self._required(one) + self._provided(one) + self._hidden(one)

    def _hidden(self, one: Field) -> str:
        return " @inaccessible" if one.hidden else ""

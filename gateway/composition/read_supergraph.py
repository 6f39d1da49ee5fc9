"""Reads a composed supergraph SDL (join directives, as other routers read it) into the model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    GraphQLSyntaxError,
    InputObjectTypeDefinitionNode,
    InterfaceTypeDefinitionNode,
    NamedTypeNode,
    ObjectTypeDefinitionNode,
    ScalarTypeDefinitionNode,
    SchemaDefinitionNode,
    TypeDefinitionNode,
    TypeNode,
    UnionTypeDefinitionNode,
    parse,
    parse_type,
    print_ast,
    value_from_ast_untyped,
)

from gateway.composition.selection import Selection, read_field_set
from gateway.composition.supergraph import FieldDef, Graph, Resolver, Supergraph, TypeDef

KINDS: dict[type[TypeDefinitionNode], str] = {
    ObjectTypeDefinitionNode: "object",
    InterfaceTypeDefinitionNode: "interface",
    UnionTypeDefinitionNode: "union",
    EnumTypeDefinitionNode: "enum",
    InputObjectTypeDefinitionNode: "input",
    ScalarTypeDefinitionNode: "scalar",
}


class NotASupergraph(ValueError):
    """The text is not a supergraph: it has no join__Graph, or does not hold together."""


def arguments_of(node: DirectiveNode) -> dict[str, Any]:
    """A directive's arguments as plain values."""
    return {argument.name.value: value_from_ast_untyped(argument.value) for argument in node.arguments}


def named_type(node: TypeNode) -> str:
    """Name of a type, stripped of lists and non-null."""
    while not isinstance(node, NamedTypeNode):
        node = node.type  # type: ignore[attr-defined]  # list and non-null nodes wrap another
    return node.name.value


def named_in(printed: str) -> str:
    """Name of a printed type, stripped of lists and non-null."""
    return printed.strip("[]!")


def read_supergraph(sdl: str) -> tuple[Supergraph, DocumentNode]:
    """The model and the parsed document. Raises NotASupergraph with a reason in words."""
    try:
        document = parse(sdl, no_location=True)
        return _Reading(document).model(), document
    except GraphQLSyntaxError as error:
        raise NotASupergraph(f"the supergraph cannot be parsed: {error.message}") from error
    except KeyError as error:
        raise NotASupergraph(f"the supergraph names {error}, which it does not define") from error


@dataclass(frozen=True, slots=True)
class _PendingResolver:
    """A resolver whose field sets wait until all types are known."""

    graph: str
    resolver: Resolver
    requires: str | None
    provides: str | None


class _Reading:
    def __init__(self, document: DocumentNode) -> None:
        self._nodes = {
            node.name.value: node for node in document.definitions if isinstance(node, TypeDefinitionNode)
        }
        self._document = document
        self._graphs = self._read_graphs()
        self._pending: dict[tuple[str, str], list[_PendingResolver]] = {}

    def _read_graphs(self) -> dict[str, Graph]:
        node = self._nodes.get("join__Graph")
        if not isinstance(node, EnumTypeDefinitionNode):
            raise NotASupergraph("the supergraph has no enum join__Graph: is it composed?")
        found = {}
        for value in node.values or ():
            for directive in value.directives:
                if directive.name.value == "join__graph":
                    said = arguments_of(directive)
                    found[value.name.value] = Graph(str(said["name"]), str(said.get("url", "")))
        return found

    def model(self) -> Supergraph:
        types = {
            name: self._type(node)
            for name, node in self._nodes.items()
            if not name.startswith(("join__", "link__"))
        }
        graphs = {graph.name: graph for graph in self._graphs.values()}
        draft = Supergraph(graphs, types, self._roots())
        return replace(draft, types={name: self._complete(draft, types[name]) for name in types})

    def _roots(self) -> dict[str, str]:
        for node in self._document.definitions:
            if isinstance(node, SchemaDefinitionNode):
                return {op.operation.value: op.type.name.value for op in node.operation_types}
        return {name.lower(): name for name in ("Query", "Mutation", "Subscription") if name in self._nodes}

    def _said(self, directives: Iterable[DirectiveNode], name: str) -> list[dict[str, Any]]:
        return [arguments_of(node) for node in directives if node.name.value == name]

    def _graph(self, said: Mapping[str, Any]) -> str:
        return self._graphs[said["graph"]].name

    def _type(self, node: TypeDefinitionNode) -> TypeDef:
        name = node.name.value
        joined = self._said(node.directives, "join__type")
        graphs = tuple(sorted({self._graph(said) for said in joined}))
        implements: dict[str, set[str]] = {}
        for said in self._said(node.directives, "join__implements"):
            implements.setdefault(self._graph(said), set()).add(said["interface"])
        members: dict[str, set[str]] = {}
        for said in self._said(node.directives, "join__unionMember"):
            members.setdefault(self._graph(said), set()).add(said["member"])
        if isinstance(node, UnionTypeDefinitionNode) and not members:
            members = {graph: {member.name.value for member in node.types} for graph in graphs}
        fields = {}
        if isinstance(node, (ObjectTypeDefinitionNode, InterfaceTypeDefinitionNode)):
            fields = {field.name.value: self._field(name, field, graphs) for field in node.fields}
        return TypeDef(
            name=name,
            kind=KINDS[type(node)],
            graphs=graphs,
            interface_object_in=frozenset(
                self._graph(said) for said in joined if said.get("isInterfaceObject")
            ),
            implements={graph: frozenset(names) for graph, names in implements.items()},
            interfaces=tuple(i.name.value for i in getattr(node, "interfaces", ())),
            members={graph: frozenset(names) for graph, names in members.items()},
            fields=fields,
        )

    def _field(self, parent: str, node: FieldDefinitionNode, graphs: tuple[str, ...]) -> FieldDef:
        name, own, printed = node.name.value, named_type(node.type), print_ast(node.type)
        joined = self._said(node.directives, "join__field")
        if not joined:
            everywhere = {graph: Resolver(printed, own) for graph in graphs}
            return FieldDef(name, printed, own, everywhere)
        pending = self._pending.setdefault((parent, name), [])
        for said in joined:
            if "graph" not in said:
                continue  # known only through an interface object
            if said.get("contextArguments"):
                raise NotASupergraph(
                    f"{parent}.{name} takes arguments from a @context, which is not supported"
                )
            there = said.get("type") or printed
            external = bool(said.get("external") or said.get("usedOverridden"))
            resolver = Resolver(
                there,
                named_type(parse_type(there)),
                external=external,
                taken_from=said.get("override") if said.get("overrideLabel") else None,
                label=said.get("overrideLabel") if said.get("override") else None,
            )
            pending.append(
                _PendingResolver(self._graph(said), resolver, said.get("requires"), said.get("provides"))
            )
        return FieldDef(name, printed, own, {})

    def _complete(self, draft: Supergraph, definition: TypeDef) -> TypeDef:
        fields = {}
        for name, drafted in definition.fields.items():
            pending = self._pending.get((definition.name, name))
            fields[name] = drafted
            if pending is not None:
                fields[name] = replace(drafted, resolvers=self._resolvers(draft, definition.name, pending))
        return replace(definition, keys=self._keys(draft, definition.name), fields=fields)

    def _keys(self, draft: Supergraph, name: str) -> dict[str, tuple[Selection, ...]]:
        keys: dict[str, list[Selection]] = {}
        for said in self._said(self._nodes[name].directives, "join__type"):
            if said.get("key") and said.get("resolvable", True):
                keys.setdefault(self._graph(said), []).append(read_field_set(said["key"], name, draft))
        return {graph: tuple(sorted(found, key=_by_size)) for graph, found in sorted(keys.items())}

    def _resolvers(
        self, draft: Supergraph, parent: str, pending: list[_PendingResolver]
    ) -> dict[str, Resolver]:
        found = {}
        for entry in sorted(pending, key=lambda one: one.graph):
            resolver = entry.resolver
            requires = read_field_set(entry.requires, parent, draft) if entry.requires else None
            provides = read_field_set(entry.provides, resolver.named, draft) if entry.provides else None
            found[entry.graph] = replace(resolver, requires=requires, provides=provides)
        return found


def _by_size(selection: Selection) -> tuple[int, str]:
    return len(selection.text), selection.text

"""Reads the SDL of one subgraph: its types, and what Federation's directives say about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DirectiveDefinitionNode,
    DirectiveNode,
    DocumentNode,
    EnumTypeDefinitionNode,
    EnumTypeExtensionNode,
    EnumValueDefinitionNode,
    FieldDefinitionNode,
    GraphQLSyntaxError,
    InputObjectTypeDefinitionNode,
    InputObjectTypeExtensionNode,
    InputValueDefinitionNode,
    InterfaceTypeDefinitionNode,
    InterfaceTypeExtensionNode,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    ScalarTypeDefinitionNode,
    ScalarTypeExtensionNode,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    TypeDefinitionNode,
    TypeExtensionNode,
    TypeNode,
    UnionTypeDefinitionNode,
    UnionTypeExtensionNode,
    Visitor,
    parse,
    parse_type,
    print_ast,
    visit,
)

from gateway.composition.faults import Faults
from gateway.composition.links import CARRIED, UNSUPPORTED, Links, read_links
from gateway.composition.read_supergraph import arguments_of, named_type

ROOTS = {"query": "Query", "mutation": "Mutation", "subscription": "Subscription"}
MACHINERY = frozenset({"_Any", "_Entity", "_Service", "_FieldSet", "FieldSet"})
MACHINERY_PREFIXES = ("link__", "federation__", "join__", "core__")
ROOT_MACHINERY = frozenset({"_service", "_entities"})
BUILT_IN = frozenset({"Int", "Float", "String", "Boolean", "ID"})
NO_TYPE = parse_type("Boolean")  # stands where an enum value, which has no type, is kept as a field
KINDS: dict[type[Any], str] = {
    ObjectTypeDefinitionNode: "object",
    ObjectTypeExtensionNode: "object",
    InterfaceTypeDefinitionNode: "interface",
    InterfaceTypeExtensionNode: "interface",
    UnionTypeDefinitionNode: "union",
    UnionTypeExtensionNode: "union",
    EnumTypeDefinitionNode: "enum",
    EnumTypeExtensionNode: "enum",
    InputObjectTypeDefinitionNode: "input",
    InputObjectTypeExtensionNode: "input",
    ScalarTypeDefinitionNode: "scalar",
    ScalarTypeExtensionNode: "scalar",
}


@dataclass(frozen=True, slots=True)
class Subgraph:
    """One member of the graph: where it answers and what it says it can."""

    name: str
    url: str
    sdl: str
    deadline_seconds: float = 5.0


@dataclass(slots=True)
class SubField:
    """A field, input field or argument of one subgraph."""

    name: str
    type: TypeNode
    description: str | None
    arguments: dict[str, SubField] = field(default_factory=dict)
    default: str | None = None
    directives: list[str] = field(default_factory=list)
    inaccessible: bool = False
    external: bool = False
    shareable: bool = False
    requires: str | None = None
    provides: str | None = None
    override: str | None = None
    override_label: str | None = None
    used_overridden: bool = False

    @property
    def printed(self) -> str:
        """The type as text."""
        return print_ast(self.type)

    @property
    def is_moving(self) -> bool:
        """Whether the field is on its way here, and a label says who resolves it meanwhile."""
        return self.override is not None and self.override_label not in (None, "percent(100)")


@dataclass(slots=True)
class SubKey:
    """A @key; the subgraph cannot be entered by one that is not resolvable."""

    fields: str
    resolvable: bool


@dataclass(slots=True)
class SubType:
    """A type of one subgraph, with its extensions merged in."""

    name: str
    kind: str
    description: str | None = None
    extension: bool = True
    external: bool = False
    shareable: bool = False
    interface_object: bool = False
    keys: list[SubKey] = field(default_factory=list)
    interfaces: list[str] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    values: dict[str, SubField] = field(default_factory=dict)
    fields: dict[str, SubField] = field(default_factory=dict)
    directives: list[str] = field(default_factory=list)
    inaccessible: bool = False


@dataclass(slots=True)
class SubSchema:
    """One subgraph as composition sees it."""

    name: str
    url: str
    version: int
    types: dict[str, SubType]
    directives: dict[str, DirectiveDefinitionNode]
    composed: frozenset[str]
    homes: Mapping[str, tuple[str, str]]


def read_subgraph(subgraph: Subgraph, faults: Faults) -> SubSchema | None:
    """The subgraph's schema; None, with a fault, when its SDL cannot be parsed."""
    try:
        document = parse(subgraph.sdl, no_location=True)
    except GraphQLSyntaxError as error:
        where = f" at line {error.locations[0].line}" if error.locations else ""
        faults.add(f'subgraph "{subgraph.name}" cannot be parsed{where}: {error.message}')
        return None
    return _SubgraphReader(subgraph, document, faults).read()


class _SubgraphReader:
    def __init__(self, subgraph: Subgraph, document: DocumentNode, faults: Faults) -> None:
        self._subgraph = subgraph
        self._document = document
        self._faults = faults
        self._links: Links = read_links(document)
        self._renamed = self._root_names()
        self._types: dict[str, SubType] = {}

    def read(self) -> SubSchema:
        self._refuse_what_is_not_known()
        directives = {}
        for node in self._document.definitions:
            if isinstance(node, (TypeDefinitionNode, TypeExtensionNode)):
                if not self._is_machinery(node.name.value):
                    self._read_type(node)
            elif isinstance(node, DirectiveDefinitionNode):
                name = node.name.value
                if name not in self._links.canonical and not self._is_machinery(name) and name != "link":
                    directives[name] = node
        for root in ROOTS.values():
            known = self._types.get(root)
            if known is not None and not known.fields:
                del self._types[root]
        return SubSchema(
            self._subgraph.name,
            self._subgraph.url,
            self._links.version,
            self._types,
            directives,
            self._links.composed,
            self._links.homes,
        )

    def _refuse_what_is_not_known(self) -> None:
        """To pass over a directive that changes what a field means would answer wrongly in silence."""
        for name in self._links.unknown:
            self._faults.add(
                f'subgraph "{self._subgraph.name}" imports @{name}, which Federation does not have'
            )
        seen = _DirectivesIn()
        visit(self._document, seen)
        for own in sorted(seen.names):
            if self._links.canonical.get(own) in UNSUPPORTED:
                self._faults.add(f'subgraph "{self._subgraph.name}" uses @{own}, which is not supported')

    def _root_names(self) -> dict[str, str]:
        found = {}
        for node in self._document.definitions:
            if isinstance(node, (SchemaDefinitionNode, SchemaExtensionNode)):
                for operation in node.operation_types or ():
                    found[operation.type.name.value] = ROOTS[operation.operation.value]
        return {own: root for own, root in found.items() if own != root}

    def _is_machinery(self, name: str) -> bool:
        return name in MACHINERY or name.startswith(MACHINERY_PREFIXES)

    def _name(self, name: str) -> str:
        return self._renamed.get(name, name)

    def _read_type(self, node: TypeDefinitionNode | TypeExtensionNode) -> None:
        name, kind = self._name(node.name.value), KINDS[type(node)]
        known = self._types.setdefault(name, SubType(name, kind))
        if known.kind != kind:
            self._faults.add(f'"{name}" is both {known.kind} and {kind} in subgraph "{self._subgraph.name}"')
            return
        extends = isinstance(node, TypeExtensionNode)
        for directive in node.directives:
            extends = extends or self._links.name(directive) == "extends"
        if not extends:
            known.extension = False
        if isinstance(node, TypeDefinitionNode):
            known.description = known.description or _description(node)
        self._read_type_directives(known, node.directives)
        known.interfaces += [n.name.value for n in getattr(node, "interfaces", None) or ()]
        known.members += [self._name(n.name.value) for n in getattr(node, "types", None) or ()]
        for value in getattr(node, "values", None) or ():
            known.values[value.name.value] = self._value(value)
        for entry in getattr(node, "fields", None) or ():
            self._read_field(known, entry)

    def _read_type_directives(self, known: SubType, directives: Sequence[DirectiveNode]) -> None:
        for directive in directives:
            said = self._links.name(directive)
            if said == "key":
                given = arguments_of(directive)
                known.keys.append(SubKey(str(given.get("fields", "")), bool(given.get("resolvable", True))))
            elif said == "interfaceObject":
                known.interface_object = True
            elif said == "shareable":
                known.shareable = True
            elif said == "external":
                known.external = True
        known.directives += self._carried(directives)
        known.inaccessible = known.inaccessible or self._hides(directives)

    def _read_field(self, owner: SubType, node: FieldDefinitionNode | InputValueDefinitionNode) -> None:
        name = node.name.value
        if owner.name in ROOTS.values() and name in ROOT_MACHINERY:
            return
        if name in owner.fields:
            self._faults.add(
                f'"{owner.name}.{name}" is defined more than once in subgraph "{self._subgraph.name}"'
            )
            return
        found = self._input(node) if isinstance(node, InputValueDefinitionNode) else self._output(node)
        found.external = found.external or owner.external
        found.shareable = found.shareable or owner.shareable or self._links.version == 1
        owner.fields[name] = found

    def _output(self, node: FieldDefinitionNode) -> SubField:
        found = SubField(node.name.value, self._retyped(node.type), _description(node))
        found.arguments = {a.name.value: self._input(a) for a in node.arguments}
        found.directives = self._carried(node.directives)
        found.inaccessible = self._hides(node.directives)
        for directive in node.directives:
            said, given = self._links.name(directive), arguments_of(directive)
            if said == "external":
                found.external = True
            elif said == "shareable":
                found.shareable = True
            elif said == "requires":
                found.requires = str(given.get("fields", ""))
            elif said == "provides":
                found.provides = str(given.get("fields", ""))
            elif said == "override":
                found.override = str(given.get("from", ""))
                found.override_label = given.get("label")
        return found

    def _input(self, node: InputValueDefinitionNode) -> SubField:
        return SubField(
            node.name.value,
            node.type,
            _description(node),
            default=print_ast(node.default_value) if node.default_value else None,
            directives=self._carried(node.directives),
            inaccessible=self._hides(node.directives),
        )

    def _value(self, node: EnumValueDefinitionNode) -> SubField:
        return SubField(
            node.name.value,
            NO_TYPE,
            _description(node),
            directives=self._carried(node.directives),
            inaccessible=self._hides(node.directives),
        )

    def _retyped(self, node: TypeNode) -> TypeNode:
        """A field that returns a renamed root type returns it under its standard name."""
        if named_type(node) not in self._renamed:
            return node
        return parse_type(print_ast(node).replace(named_type(node), self._name(named_type(node))))

    def _hides(self, directives: Iterable[DirectiveNode]) -> bool:
        return any(self._links.name(directive) == "inaccessible" for directive in directives)

    def _carried(self, directives: Iterable[DirectiveNode]) -> list[str]:
        """Directives that the supergraph repeats, printed under their standard names."""
        found = []
        for directive in directives:
            own = directive.name.value
            name = self._links.name(directive)
            if name in CARRIED:
                found.append("@" + name + print_ast(directive)[len(own) + 1 :])
            elif own in ("deprecated", "specifiedBy", "oneOf") or own in self._links.composed:
                found.append(print_ast(directive))
        return found


class _DirectivesIn(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_directive(self, node: DirectiveNode, *_args: object) -> None:
        self.names.add(node.name.value)


def _description(node: Any) -> str | None:
    return node.description.value if node.description is not None else None

"""Checks one subgraph's field sets, and settles what its @external fields mean.

Federation 1 marks fields external that the subgraph does resolve: the key fields of a type it
extends. Those marks are dropped, as are externals that nothing uses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from graphql import FieldNode, GraphQLSyntaxError, InlineFragmentNode, NonNullTypeNode, SelectionSetNode

from gateway.composition.faults import Faults
from gateway.composition.read_supergraph import named_type
from gateway.composition.sdl import BUILT_IN, SubField, SubSchema, SubType
from gateway.composition.selection import field_set_node

Coordinate = tuple[str, str]


@dataclass(slots=True)
class Uses:
    """Fields that a subgraph's field sets and interfaces use."""

    by_keys: set[Coordinate] = field(default_factory=set)
    by_others: set[Coordinate] = field(default_factory=set)

    def __contains__(self, spot: Coordinate) -> bool:
        return spot in self.by_keys or spot in self.by_others


def settle(schema: SubSchema, faults: Faults) -> Uses:
    """Check a subgraph and settle its externals in place. The uses that were found."""
    return _Settling(schema, faults).settle()


class _Settling:
    def __init__(self, schema: SubSchema, faults: Faults) -> None:
        self._schema = schema
        self._faults = faults
        self._uses = Uses()

    def settle(self) -> Uses:
        self._check_types()
        extension_keys = self._read_keys()
        for coordinate in extension_keys:
            self._field(coordinate).external = False
        self._read_requires_and_provides()
        self._interfaces_use()
        self._drop_unused_externals()
        return self._uses

    def _fault(self, text: str) -> None:
        self._faults.add(f'{text} in subgraph "{self._schema.name}"')

    def _field(self, coordinate: Coordinate) -> SubField:
        return self._schema.types[coordinate[0]].fields[coordinate[1]]

    def _check_types(self) -> None:
        for definition in self._schema.types.values():
            for spot, found in _with_arguments(definition):
                self._check_known(spot, named_type(found.type))
            for name in (*definition.interfaces, *definition.members):
                self._check_known(definition.name, name)
            if definition.interface_object and not definition.keys:
                self._fault(f'"{definition.name}" is an @interfaceObject without a @key')
            if definition.kind == "interface" and definition.keys:
                self._check_implementations(definition)

    def _check_known(self, spot: str, name: str) -> None:
        if name not in self._schema.types and name not in BUILT_IN:
            self._fault(f'"{spot}" uses the unknown type "{name}"')

    def _check_implementations(self, interface: SubType) -> None:
        for definition in self._schema.types.values():
            if interface.name not in definition.interfaces or definition.kind != "object":
                continue
            own = {_words(key.fields) for key in definition.keys}
            for key in interface.keys:
                if key.resolvable and _words(key.fields) not in own:
                    self._fault(
                        f'"{definition.name}" lacks the @key "{key.fields}" of its interface'
                        f' "{interface.name}"'
                    )

    def _read_keys(self) -> set[Coordinate]:
        """Uses by keys; gives the coordinates that keys of extended types use."""
        of_extensions: set[Coordinate] = set()
        for definition in self._schema.types.values():
            for key in definition.keys:
                used = self._read(key.fields, definition.name, f'the @key of "{definition.name}"')
                self._uses.by_keys |= {spot for spot, _ in used}
                if definition.extension:
                    of_extensions |= {spot for spot, _ in used}
        return of_extensions

    def _read_requires_and_provides(self) -> None:
        for definition in self._schema.types.values():
            for found in definition.fields.values():
                spot = f"{definition.name}.{found.name}"
                if found.requires is not None:
                    used = self._read(found.requires, definition.name, f'the @requires of "{spot}"')
                    self._use(used, f'the @requires of "{spot}"')
                if found.provides is not None:
                    used = self._read(found.provides, named_type(found.type), f'the @provides of "{spot}"')
                    self._use(used, f'the @provides of "{spot}"')

    def _use(self, used: list[tuple[Coordinate, bool]], where: str) -> None:
        self._uses.by_others |= {spot for spot, _ in used}
        if self._schema.version == 1:
            return
        for (type_name, name), excused in used:
            if not excused:
                self._fault(f'{where} asks for "{type_name}.{name}", which is not @external')

    def _read(self, text: str, parent: str, where: str) -> list[tuple[Coordinate, bool]]:
        """Fields used, each with whether it or something above or below it is external."""
        try:
            node = field_set_node(text)
        except GraphQLSyntaxError as error:
            self._fault(f'{where} cannot be parsed ("{text}"): {error.message}')
            return []
        found: list[tuple[Coordinate, bool]] = []
        self._walk(node, parent, where, found, external=False)
        return found

    def _walk(
        self,
        node: SelectionSetNode,
        parent: str,
        where: str,
        found: list[tuple[Coordinate, bool]],
        *,
        external: bool,
    ) -> bool:
        """Collects below `node`; whether anything there is external."""
        any_external = False
        for selection in node.selections:
            if isinstance(selection, InlineFragmentNode):
                narrowed = getattr(selection.type_condition, "name", None)
                inner = narrowed.value if narrowed is not None else parent
                if inner not in self._schema.types:
                    self._fault(f'{where} uses the unknown type "{inner}"')
                    continue
                any_external |= self._walk(selection.selection_set, inner, where, found, external=external)
            elif isinstance(selection, FieldNode) and selection.name.value != "__typename":
                any_external |= self._walk_field(selection, parent, where, found, external=external)
        return any_external

    def _walk_field(
        self,
        node: FieldNode,
        parent: str,
        where: str,
        found: list[tuple[Coordinate, bool]],
        *,
        external: bool,
    ) -> bool:
        name = node.name.value
        known = self._schema.types.get(parent)
        field_here = known.fields.get(name) if known is not None else None
        if field_here is None:
            self._fault(f'{where} asks for "{parent}.{name}", which does not exist')
            return True
        self._check_asked(node, field_here, f"{parent}.{name}", where)
        own = field_here.external or self._external_on_members(parent, name)
        covered = external or own
        below = False
        if node.selection_set is not None:
            inner = named_type(field_here.type)
            below = self._walk(node.selection_set, inner, where, found, external=covered)
        found.append(((parent, name), covered or below))
        members = [self._schema.types[member] for member in self._members(parent)]
        found.extend(((member.name, name), True) for member in members if name in member.fields)
        return own or below

    def _check_asked(self, node: FieldNode, asked: SubField, spot: str, where: str) -> None:
        """What a field set asks of a field must be possible: nobody else validates it before it is sent."""
        inner = self._schema.types.get(named_type(asked.type))
        composite = inner is not None and inner.kind in ("object", "interface", "union")
        if composite and node.selection_set is None:
            self._fault(f'{where} asks for "{spot}" and does not say what of it')
        given = {argument.name.value for argument in node.arguments}
        for name in sorted(given - asked.arguments.keys()):
            self._fault(f'{where} gives "{spot}" an argument "{name}", which it does not take')
        for name, argument in asked.arguments.items():
            if isinstance(argument.type, NonNullTypeNode) and not argument.default and name not in given:
                self._fault(f'{where} asks for "{spot}" without its argument "{name}"')

    def _members(self, interface: str) -> list[str]:
        if self._schema.types[interface].kind != "interface":
            return []
        return [one.name for one in self._schema.types.values() if interface in one.interfaces]

    def _external_on_members(self, interface: str, name: str) -> bool:
        fields = [self._schema.types[member].fields.get(name) for member in self._members(interface)]
        return any(found is not None and found.external for found in fields)

    def _interfaces_use(self) -> None:
        for definition in self._schema.types.values():
            for name in definition.interfaces:
                interface = self._schema.types.get(name)
                for required in interface.fields if interface is not None else ():
                    self._uses.by_others.add((definition.name, required))

    def _drop_unused_externals(self) -> None:
        for definition in self._schema.types.values():
            for name, found in list(definition.fields.items()):
                if definition.kind == "interface":
                    found.external = False
                if not found.external or (definition.name, name) in self._uses:
                    continue
                if self._schema.version == 2 and not definition.external:
                    self._fault(f'"{definition.name}.{name}" is @external but nothing uses it')
                else:
                    del definition.fields[name]


def _with_arguments(definition: SubType) -> Iterator[tuple[str, SubField]]:
    for found in definition.fields.values():
        yield f"{definition.name}.{found.name}", found
        for argument in found.arguments.values():
            yield f"{definition.name}.{found.name}({argument.name}:)", argument


def _words(field_set: str) -> str:
    return " ".join(field_set.replace("{", " { ").replace("}", " } ").split())

"""Composition: read every subgraph, settle what its directives mean, merge type by type, print.

    read      each SDL on its own                        sdl.py, links.py
    renew     Federation 1 in the terms of 2             first_edition.py
    settle    field sets checked, externals decided      uses.py
    override  fields that changed hands                  overrides.py
    merge     types, fields, values                      merge_*.py
    print     supergraph SDL with join directives        render.py

Faults are gathered as far as each stage can go and told together. Subgraphs are taken by name, so
the order in which they are given makes no difference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from gateway.composition.faults import CompositionFailed, Faults, listed
from gateway.composition.first_edition import bring_up_to_date
from gateway.composition.merge_fields import FieldMerger, quoted
from gateway.composition.merge_values import Directions, ValueMerger
from gateway.composition.merged import MergedField, MergedType, chosen_description, united
from gateway.composition.overrides import apply_overrides
from gateway.composition.render import Supplement, is_executable, render
from gateway.composition.sdl import ROOTS, Subgraph, SubSchema, SubType, read_subgraph
from gateway.composition.uses import settle

__all__ = ["CompositionFailed", "compose"]


def compose(subgraphs: Sequence[Subgraph]) -> str:
    """The supergraph SDL. Raises CompositionFailed with every fault that was found."""
    faults = Faults()
    names = [subgraph.name for subgraph in subgraphs]
    for name in sorted({name for name in names if names.count(name) > 1}):
        faults.add(f'two subgraphs are named "{name}"')
    if not subgraphs:
        faults.add("there are no subgraphs")
    faults.stop_here()
    read = [read_subgraph(one, faults) for one in sorted(subgraphs, key=lambda one: one.name)]
    schemas = [schema for schema in read if schema is not None]
    bring_up_to_date(schemas)
    uses = {schema.name: settle(schema, faults) for schema in schemas}
    apply_overrides(schemas, uses, faults)
    faults.stop_here()
    enums = enum_names([schema.name for schema in schemas])
    fields = FieldMerger(enums, uses, _Narrower(schemas), faults)
    values = ValueMerger(enums, Directions(schemas), fields, faults)
    types = _Merging(schemas, enums, fields, values, faults).types()
    faults.stop_here()
    return render(schemas, enums, types, _supplement(schemas))


def enum_names(names: Sequence[str]) -> dict[str, str]:
    """Names of subgraphs as values of join__Graph."""
    found: dict[str, str] = {}
    for name in names:
        base = re.sub(r"[^A-Za-z0-9_]", "_", name).upper()
        base = f"_{base}" if not base or base[0].isdigit() else base
        taken = set(found.values())
        number, value = 1, base
        while value in taken:
            value, number = f"{base}_{number}", number + 1
        found[name] = value
    return found


class _Narrower:
    """Whether one named type is a narrower kind of another, in any subgraph."""

    def __init__(self, schemas: Sequence[SubSchema]) -> None:
        self._wider: dict[str, set[str]] = {}
        for schema in schemas:
            for definition in schema.types.values():
                for interface in definition.interfaces:
                    self._wider.setdefault(definition.name, set()).add(interface)
                for member in definition.members:
                    self._wider.setdefault(member, set()).add(definition.name)

    def __call__(self, narrow: str, wide: str) -> bool:
        return wide in self._wider.get(narrow, ())


class _Merging:
    def __init__(
        self,
        schemas: Sequence[SubSchema],
        enums: Mapping[str, str],
        fields: FieldMerger,
        values: ValueMerger,
        faults: Faults,
    ) -> None:
        self._schemas = schemas
        self._enums = enums
        self._fields = fields
        self._values = values
        self._faults = faults

    def types(self) -> list[MergedType]:
        """All types, by name; with the fields that interface objects give to real objects."""
        names = sorted({name for schema in self._schemas for name in schema.types} | {"Query"})
        found = {}
        for name in names:
            owners = [(schema.name, schema.types[name]) for schema in self._schemas if name in schema.types]
            merged = self._type(name, owners) if owners else None
            if merged is not None:
                found[name] = merged
        if "Query" not in found or not found["Query"].fields:
            self._faults.add("no subgraph has a Query field")
        for merged in found.values():
            if merged.kind == "object":
                self._inherit(merged, found)
        return list(found.values())

    def _type(self, name: str, owners: list[tuple[str, SubType]]) -> MergedType | None:
        kind = self._kind(name, owners)
        if kind is None:
            return None
        if name == "Query":  # every subgraph can be entered at the root
            known = dict(owners)
            owners = [(s.name, known.get(s.name, SubType(name, "object"))) for s in self._schemas]
        merged = MergedType(
            name=name,
            kind=kind,
            description=chosen_description(owner.description for _, owner in owners),
            directives=united([owner.directives for _, owner in owners]),
        )
        if kind in ("object", "interface"):
            merged.interfaces = united([owner.interfaces for _, owner in owners])
            merged.fields = self._fields.fields(name, owners)
            merged.joins += [
                f'@join__implements(graph: {self._enums[graph]}, interface: "{interface}")'
                for graph, owner in owners
                for interface in owner.interfaces
            ]
        elif kind == "union":
            merged.members = united([owner.members for _, owner in owners])
        elif kind == "enum":
            merged.fields = self._values.enum_values(name, owners)
        elif kind == "input":
            merged.fields = self._values.input_fields(name, owners)
        merged.joins += [line for graph, owner in owners for line in self._join_type(graph, owner)]
        if kind == "union":
            merged.joins += [
                f'@join__unionMember(graph: {self._enums[graph]}, member: "{member}")'
                for member in merged.members
                for graph, owner in owners
                if member in owner.members
            ]
        return merged

    def _kind(self, name: str, owners: list[tuple[str, SubType]]) -> str | None:
        kinds: dict[str, list[str]] = {}
        for graph, owner in owners:
            kind = "interface" if owner.interface_object else owner.kind
            kinds.setdefault(kind, []).append(graph)
        if len(kinds) == 1:
            (kind,) = kinds
            if kind == "interface" and all(owner.interface_object for _, owner in owners):
                graphs = listed([graph for graph, _ in owners])
                self._faults.add(f'"{name}" is an @interfaceObject in {graphs}, but an interface nowhere')
            return kind
        said = "; ".join(f"{kind} in {listed(graphs)}" for kind, graphs in sorted(kinds.items()))
        self._faults.add(f'"{name}" is not the same kind of type everywhere: {said}')
        return None

    def _join_type(self, graph: str, owner: SubType) -> list[str]:
        start = f"@join__type(graph: {self._enums[graph]}"
        end = ", isInterfaceObject: true)" if owner.interface_object else ")"
        if not owner.keys:
            return [start + end]
        extension = ", extension: true" if owner.extension and owner.name not in ROOTS.values() else ""
        return [
            f"{start}, key: {quoted(key.fields)}{extension}"
            + ("" if key.resolvable else ", resolvable: false")
            + end
            for key in owner.keys
        ]

    def _inherit(self, merged: MergedType, types: Mapping[str, MergedType]) -> None:
        """Fields that an interface object adds to its interface exist on every implementation."""
        for name in merged.interfaces:
            interface = types.get(name)
            for field in self._added_fields(name) if interface is not None else ():
                known = interface.fields.get(field) if interface is not None else None
                if known is not None and field not in merged.fields:
                    merged.fields[field] = MergedField(
                        name=field,
                        type=known.type,
                        description=known.description,
                        arguments=known.arguments,
                        directives=known.directives,
                        joins=["@join__field"],
                    )

    def _added_fields(self, interface: str) -> list[str]:
        owners = [schema.types[interface] for schema in self._schemas if interface in schema.types]
        return united(
            [
                [name for name, found in owner.fields.items() if not found.external]
                for owner in owners
                if owner.interface_object
            ]
        )


def _supplement(schemas: Sequence[SubSchema]) -> Supplement:
    """Directive definitions to carry: composed ones, and executable ones that all subgraphs share."""
    composed = {name for schema in schemas for name in schema.composed}
    definitions = {}
    for schema in schemas:
        definitions.update({n: node for n, node in schema.directives.items() if n in composed})
    shared = set.intersection(
        *({n for n, d in one.directives.items() if is_executable(d)} for one in schemas)
    )
    for name in shared - composed:
        definitions[name] = schemas[0].directives[name]
    homes = {
        name: home for schema in schemas for name, home in schema.homes.items() if name in schema.composed
    }
    return Supplement(definitions, homes)

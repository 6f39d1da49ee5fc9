"""Merges enums and input objects, whose meaning depends on which way they travel.

What only comes out may be the union of what subgraphs know; what only goes in must be known to all;
an enum that does both must be the same everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gateway.composition.faults import Faults, listed
from gateway.composition.merge_fields import FieldMerger, Owners
from gateway.composition.merge_types import is_required
from gateway.composition.merged import MergedField, chosen_description, united
from gateway.composition.read_supergraph import named_type
from gateway.composition.sdl import SubSchema


class Directions:
    """Which types go in (arguments, input fields) and which come out (fields)."""

    def __init__(self, schemas: Sequence[SubSchema]) -> None:
        self.inputs: set[str] = set()
        self.outputs: set[str] = set()
        for schema in schemas:
            for definition in schema.types.values():
                for found in definition.fields.values():
                    side = self.inputs if definition.kind == "input" else self.outputs
                    side.add(named_type(found.type))
                    self.inputs |= {named_type(one.type) for one in found.arguments.values()}


class ValueMerger:
    """Merges enum values and input fields."""

    def __init__(
        self, enums: Mapping[str, str], directions: Directions, fields: FieldMerger, faults: Faults
    ) -> None:
        self._enums = enums
        self._directions = directions
        self._fields = fields
        self._faults = faults

    def enum_values(self, name: str, owners: Owners) -> dict[str, MergedField]:
        """The values of an enum."""
        goes_in = name in self._directions.inputs
        comes_out = name in self._directions.outputs
        found = {}
        for value in united([list(owner.values) for _, owner in owners]):
            knowing = [(graph, owner.values[value]) for graph, owner in owners if value in owner.values]
            hidden = any(one.inaccessible for _, one in knowing)
            missing = [graph for graph, owner in owners if value not in owner.values]
            if missing and goes_in and not hidden:
                if comes_out:
                    self._faults.add(
                        f'enum "{name}" goes in and comes out, so it must be the same everywhere, but'
                        f' "{value}" is missing in {listed(missing)}'
                    )
                else:
                    continue
            found[value] = MergedField(
                name=value,
                type="",
                description=chosen_description(one.description for _, one in knowing),
                directives=united([one.directives for _, one in knowing]),
                joins=[f"@join__enumValue(graph: {self._enums[graph]})" for graph, _ in knowing],
            )
        if not found:
            self._faults.add(f'enum "{name}" has no value that {listed([g for g, _ in owners])} all know')
        return found

    def input_fields(self, name: str, owners: Owners) -> dict[str, MergedField]:
        """The fields of an input object that every subgraph knows."""
        found = {}
        for field in united([list(owner.fields) for _, owner in owners]):
            takers = [(graph, owner.fields[field]) for graph, owner in owners if field in owner.fields]
            missing = [graph for graph, owner in owners if field not in owner.fields]
            place = f"{name}.{field}"
            if missing:
                demanding = [g for g, taker in takers if is_required(taker.type) and not taker.default]
                if demanding:
                    self._faults.add(
                        f'"{place}" is required in {listed(demanding)} but missing in {listed(missing)}'
                    )
                continue
            merged = self._fields.input(place, takers)
            if any(taker.printed != merged.type for _, taker in takers):
                merged.joins = [
                    f'@join__field(graph: {self._enums[graph]}, type: "{taker.printed}")'
                    for graph, taker in takers
                ]
            found[field] = merged
        if not found:
            self._faults.add(f'input "{name}" has no field that {listed([g for g, _ in owners])} all know')
        return found

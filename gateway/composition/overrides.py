"""Applies @override: a field taken over by one subgraph is no longer resolved by the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gateway.composition.faults import Faults
from gateway.composition.sdl import SubField, SubSchema, SubType
from gateway.composition.uses import Uses


def apply_overrides(schemas: Sequence[SubSchema], uses: Mapping[str, Uses], faults: Faults) -> None:
    """Drop or mark the fields that were taken over, in place."""
    by_name = {schema.name: schema for schema in schemas}
    for schema in schemas:
        for definition in schema.types.values():
            for found in definition.fields.values():
                if found.override is not None:
                    _apply(schema, definition, found, by_name, uses, faults)


def _apply(
    schema: SubSchema,
    definition: SubType,
    found: SubField,
    by_name: Mapping[str, SubSchema],
    uses: Mapping[str, Uses],
    faults: Faults,
) -> None:
    spot = f"{definition.name}.{found.name}"
    if found.override == schema.name:
        faults.add(f'"{spot}" overrides itself in subgraph "{schema.name}"')
        return
    source = by_name.get(found.override or "")
    there = source.types.get(definition.name) if source is not None else None
    taken = there.fields.get(found.name) if there is not None else None
    if source is None or there is None or taken is None:
        return  # already gone, as it should be once the move is done
    if taken.override is not None:
        faults.add(f'"{spot}" is overridden in "{schema.name}" and in "{source.name}" at once')
    elif found.override_label is not None and not _whole(found.override_label):
        found.external = True  # a move under way: the old subgraph still answers
        found.override = None
    elif taken.external:
        return
    elif (definition.name, found.name) in uses[source.name]:
        taken.used_overridden = True
    else:
        del there.fields[found.name]


def _whole(label: str) -> bool:
    return label.replace(" ", "") == "percent(100)"

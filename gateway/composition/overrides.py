"""Applies @override: a field taken over by one subgraph is no longer resolved by the other.

With a label the move is under way: both resolve the field, and the label says for each request who is asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from gateway.composition.faults import Faults
from gateway.composition.sdl import SubField, SubSchema, SubType
from gateway.composition.uses import Uses

LABEL = re.compile(r"percent\((100|\d{1,2}(\.\d{1,8})?)\)|[A-Za-z][A-Za-z0-9_:./-]*")


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
    if found.override_label is not None and not LABEL.fullmatch(found.override_label):
        faults.add(
            f'the label "{found.override_label}" of the @override of "{spot}" in subgraph "{schema.name}" is neither'
            " percent(0) to percent(100) nor a name"
        )
    source = by_name.get(found.override or "")
    there = source.types.get(definition.name) if source is not None else None
    taken = there.fields.get(found.name) if there is not None else None
    if source is None or there is None or taken is None:
        found.override_label = None
        return  # already gone, as it should be once the move is done
    if taken.override is not None:
        faults.add(f'"{spot}" is overridden in "{schema.name}" and in "{source.name}" at once')
    elif found.is_moving or taken.external:
        return
    elif (definition.name, found.name) in uses[source.name]:
        taken.used_overridden = True
    else:
        del there.fields[found.name]

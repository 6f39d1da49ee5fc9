"""Reads Federation 1 as Federation 2 understands it, where one subgraph alone does not tell.

A key on an interface meant nothing then. And a type that is extended without a key resolves those of its external
fields that make up the first key of the type where it is at home.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graphql import FieldNode, GraphQLSyntaxError

from gateway.composition.sdl import ROOTS, SubSchema, SubType
from gateway.composition.selection import field_set_node


def bring_up_to_date(schemas: Sequence[SubSchema]) -> None:
    """Change what the subgraphs of Federation 1 among `schemas` say, in place."""
    for schema in schemas:
        if schema.version != 1:
            continue
        for definition in schema.types.values():
            if definition.kind == "interface":
                definition.keys.clear()
            elif definition.extension and not definition.keys and definition.name not in ROOTS.values():
                for name in _first_keys(definition, schemas):
                    if name in definition.fields:
                        definition.fields[name].external = False


def _first_keys(extended: SubType, schemas: Sequence[SubSchema]) -> Iterator[str]:
    """Names of the fields in the first key that each other subgraph gives the type."""
    for schema in schemas:
        home = schema.types.get(extended.name)
        if home is None or home is extended or not home.keys:
            continue
        try:
            node = field_set_node(home.keys[0].fields)
        except GraphQLSyntaxError:  # told where that subgraph is checked
            continue
        yield from (field.name.value for field in node.selections if isinstance(field, FieldNode))

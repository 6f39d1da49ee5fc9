"""Answers what an operation asks about the schema itself, by graphql-core on the public schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    execute_sync,
)

from gateway.composition.selection import Include
from gateway.planning.operation import INTROSPECTION, root_nodes


def about_schema(
    operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode], include: Include
) -> DocumentNode:
    """The operation reduced to its introspection fields."""
    nodes = tuple(
        node
        for node in root_nodes(operation.selection_set, fragments, include)
        if node.name.value in INTROSPECTION
    )
    reduced = OperationDefinitionNode(
        operation=operation.operation,
        name=operation.name,
        variable_definitions=operation.variable_definitions,
        directives=(),
        selection_set=SelectionSetNode(selections=nodes),
    )
    return DocumentNode(definitions=(reduced, *fragments.values()))


def introspect(schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> dict[str, Any]:
    """Results by response name."""
    return execute_sync(schema, document, variable_values=dict(variables)).data or {}

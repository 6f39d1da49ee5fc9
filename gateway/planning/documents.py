"""Documents as clients send them: parsed, validated, and split into operations, once each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    NamedTypeNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    get_variable_values,
    parse,
    print_ast,
    validate,
)

from gateway.planning.operation import condition_variables, fragments_of, root_nodes


class Refused(Exception):
    """A document that will not be executed: `errors` are ready for the response, `status` is HTTP's."""

    def __init__(self, status: int, errors: Sequence[Mapping[str, Any]]) -> None:
        super().__init__("; ".join(str(error.get("message")) for error in errors))
        self.status = status
        self.errors = tuple(errors)


@dataclass(frozen=True, slots=True)
class Document:
    """A valid document with its operations by name; an unnamed one is under ''."""

    node: DocumentNode
    operations: Mapping[str, OperationDefinitionNode]
    fragments: Mapping[str, FragmentDefinitionNode]
    conditions: tuple[str, ...]
    normalized: Mapping[str, str]


def read_document(schema: GraphQLSchema, text: str) -> Document:
    """Parse and validate. Raises Refused with every fault."""
    try:
        # Positions are for errors alone, and hold every token in memory: read them when there are any.
        node = parse(text, no_location=True)
        faults = validate(schema, node)
        if faults:
            faults = validate(schema, parse(text))
    except GraphQLSyntaxError as error:
        raise Refused(400, [_formatted(error, "GRAPHQL_PARSE_FAILED")]) from error
    except RecursionError as error:
        deep = GraphQLError("The document is nested too deeply.")
        raise Refused(400, [_formatted(deep, "GRAPHQL_PARSE_FAILED")]) from error
    if faults:
        raise Refused(400, [_formatted(fault, "GRAPHQL_VALIDATION_FAILED") for fault in faults])
    operations = {
        definition.name.value if definition.name else "": definition
        for definition in node.definitions
        if isinstance(definition, OperationDefinitionNode)
    }
    fragments = fragments_of(node)
    printed = "\n".join(sorted(print_ast(fragment) for fragment in fragments.values()))
    normalized = {name: f"{print_ast(op)}\n{printed}" for name, op in operations.items()}
    return Document(node, operations, fragments, condition_variables(node), normalized)


def pick_operation(document: Document, name: str | None) -> OperationDefinitionNode:
    """The operation to run. Raises Refused when the name leaves it open."""
    if name:
        found = document.operations.get(name)
        if found is None:
            raise _no_operation(f'Unknown operation named "{name}".')
        return found
    if len(document.operations) != 1:
        raise _no_operation("Must provide operation name if query contains multiple operations.")
    return next(iter(document.operations.values()))


def _no_operation(message: str) -> Refused:
    return Refused(400, [_formatted(GraphQLError(message), "OPERATION_RESOLUTION_FAILURE")])


def coerced_variables(
    schema: GraphQLSchema, operation: OperationDefinitionNode, given: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Variables by the operation's definitions, defaults filled in. Raises Refused."""
    if not operation.variable_definitions:
        return {}
    plain = _plain_variables(operation, given)
    if plain is not None:
        return plain
    found = get_variable_values(schema, operation.variable_definitions, dict(given), max_errors=20)
    if isinstance(found, list):
        raise Refused(400, [_formatted(fault, "BAD_USER_INPUT") for fault in found])
    return found


def refuse_null_conditions(document: Document, values: Mapping[str, Any]) -> None:
    """A variable with a default may decide @skip and @include, and be given as null all the same: raises Refused."""
    for name in document.conditions:
        if values.get(name, ...) is None:
            fault = GraphQLError(f'Variable "${name}" decides @skip or @include and must not be null.')
            raise Refused(400, [_formatted(fault, "BAD_USER_INPUT")])


_PLAIN: Mapping[str, Callable[[Any], bool]] = {
    "Int": lambda value: type(value) is int and -(2**31) <= value < 2**31,
    "String": lambda value: type(value) is str,
    "ID": lambda value: type(value) is str,
    "Boolean": lambda value: type(value) is bool,
}


def _plain_variables(
    operation: OperationDefinitionNode, given: Mapping[str, Any]
) -> Mapping[str, Any] | None:
    """The variables if all are given and plain, which most are; None leaves it to graphql-core."""
    found = {}
    for definition in operation.variable_definitions:
        kind: Any = definition.type
        if isinstance(kind, NonNullTypeNode):
            kind = kind.type
        check = _PLAIN.get(kind.name.value) if isinstance(kind, NamedTypeNode) else None
        name = definition.variable.name.value
        if check is None or not check(given.get(name)):
            return None
        found[name] = given[name]
    return found


def root_field_names(operation: OperationDefinitionNode, document: Document) -> tuple[str, ...]:
    """Names of the root fields, each once, in document order."""
    nodes = root_nodes(operation.selection_set, document.fragments, lambda _directives: True)
    return tuple(dict.fromkeys(node.name.value for node in nodes))


def _formatted(error: GraphQLError, code: str) -> dict[str, Any]:
    formatted: dict[str, Any] = dict(error.formatted)
    formatted["extensions"] = {**formatted.get("extensions", {}), "code": code}
    return formatted

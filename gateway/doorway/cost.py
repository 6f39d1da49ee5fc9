"""How many objects an answer may hold: lists multiply, and nesting them multiplies again.

A depth limit does not stop amplification: 268 bytes at a legal depth of 8 returned 524 KiB. So every object
counts 1, a list counts its size times what one item holds, and sizes come from the `first`, `last` or `limit`
argument of the field (or of the connection around it), else from an assumption. A schema may say more by
@cost(weight:) and @listSize(assumedSize:, slicingArguments:).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLList,
    GraphQLNamedType,
    GraphQLSchema,
    GraphQLWrappingType,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NamedTypeNode,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
    ValueNode,
    VariableNode,
    get_named_type,
    is_composite_type,
)
from graphql.pyutils import Undefined

SIZE_ARGUMENTS = ("first", "last", "limit")
CEILING = 10**12


@dataclass(frozen=True, slots=True)
class _Weights:
    """What the schema says of one field."""

    is_list: bool
    weight: int
    size_arguments: tuple[str, ...]
    assumed_size: int
    inner: GraphQLNamedType


class CostModel:
    """Estimates documents against one schema."""

    def __init__(self, schema: GraphQLSchema, assumed_list_size: int) -> None:
        self._schema = schema
        self._assumed = assumed_list_size
        self._weights: dict[int, _Weights] = {}

    def size_variables(self, document_nodes: Iterable[object]) -> frozenset[str]:
        """Names of the variables that list sizes may hang on, anywhere in these definitions."""
        found: set[str] = set()
        pending = [node.selection_set for node in document_nodes if hasattr(node, "selection_set")]
        while pending:
            for selection in pending.pop().selections:
                for argument in getattr(selection, "arguments", ()):
                    if isinstance(argument.value, VariableNode):
                        found.add(argument.value.name.value)
                if getattr(selection, "selection_set", None):
                    pending.append(selection.selection_set)
        return frozenset(found)

    def estimate(
        self,
        operation: OperationDefinitionNode,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: Mapping[str, Any],
    ) -> int:
        """Objects the answer may hold. The document need not be valid; what the schema lacks counts nothing."""
        root = self._schema.get_root_type(operation.operation)
        values = {
            definition.variable.name.value: _literal(definition.default_value, {})
            for definition in operation.variable_definitions
            if definition.default_value is not None
        }
        values.update(variables)
        if root is None:
            return 0
        return _Walk(self, fragments, values).selections(operation.selection_set, root, None, ())

    def weights(self, field: GraphQLField) -> _Weights:
        """What the schema says of `field`, worked out once."""
        known = self._weights.get(id(field))
        if known is None:
            known = self._weights[id(field)] = self._read(field)
        return known

    def _read(self, field: GraphQLField) -> _Weights:
        kind: Any = field.type
        is_list = False
        while isinstance(kind, GraphQLWrappingType):
            is_list = is_list or isinstance(kind, GraphQLList)
            kind = kind.of_type
        inner = get_named_type(field.type)
        cost = _directive(field, "cost") or _directive(inner, "cost") or {}
        sizes = _directive(field, "listSize") or {}
        weight = cost.get("weight", 1 if is_composite_type(inner) else 0)
        arguments = tuple(sizes.get("slicingArguments") or (n for n in SIZE_ARGUMENTS if n in field.args))
        return _Weights(is_list, int(weight), arguments, int(sizes.get("assumedSize", self._assumed)), inner)


class _Walk:
    """One estimate under way."""

    def __init__(
        self, model: CostModel, fragments: Mapping[str, FragmentDefinitionNode], values: Mapping[str, Any]
    ) -> None:
        self._model = model
        self._fragments = fragments
        self._values = values

    def selections(
        self, node: SelectionSetNode, parent: Any, given_size: int | None, spread: tuple[str, ...]
    ) -> int:
        """Cost of a selection on `parent`; `given_size` is the page size asked of a connection around it."""
        total = 0
        for selection in node.selections:
            if isinstance(selection, FieldNode):
                total += self._field(selection, parent, given_size, spread)
            elif isinstance(selection, InlineFragmentNode):
                condition: NamedTypeNode | None = selection.type_condition
                inner = parent if condition is None else self._type(condition.name.value)
                total += self.selections(selection.selection_set, inner, given_size, spread)
            elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in spread:
                name = selection.name.value
                fragment = self._fragments.get(name)
                if fragment is not None:
                    inner = self._type(fragment.type_condition.name.value)
                    total += self.selections(fragment.selection_set, inner, given_size, (*spread, name))
        return min(total, CEILING)

    def _field(self, node: FieldNode, parent: Any, given_size: int | None, spread: tuple[str, ...]) -> int:
        field = getattr(parent, "fields", {}).get(node.name.value)
        if field is None:
            return 0
        weights = self._model.weights(field)
        asked = self._asked_size(node, field, weights)
        times, passed = 1, asked
        if weights.is_list:
            fallback = weights.assumed_size if given_size is None else given_size
            times, passed = (fallback if asked is None else asked), None
        below = (
            self.selections(node.selection_set, weights.inner, passed, spread) if node.selection_set else 0
        )
        return min(times * (weights.weight + below), CEILING)

    def _asked_size(self, node: FieldNode, field: GraphQLField, weights: _Weights) -> int | None:
        written = {argument.name.value: argument.value for argument in node.arguments}
        sizes = []
        for name in weights.size_arguments:
            value = _literal(written[name], self._values) if name in written else Undefined
            if value is Undefined and name in field.args:
                value = field.args[name].default_value
            if isinstance(value, int) and not isinstance(value, bool):
                sizes.append(max(0, value))
        return max(sizes) if sizes else None

    def _type(self, name: str) -> Any:
        return self._model._schema.get_type(name)


def _literal(node: ValueNode, values: Mapping[str, Any]) -> Any:
    if isinstance(node, VariableNode):
        return values.get(node.name.value, Undefined)
    if isinstance(node, IntValueNode):
        return int(node.value[:12])
    return None


def _directive(owner: Any, name: str) -> dict[str, Any] | None:
    """Arguments of a directive written on a definition of the schema, if it is there."""
    definition = getattr(owner, "ast_node", None)
    for directive in getattr(definition, "directives", ()) or ():
        if directive.name.value == name:
            return {argument.name.value: _constant(argument.value) for argument in directive.arguments}
    return None


def _constant(node: ValueNode) -> Any:
    if isinstance(node, ListValueNode):
        return [_constant(item) for item in node.values]
    if isinstance(node, StringValueNode):
        return int(node.value) if node.value.isdigit() else node.value
    return _literal(node, {})

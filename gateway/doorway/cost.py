"""How many objects an answer may hold: lists multiply, and nesting them multiplies again.

A depth limit does not stop amplification: 268 bytes at a legal depth of 8 returned 524 KiB. So every object
counts 1, a list counts its size times what one item holds, and sizes come from the `first`, `last` or `limit`
argument of the field (or of the connection around it), else from an assumption. A schema may say more by
@cost(weight:), on what comes out and what goes in, and by @listSize(assumedSize:, slicingArguments:, sizedFields:,
requireOneSlicingArgument:).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    BooleanValueNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLSchema,
    GraphQLWrappingType,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NamedTypeNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
    ValueNode,
    VariableNode,
    get_named_type,
    is_composite_type,
)
from graphql.pyutils import Undefined

from gateway.doorway.refusal import too_complex

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
    sized_fields: frozenset[str]
    needs_one_size: bool
    inputs: Mapping[str, GraphQLArgument]


@dataclass(frozen=True, slots=True)
class _Page:
    """The size asked of a connection, and which fields of it are lists of that size (all without a word on it)."""

    size: int
    fields: frozenset[str]

    def size_of(self, name: str) -> int | None:
        """The size of a list right below, if it follows from the page."""
        return self.size if not self.fields or name in self.fields else None


class CostModel:
    """Estimates documents against one schema. `weighs_inputs`: values of input objects count as well."""

    def __init__(self, schema: GraphQLSchema, assumed_list_size: int) -> None:
        self._schema = schema
        self._assumed = assumed_list_size
        self._weights: dict[int, _Weights] = {}
        self.weighs_inputs = _weighs_inputs(schema)

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
        arguments = tuple(sizes.get("slicingArguments") or (n for n in SIZE_ARGUMENTS if n in field.args))
        return _Weights(
            is_list=is_list,
            weight=int(cost.get("weight", 1 if is_composite_type(inner) else 0)),
            size_arguments=arguments,
            assumed_size=int(sizes.get("assumedSize", self._assumed)),
            inner=inner,
            sized_fields=frozenset(sizes.get("sizedFields") or ()),
            needs_one_size="slicingArguments" in sizes and sizes.get("requireOneSlicingArgument", True),
            inputs=field.args if self.weighs_inputs else {},
        )


class _Walk:
    """One estimate under way."""

    def __init__(
        self, model: CostModel, fragments: Mapping[str, FragmentDefinitionNode], values: Mapping[str, Any]
    ) -> None:
        self._model = model
        self._fragments = fragments
        self._values = values

    def selections(
        self, node: SelectionSetNode, parent: Any, page: _Page | None, spread: tuple[str, ...]
    ) -> int:
        """Cost of a selection on `parent`; `page` is what was asked of a connection around it."""
        total = 0
        for selection in node.selections:
            if isinstance(selection, FieldNode):
                total += self._field(selection, parent, page, spread)
            elif isinstance(selection, InlineFragmentNode):
                condition: NamedTypeNode | None = selection.type_condition
                inner = parent if condition is None else self._type(condition.name.value)
                total += self.selections(selection.selection_set, inner, page, spread)
            elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in spread:
                name = selection.name.value
                fragment = self._fragments.get(name)
                if fragment is not None:
                    inner = self._type(fragment.type_condition.name.value)
                    total += self.selections(fragment.selection_set, inner, page, (*spread, name))
        return min(total, CEILING)

    def _field(self, node: FieldNode, parent: Any, page: _Page | None, spread: tuple[str, ...]) -> int:
        field = getattr(parent, "fields", {}).get(node.name.value)
        if field is None:
            return 0
        weights = self._model.weights(field)
        written = {argument.name.value: argument.value for argument in node.arguments}
        asked = self._asked_size(node.name.value, written, field, weights)
        times, passed = 1, None
        if weights.is_list:
            given = page.size_of(node.name.value) if page is not None else None
            times = asked if asked is not None else weights.assumed_size if given is None else given
        elif asked is not None:
            passed = _Page(asked, weights.sized_fields)
        below = (
            self.selections(node.selection_set, weights.inner, passed, spread) if node.selection_set else 0
        )
        inputs = sum(
            self._input(weights.inputs[name], value, written=True)
            for name, value in written.items()
            if name in weights.inputs
        )
        return min(inputs + times * (weights.weight + below), CEILING)

    def _asked_size(
        self, name: str, written: Mapping[str, ValueNode], field: GraphQLField, weights: _Weights
    ) -> int | None:
        """The largest size that is asked for. Raises Refusal where exactly one must be, and is not."""
        sizes = []
        for path in weights.size_arguments:
            argument, *inside = path.split(".")
            value = _value(written[argument], self._values) if argument in written else Undefined
            if value is Undefined and argument in field.args:
                value = field.args[argument].default_value
            for key in inside:
                value = value.get(key) if isinstance(value, Mapping) else None
            if isinstance(value, int) and not isinstance(value, bool):
                sizes.append(max(0, value))
        if weights.needs_one_size and len(sizes) != 1:
            raise too_complex(f"{name} takes exactly one of {', '.join(weights.size_arguments)}.")
        return max(sizes) if sizes else None

    def _input(
        self, declared: GraphQLArgument | GraphQLInputField, value: Any, *, written: bool = False
    ) -> int:
        """Cost of one argument or input field with its value, by @cost alone."""
        plain = _value(value, self._values) if written else value
        if plain is Undefined:
            return 0
        inner = get_named_type(declared.type)
        cost = _directive(declared, "cost") or _directive(inner, "cost") or {}
        total = int(cost.get("weight", 0))
        for one in plain if isinstance(plain, list) else [plain]:
            if isinstance(one, Mapping) and isinstance(inner, GraphQLInputObjectType):
                total += sum(self._input(inner.fields[key], one[key]) for key in one if key in inner.fields)
        return min(total, CEILING)

    def _type(self, name: str) -> Any:
        return self._model._schema.get_type(name)


def _literal(node: ValueNode, values: Mapping[str, Any]) -> Any:
    if isinstance(node, VariableNode):
        return values.get(node.name.value, Undefined)
    if isinstance(node, IntValueNode):
        return int(node.value[:12])
    return None


def _value(node: ValueNode, values: Mapping[str, Any]) -> Any:
    """A value as it will be: variables filled in, objects and lists as such; a leaf but for numbers is None."""
    if isinstance(node, ObjectValueNode):
        return {field.name.value: _value(field.value, values) for field in node.fields}
    if isinstance(node, ListValueNode):
        return [_value(item, values) for item in node.values]
    return _literal(node, values)


def _weighs_inputs(schema: GraphQLSchema) -> bool:
    """Whether @cost stands on anything that goes in, or a list's size inside an input object."""
    for kind in schema.type_map.values():
        for field in getattr(kind, "fields", {}).values():
            parts = [
                *getattr(field, "args", {}).values(),
                *([field] if isinstance(kind, GraphQLInputObjectType) else ()),
            ]
            sizes = (_directive(field, "listSize") or {}).get("slicingArguments") or ()
            if any("." in path for path in sizes):
                return True
            if any(_directive(one, "cost") or _directive(get_named_type(one.type), "cost") for one in parts):
                return True
    return False


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
    if isinstance(node, BooleanValueNode):
        return node.value
    return _literal(node, {})

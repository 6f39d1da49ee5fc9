"""The answer the client asked for, as a tree: response names, canonical keys, public types.

A shape knows nothing of plans. What it lists for an object depends on the object's type alone, and
is worked out the first time such an object is met.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLAbstractType,
    GraphQLCompositeType,
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
    get_named_type,
    is_abstract_type,
    is_composite_type,
)

from gateway.composition.selection import TYPENAME, Include, item_of


@dataclass(frozen=True, slots=True)
class ShapeField:
    """One field of the answer. `type` is None for __typename."""

    response: str
    key: str
    name: str
    parent: str
    type: GraphQLOutputType | None
    shape: Shape | None
    values: frozenset[str] | None


class Shapes:
    """Reads the shapes of one document with its conditions decided."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        include: Include,
        root_keys: Mapping[str, str],
    ) -> None:
        self.schema = schema
        self._fragments = fragments
        self._include = include
        self._root_keys = root_keys

    def root(self, root_type: GraphQLObjectType, selection_set: SelectionSetNode) -> Shape:
        """The shape of the whole answer."""
        return Shape(self, root_type, (selection_set,), self._root_keys)

    def collect(
        self, sets: Iterable[SelectionSetNode], on: GraphQLCompositeType
    ) -> dict[str, list[FieldNode]]:
        """Field nodes by response name for objects of type `on`, in document order."""
        found: dict[str, list[FieldNode]] = {}
        for selection_set in sets:
            self._collect(selection_set.selections, on, found)
        return found

    def _collect(
        self,
        nodes: Iterable[SelectionNode],
        on: GraphQLCompositeType,
        found: dict[str, list[FieldNode]],
    ) -> None:
        for node in nodes:
            if node.directives and not self._include(node.directives):
                continue
            if isinstance(node, FieldNode):
                response = node.alias.value if node.alias else node.name.value
                found.setdefault(response, []).append(node)
                continue
            condition, inner = self._opened(node)
            if condition is None or self._applies(condition, on):
                self._collect(inner.selections, on, found)

    def _opened(self, node: SelectionNode) -> tuple[str | None, SelectionSetNode]:
        if isinstance(node, FragmentSpreadNode):
            definition = self._fragments[node.name.value]
            return definition.type_condition.name.value, definition.selection_set
        inline = cast(InlineFragmentNode, node)
        condition = inline.type_condition
        return (condition.name.value if condition is not None else None), inline.selection_set  # type: ignore[redundant-expr]  # graphql-core's type leaves out the None

    def _applies(self, condition: str, on: GraphQLCompositeType) -> bool:
        if condition == on.name:
            return True
        wider = self.schema.get_type(condition)
        if not is_abstract_type(wider) or not isinstance(on, (GraphQLObjectType, GraphQLInterfaceType)):
            return False
        return self.schema.is_sub_type(cast(GraphQLAbstractType, wider), on)


class Shape:
    """What is wanted of the objects at one place."""

    __slots__ = ("_by_type", "_root_keys", "_sets", "_shapes", "abstract", "members", "type")

    def __init__(
        self,
        shapes: Shapes,
        on: GraphQLCompositeType,
        sets: tuple[SelectionSetNode, ...],
        root_keys: Mapping[str, str] | None = None,
    ) -> None:
        self._shapes = shapes
        self._sets = sets
        self._root_keys = root_keys or {}
        self._by_type: dict[str, tuple[ShapeField, ...]] = {}
        self.type = on
        self.abstract = is_abstract_type(on)
        self.members = (
            frozenset(one.name for one in shapes.schema.get_possible_types(cast(GraphQLAbstractType, on)))
            if self.abstract
            else frozenset([on.name])
        )

    def fields(self, name: str | None) -> tuple[ShapeField, ...]:
        """Fields for an object of the named type; None: only what holds for every type."""
        known = self._by_type.get(name or "")
        if known is None:
            known = self._by_type[name or ""] = tuple(self._read(name))
        return known

    def _read(self, name: str | None) -> Iterable[ShapeField]:
        on = self.type
        if name is not None and self.abstract:
            on = cast(GraphQLObjectType, self._shapes.schema.type_map[name])
        for response, nodes in self._shapes.collect(self._sets, on).items():
            yield self._field(on, response, nodes)

    def _field(self, on: GraphQLCompositeType, response: str, nodes: list[FieldNode]) -> ShapeField:
        node = nodes[0]
        name = node.name.value
        if name == TYPENAME or name.startswith("__"):
            return ShapeField(response, name, name, on.name, None, None, None)
        declared = cast(GraphQLObjectType, on).fields[name].type
        named = get_named_type(declared)
        key = self._root_keys.get(response) or item_of(node, None).key
        shape = None
        if is_composite_type(named):
            sets = tuple(one.selection_set for one in nodes if one.selection_set is not None)
            shape = Shape(self._shapes, cast(GraphQLCompositeType, named), sets)
        values = frozenset(named.values) if isinstance(named, GraphQLEnumType) else None
        return ShapeField(response, key, name, on.name, declared, shape, values)

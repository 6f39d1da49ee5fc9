"""Execution with a short cut for leaves: most fields of a list only read an attribute.

A leaf, or list of leaves, with Graphene's default resolver and no arguments is read and serialised at once;
everything else, and anything odd, takes graphql-core's own path, so the answers are the same. Measured:
docs/performance.md.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from graphene.types.resolver import dict_or_attr_resolver
from graphql import GraphQLLeafType, GraphQLList, GraphQLNonNull, GraphQLObjectType, is_leaf_type
from graphql.execution import ExecutionContext
from graphql.execution.execute import get_field_def

_Reader = tuple[str, Any, Callable[[Any], Any]]


class LeafExecutor(ExecutionContext):
    """graphql-core's executor with the short cut."""

    _readers: ClassVar[dict[tuple[int, str], _Reader | None]] = {}

    def execute_field(self, parent_type: GraphQLObjectType, source: Any, field_nodes: Any, path: Any) -> Any:
        """As ExecutionContext.execute_field."""
        known = (id(parent_type), field_nodes[0].name.value)
        if known not in self._readers:
            self._readers[known] = self._reader(parent_type, field_nodes)
        reader = self._readers[known]
        if reader is not None:
            attribute, default, serialize = reader
            value = (
                source.get(attribute, default)
                if isinstance(source, dict)
                else getattr(source, attribute, default)
            )
            if value is not None and not callable(value) and not isinstance(value, Exception):
                try:
                    return serialize(value)
                except Exception:  # noqa: BLE001, S110  # the ordinary path below reports it with its place
                    pass
        return super().execute_field(parent_type, source, field_nodes, path)

    def _reader(self, parent_type: GraphQLObjectType, field_nodes: Any) -> _Reader | None:
        field: Any = get_field_def(self.schema, parent_type, field_nodes[0])
        if field is None or field.args or not isinstance(field.resolve, partial):
            return None
        if field.resolve.func is not dict_or_attr_resolver or len(field.resolve.args) != 2:
            return None
        serialize = _serializer(field.type)
        if serialize is None:
            return None
        attribute, default = field.resolve.args
        return attribute, default, serialize


def _serializer(kind: Any) -> Callable[[Any], Any] | None:
    """How a value of this type is written, for leaves and plain lists of leaves; None for all others."""
    bare = _without_non_null(kind)
    if is_leaf_type(bare):
        leaf: GraphQLLeafType = bare
        return leaf.serialize
    inner = _without_non_null(bare.of_type) if isinstance(bare, GraphQLList) else None
    if inner is None or not is_leaf_type(inner):
        return None
    serialize_item = inner.serialize

    def serialize_list(values: Any) -> list[Any]:
        if not isinstance(values, list):
            raise TypeError("not a plain list")
        return [serialize_item(value) for value in _without_null(values)]

    return serialize_list


def _without_non_null(kind: Any) -> Any:
    return kind.of_type if isinstance(kind, GraphQLNonNull) else kind


def _without_null(values: list[Any]) -> list[Any]:
    if None in values:
        raise TypeError("whether null may stand here is decided elsewhere")
    return values

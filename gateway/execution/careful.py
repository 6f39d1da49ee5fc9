"""Shapes an answer by the book: null where it must be, an error for each reason, paths exact.

Slow and complete. The quick way of `quick.py` gives up at the first thing out of order, and the
answer is shaped again here.
"""

from __future__ import annotations

from typing import Any

from graphql import GraphQLList, GraphQLNonNull, GraphQLOutputType

from gateway.composition.selection import TYPENAME
from gateway.execution.failures import ClientPath, Failures
from gateway.execution.shape import Shape, ShapeField

Json = Any  # what a subgraph may have answered


class _Null(Exception):
    """A null where none may be; travels up to the nearest place that may be null."""


class Careful:
    """Shapes one answer; errors go to `failures`."""

    def __init__(self, failures: Failures) -> None:
        self._failures = failures

    def answer(self, shape: Shape, tree: dict[str, Json], ready: dict[str, Json]) -> dict[str, Json] | None:
        """The `data` of the response. `ready` holds introspection results by response name."""
        try:
            return self._object(shape, tree, [], ready)
        except _Null:
            return None

    def _object(
        self, shape: Shape, tree: Json, path: ClientPath, ready: dict[str, Json] | None = None
    ) -> dict[str, Json] | None:
        if not isinstance(tree, dict):
            self._note("The service answered something that is not an object.", path)
            return None
        name: str | None = shape.type.name
        if shape.abstract:
            name = tree.get(TYPENAME)
            if name is not None and name not in shape.members:
                self._note("The object is of a type that is not public.", path)
                return None
        found = {}
        for field in shape.fields(name):
            spot = [*path, field.response]
            if field.name == TYPENAME:
                found[field.response] = name
            elif field.type is None:
                found[field.response] = (ready or {}).get(field.response)
            else:
                found[field.response] = self._value(field.type, field, tree.get(field.key), spot)
        return found

    def _value(self, declared: GraphQLOutputType, field: ShapeField, value: Json, path: ClientPath) -> Json:
        if isinstance(declared, GraphQLNonNull):
            shaped = self._nullable(declared.of_type, field, value, path)
            if shaped is None:
                self._note(f"Cannot return null for non-nullable field {field.parent}.{field.name}.", path)
                raise _Null
            return shaped
        try:
            return self._nullable(declared, field, value, path)
        except _Null:
            return None

    def _nullable(self, declared: Any, field: ShapeField, value: Json, path: ClientPath) -> Json:
        if value is None:
            return None
        if isinstance(declared, GraphQLList):
            if not isinstance(value, list):
                self._note("The service answered something that is not a list.", path)
                return None
            return [
                self._value(declared.of_type, field, item, [*path, index]) for index, item in enumerate(value)
            ]
        if field.shape is not None:
            return self._object(field.shape, value, path)
        if field.values is not None and value not in field.values:
            self._note("The service answered a value that is not public.", path)
            return None
        return value

    def _note(self, message: str, path: ClientPath) -> None:
        if not self._failures.explains(path):
            self._failures.add(message, path, {"code": "INTERNAL"})

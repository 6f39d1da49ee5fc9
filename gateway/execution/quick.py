"""Shapes an answer the quick way, as long as all is in order.

For every place in the answer a function is written and compiled once: a dict display over the joined
tree, in the client's order and under the client's names. It stops at the first thing out of order,
a null where none may be, an unknown enum value, an unknown type, and `careful.py` shapes the answer
again by the book. Both must agree on answers that are in order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphql import GraphQLList, GraphQLNonNull

from gateway.composition.selection import TYPENAME
from gateway.execution.join import Tree
from gateway.execution.shape import Shape, ShapeField

Shaper = Callable[[Tree], Tree]


class OutOfOrder(Exception):
    """The answer needs care."""


# What the written functions meet when a value is not what it should be.
NEEDS_CARE = (OutOfOrder, AttributeError, KeyError, TypeError)


def _stop() -> Any:
    raise OutOfOrder


def quick_shaper(shape: Shape) -> Shaper:
    """A function from the joined tree to the answer's data. It may raise any of NEEDS_CARE."""
    if shape.abstract:
        return _by_type(shape)
    return _written(shape, shape.type.name)


def _by_type(shape: Shape) -> Shaper:
    """Picks the function by the object's type; each is written when its type is first met."""
    known: dict[str | None, Shaper] = {}

    def pick(name: str | None) -> Shaper:
        if name is not None and name not in shape.members:
            raise OutOfOrder
        return known.setdefault(name, _written(shape, name))

    def shaped(tree: Tree) -> Tree:
        name = tree.get(TYPENAME)
        return (known.get(name) or pick(name))(tree)

    return shaped


def _written(shape: Shape, name: str | None) -> Shaper:
    names: dict[str, Any] = {"stop": _stop}
    parts = [f"{field.response!r}: {_field(field, name, names)}" for field in shape.fields(name)]
    source = f"lambda o: {{{', '.join(parts)}}}"
    # The text holds nothing of the client's but names that the GraphQL grammar allows.
    shaper: Shaper = eval(compile(source, "<shape>", "eval"), names)  # noqa: S307
    return shaper


def _field(field: ShapeField, name: str | None, names: dict[str, Any]) -> str:
    if field.name == TYPENAME:
        return repr(name) if name is not None else "stop()"
    if field.type is None:
        return "stop()"  # introspection: rare, and joined by the careful way
    key = repr(field.key)
    if isinstance(field.type, GraphQLNonNull):
        return _value(f"o[{key}]", field.type, field, names, 0)
    return _value(f"o.get({key})", field.type, field, names, 0)


def _value(source: str, declared: Any, field: ShapeField, names: dict[str, Any], depth: int) -> str:
    """An expression for a value of the declared type. `depth` keeps the names of nested loops apart."""
    var = f"v{depth}"
    if isinstance(declared, GraphQLNonNull):
        inner = declared.of_type
        if _is_plain(inner, field):
            return f"({var} if ({var} := {source}) is not None else stop())"
        return _present(source, inner, field, names, depth)
    if _is_plain(declared, field):
        return source
    present = _present(var, declared, field, names, depth)
    return f"(None if ({var} := {source}) is None else {present})"


def _is_plain(declared: Any, field: ShapeField) -> bool:
    """A leaf that is passed on as it is."""
    return not isinstance(declared, GraphQLList) and field.shape is None and field.values is None


def _present(source: str, declared: Any, field: ShapeField, names: dict[str, Any], depth: int) -> str:
    """An expression for a value that is not null, or stops when it is."""
    if isinstance(declared, GraphQLList):
        names["listed"] = _listed
        item = f"i{depth}"
        of = _value(item, declared.of_type, field, names, depth + 1)
        if of == item:
            return f"listed({source})"
        return f"[{of} for {item} in listed({source})]"
    if field.shape is not None:
        made = f"f{len(names)}"
        names[made] = quick_shaper(field.shape)
        return f"{made}({source})"
    allowed = f"e{len(names)}"
    names[allowed] = dict(zip(field.values or (), field.values or (), strict=True))
    return f"{allowed}[{source}]"


def _listed(value: Any) -> list[Any]:
    if type(value) is not list:
        raise OutOfOrder
    return value

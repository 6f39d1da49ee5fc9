"""Builds representations out of the tree: each distinct one once, with the objects it stands for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from gateway.composition.selection import EMPTY, TYPENAME, Item, Selection
from gateway.execution.join import Tree

Represented = tuple[list[bytes], list[list[Tree]]]
Represent = Callable[[list[Tree]], Represented]


def representing(as_type: str, key: Selection, needs: Selection) -> Represent:
    """A function from objects to their distinct representations and, for each, its objects.

    Objects whose key is null or missing are left out: nobody could find them. A required field that
    is null is sent as null; one that never came is not sent.
    """
    if needs == key and len(key.fields) == 1 and not key.fragments:
        (item,) = key.fields.values()
        if item.selection is None:
            return _by_one_field(as_type, item.name, item.key)
    build = _builder(needs, key)
    flat = _flat(as_type, key, needs)

    def represent(objects: list[Tree]) -> Represented:
        groups: dict[bytes, list[Tree]] = {}
        for one in objects:
            try:
                encoded = orjson.dumps(flat(one))
            except KeyError:  # nothing flat about it, or something is missing
                built = build(one)
                if built is None:
                    continue
                encoded = orjson.dumps({**built, TYPENAME: as_type})
            known = groups.get(encoded)
            if known is None:
                groups[encoded] = [one]
            else:
                known.append(one)
        return list(groups), list(groups.values())

    return represent


def _flat(as_type: str, key: Selection, needs: Selection) -> Callable[[Tree], Tree]:
    """Builds a representation of leaves only, all there; raises KeyError for any other."""
    items = list(needs.fields.values())
    if needs.fragments or any(item.selection is not None for item in items):
        return _never
    in_key = [item.key for item in items if item.key in key.fields]
    rest = [(item.name, item.key) for item in items if item.key not in key.fields]
    names = [(needs.fields[one].name, one) for one in in_key]

    def flat(one: Tree) -> Tree:
        built: Tree = {TYPENAME: as_type}
        for name, field in names:
            value = one[field]
            if value is None:
                raise KeyError(field)
            built[name] = value
        for name, field in rest:
            built[name] = one[field]
        return built

    return flat


def _never(one: Tree) -> Tree:
    raise KeyError(one)


def _by_one_field(as_type: str, name: str, key: str) -> Represent:
    """The usual case, a key of one leaf: grouped by its value, never built as an object."""
    before = orjson.dumps({TYPENAME: as_type, name: None})[:-5]  # without "null}"

    def represent(objects: list[Tree]) -> Represented:
        groups: dict[Any, list[Tree]] = {}
        for one in objects:
            value = one.get(key)
            if value is None:
                continue
            # Only text and whole numbers may stand for themselves: True and 1.0 would meet 1.
            grouped = value if type(value) is str or type(value) is int else orjson.dumps(value)
            known = groups.get(grouped)
            if known is None:
                groups[grouped] = [one]
            else:
                known.append(one)
        encoded = [before + (one if type(one) is bytes else orjson.dumps(one)) + b"}" for one in groups]
        return encoded, list(groups.values())

    return represent


@dataclass(frozen=True, slots=True)
class _Part:
    """One field of a representation. A `must` is part of the key."""

    name: str
    key: str
    below: Callable[[Tree], Tree | None] | None
    must: bool


class _NeverCame(Exception):
    """Part of what is required is not there: whoever would have brought it did not answer."""


def _builder(needs: Selection, key: Selection) -> Callable[[Tree], Tree | None]:
    """Builds one representation; None when a part of its key is null or missing.

    A required field that is there only in part is not sent, as one that never came: an answer worked out from
    half of it would be wrong, and nobody would know.
    """
    parts = [_part(item, key.fields.get(item.key)) for item in needs.fields.values()]
    fragments = [_builder(inner, key.fragments.get(n, EMPTY)) for n, inner in needs.fragments.items()]

    def build(one: Tree) -> Tree | None:
        built: Tree = {}
        for part in parts:
            if part.key not in one:
                if part.must:
                    return None
                continue
            try:
                value = one[part.key] if part.below is None else _below(one[part.key], part.below)
            except _NeverCame:
                if part.must:
                    return None
                continue
            if value is None and part.must:
                return None
            built[part.name] = value
        for fragment in fragments:
            built.update(fragment(one) or {})
        return built

    return build


def _inner(needs: Selection, key: Selection) -> Callable[[Tree], Tree | None]:
    """Builds an object inside a representation; None when a part of the key is null. Raises _NeverCame."""
    parts = [_part(item, key.fields.get(item.key)) for item in needs.fields.values()]
    fragments = [(n, _inner(inner, key.fragments.get(n, EMPTY))) for n, inner in needs.fragments.items()]

    def build(one: Tree) -> Tree | None:
        name = one.get(TYPENAME)
        built: Tree = {TYPENAME: name} if TYPENAME in one else {}
        for part in parts:
            if part.key not in one:
                raise _NeverCame
            value = one[part.key] if part.below is None else _below(one[part.key], part.below)
            if value is None and part.must:
                return None
            built[part.name] = value
        for condition, fragment in fragments:
            try:
                built.update(fragment(one) or {})
            except _NeverCame:
                if condition == name:  # otherwise it is a fragment for objects of another type
                    raise
        return built

    return build


def _part(item: Item, in_key: Item | None) -> _Part:
    below = None
    if item.selection is not None:
        inner = in_key.selection if in_key is not None and in_key.selection is not None else EMPTY
        below = _inner(item.selection, inner)
    return _Part(item.name, item.key, below, in_key is not None)


def _below(value: Any, build: Callable[[Tree], Tree | None]) -> Any:
    if type(value) is list:
        return [_below(item, build) for item in value]
    if type(value) is dict:
        return build(value)
    return None

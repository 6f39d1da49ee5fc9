"""Finds the objects that a fetch is about, and puts what it brought into them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gateway.composition.selection import TYPENAME
from gateway.planning.steps import OnType, Path

Tree = dict[str, Any]  # canonical keys to what subgraphs answered


def objects_at(root: Tree, path: Path) -> list[Tree]:
    """The objects at a path, lists opened and nulls left out; an object met twice is given once."""
    level: list[Tree] = [root]
    for part in path:
        if isinstance(part, OnType):
            name = part.name
            level = [one for one in level if one.get(TYPENAME) == name]
            continue
        values = [value for one in level if (value := one.get(part)) is not None]
        kinds = set(map(type, values))
        while list in kinds:
            values = [item for value in values for item in (value if type(value) is list else (value,))]
            kinds = set(map(type, values))
        if kinds != {dict}:
            values = [value for value in values if type(value) is dict]
        level = list(dict(zip(map(id, values), values, strict=True)).values())
    return level


def places(root: Tree, path: Path) -> Iterator[tuple[list[str | int], Tree]]:
    """The objects at a path with their places in the tree; every place, for errors only."""
    yield from _places(root, path, [])


def _places(value: Any, path: Path, place: list[str | int]) -> Iterator[tuple[list[str | int], Tree]]:
    if type(value) is list:
        for index, item in enumerate(value):
            yield from _places(item, path, [*place, index])
    elif type(value) is dict:
        if not path:
            yield place, value
        elif isinstance(path[0], OnType):
            if value.get(TYPENAME) == path[0].name:
                yield from _places(value, path[1:], place)
        else:
            yield from _places(value.get(path[0]), path[1:], [*place, path[0]])


def join(target: Tree, source: Tree) -> None:
    """Put what was fetched into an object; what both have is joined below."""
    if target.keys().isdisjoint(source):
        target.update(source)
        return
    for key, value in source.items():
        known = target.get(key)
        if known is None:
            target[key] = value
        elif type(known) is dict and type(value) is dict:
            if known is not value:
                join(known, value)
        elif type(known) is list and type(value) is list and len(known) == len(value):
            _join_lists(known, value)


def _join_lists(known: list[Any], fetched: list[Any]) -> None:
    for index, (one, other) in enumerate(zip(known, fetched, strict=True)):
        if one is None:
            known[index] = other
        elif type(one) is dict and type(other) is dict:
            join(one, other)
        elif type(one) is list and type(other) is list and len(one) == len(other):
            _join_lists(one, other)


def rename(tree: Any, renamed: dict[str, str]) -> None:
    """Give made-up response names back their keys, everywhere in an answer."""
    if type(tree) is list:
        for item in tree:
            rename(item, renamed)
    elif type(tree) is dict:
        for name in [name for name in tree if name in renamed]:
            tree[renamed[name]] = tree.pop(name)
        for value in tree.values():
            rename(value, renamed)

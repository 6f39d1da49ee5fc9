"""Takes a composite field apart where no single subgraph can give it whole.

Value types without a key cannot be entered later: their parts must be asked along the path, each
from a subgraph that has it, and meet again in the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from gateway.composition.selection import Item, Selection


def pieces(item: Item, possible: Callable[[Item], bool]) -> Iterator[Item | None]:
    """Parts of `item` that are possible, coarse where that will do; None for an impossible leaf."""
    assert item.selection is not None
    for part in _one_by_one(item.selection):
        piece = item.with_selection(part)
        if possible(piece):
            yield piece
            continue
        inner = _only_item(part)
        if inner.selection is None:
            yield None
            continue
        for smaller in pieces(inner, partial(_possible_inside, item, part, possible)):
            yield None if smaller is None else item.with_selection(_around(part, smaller))


def _possible_inside(item: Item, part: Selection, possible: Callable[[Item], bool], inner: Item) -> bool:
    return possible(item.with_selection(_around(part, inner)))


def _one_by_one(selection: Selection) -> Iterator[Selection]:
    for key, item in selection.fields.items():
        yield Selection({key: item}, {})
    for name, inner in selection.fragments.items():
        for part in _one_by_one(inner):
            yield Selection({}, {name: part})


def _only_item(part: Selection) -> Item:
    while not part.fields:
        part = next(iter(part.fragments.values()))
    return next(iter(part.fields.values()))


def _around(part: Selection, item: Item) -> Selection:
    """The same nesting of fragments with another item inside."""
    if part.fields:
        return Selection({item.key: item}, {})
    name, inner = next(iter(part.fragments.items()))
    return Selection({}, {name: _around(inner, item)})

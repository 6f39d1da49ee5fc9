"""Prints what a step asks as GraphQL text, with made-up names where two types disagree.

Two fragments may ask one key of two types that declare it differently. One response cannot hold
both under one name, so the second gets a name of its own and is renamed on arrival.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import count

from gateway.composition.selection import TYPENAME
from gateway.planning.steps import Asked, Node, Step

# A selection may not be empty. Not under its own name: an interface object's is not the real type.
NOTHING = f"_: {TYPENAME}"


class Aliases:
    """Made-up response names for one request; `renamed` maps them back to keys."""

    def __init__(self) -> None:
        self.renamed: dict[str, str] = {}
        self._of: dict[int, str] = {}

    def settle(self, nodes: Iterable[Node]) -> None:
        """Find the clashes between nodes whose answers share one object."""
        by_key: dict[str, list[Asked]] = {}
        for node in nodes:
            for asked in _fields_of(node):
                by_key.setdefault(asked.item.key, []).append(asked)
        for key, uses in by_key.items():
            shapes: dict[str, list[Asked]] = {}
            for asked in uses:
                shapes.setdefault(_shape(asked), []).append(asked)
            for number, alike in enumerate(shapes.values()):
                if number:
                    self._rename(key, alike)
                below = [asked.below for asked in alike if asked.below is not None]
                if below:
                    self.settle(below)

    def _rename(self, key: str, alike: list[Asked]) -> None:
        name = f"{key}__as{len(self.renamed) + 1}"
        self.renamed[name] = key
        for asked in alike:
            self._of[id(asked)] = name

    def name(self, asked: Asked) -> str:
        """The response name of a field."""
        return self._of.get(id(asked), asked.item.key)


def _fields_of(node: Node) -> Iterator[Asked]:
    yield from node.fields.values()
    for inner in node.fragments.values():
        yield from _fields_of(inner)


def _shape(asked: Asked) -> str:
    """What must agree for two fields to share a name: leaf types whole, composites by their wrapping."""
    if asked.below is None:
        return asked.type
    return "".join(mark for mark in asked.type if mark in "[]!")


def print_node(node: Node, aliases: Aliases) -> str:
    """The selection as text, without the outer braces."""
    parts = [TYPENAME] if node.typename else []
    for asked in node.fields.values():
        name, item = aliases.name(asked), asked.item
        text = item.name if name == item.name else f"{name}: {item.name}"
        text += item.arguments
        if asked.below is not None:
            text += " { " + print_node(asked.below, aliases) + " }"
        parts.append(text)
    for type_name, inner in node.fragments.items():
        if inner.fields or inner.fragments or inner.typename:
            parts.append(f"... on {type_name} {{ {print_node(inner, aliases)} }}")
    return " ".join(parts) or NOTHING


def variables_of(node: Node) -> Iterator[str]:
    """Names of all client variables that a step's arguments use."""
    for asked in _fields_of(node):
        yield from asked.item.variables
        if asked.below is not None:
            yield from variables_of(asked.below)


def print_request(
    kind: str, steps: Iterable[tuple[Step, str]], variables: Mapping[str, str]
) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The document of one request, the client variables it takes, and the ones that carry representations.

    `steps` come with their printed selections; representations travel as `$r0`, `$r1` and so on, but for names
    that the client took.
    """
    declared, body, used = [], [], set()
    entered = [(step, text) for step, text in steps]
    entities = sum(1 for step, _ in entered if step.key is not None)
    free = (name for number in count() if (name := f"r{number}") not in variables)
    carrying: list[str] = []
    for step, text in entered:
        used |= set(variables_of(step.node))
        if step.key is None:
            body.append(text)
            continue
        carrying.append(next(free))
        declared.append(f"${carrying[-1]}: [_Any!]!")
        alias = f"_e{len(carrying) - 1}: " if entities > 1 else ""
        entity = f"_entities(representations: ${carrying[-1]})"
        body.append(f"{alias}{entity} {{ ... on {step.entry.as_type} {{ {text} }} }}")
    names = tuple(name for name in variables if name in used)
    declared += [variables[name] for name in names]
    head = f"{kind} ({', '.join(declared)})" if declared else kind
    return f"{head} {{ {' '.join(body)} }}", names, tuple(carrying)

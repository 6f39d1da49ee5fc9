"""The merged graph before it is printed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class MergedField:
    """A field, argument, input field or enum value; `joins` are its join directives, printed."""

    name: str
    type: str
    description: str | None
    arguments: list[MergedField] = field(default_factory=list)
    default: str | None = None
    directives: list[str] = field(default_factory=list)
    joins: list[str] = field(default_factory=list)


@dataclass(slots=True)
class MergedType:
    """A type of the supergraph."""

    name: str
    kind: str
    description: str | None
    interfaces: list[str] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    fields: dict[str, MergedField] = field(default_factory=dict)
    directives: list[str] = field(default_factory=list)
    joins: list[str] = field(default_factory=list)


def chosen_description(descriptions: Iterable[str | None]) -> str | None:
    """The description most subgraphs give; of equally frequent ones the longest."""
    counted = Counter(text for text in descriptions if text)
    if not counted:
        return None
    return max(counted, key=lambda text: (counted[text], len(text), text))


def united(lists: Iterable[Sequence[str]]) -> list[str]:
    """Every entry once, in order of first appearance."""
    return list(dict.fromkeys(entry for one in lists for entry in one))

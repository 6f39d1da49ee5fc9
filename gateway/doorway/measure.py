"""How big a document is: depth, fields, aliases and directives, with fragments spelt out.

Fragments can nest so that a short text means millions of fields; each is measured once and its figures are
added wherever it is spread, so measuring stays linear in the text. Sums are cut off far above every limit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

INTROSPECTION_FIELDS = frozenset({"__schema", "__type"})
CEILING = 1_000_000
KEPT_NAMES = 1000


@dataclass(frozen=True, slots=True)
class Measures:
    """Figures of a part of a document; `root_names` are the names of its outermost fields.

    `repeats`: how often one field stands beside itself. Whether all of them agree is looked at pair by pair, so a
    thousand cost seconds though they are one field of the answer.
    """

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    repeats: int = 0
    root_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Measured:
    """A document with the figures of each operation, and whether it asks for the schema itself.

    `circular`: a fragment spreads itself, by others or not. No such document is valid.
    """

    document: DocumentNode
    operations: tuple[tuple[OperationDefinitionNode, Measures], ...]
    introspects: bool
    circular: bool


class Measurer:
    """Measures one document; what introspection asks below its root field counts nothing."""

    def __init__(self, document: DocumentNode) -> None:
        self._document = document
        self._fragments: Mapping[str, FragmentDefinitionNode] = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._known: dict[str, Measures] = {}
        self._introspects = False
        self._open: set[str] = set()
        self._circular = False

    def measure(self) -> Measured:
        """All operations of the document."""
        found = [
            (node, self._selections(node.selection_set))
            for node in self._document.definitions
            if isinstance(node, OperationDefinitionNode)
        ]
        # Fragments that nobody spreads are compared field by field as well, before they are found to be idle.
        repeats = max((self._named(name).repeats for name in self._fragments), default=0)
        operations = tuple((node, replace(own, repeats=max(own.repeats, repeats))) for node, own in found)
        return Measured(self._document, operations, self._introspects, self._circular)

    def _selections(self, node: SelectionSetNode) -> Measures:
        depth = fields = aliases = directives = repeats = 0
        names: list[str] = []
        for selection in node.selections:
            directives += len(selection.directives)
            if isinstance(selection, FieldNode):
                names.append(selection.name.value)
                fields += 1
                if selection.name.value in INTROSPECTION_FIELDS:
                    self._introspects = True
                    continue
                aliases += selection.alias is not None
                inner = self._selections(selection.selection_set) if selection.selection_set else Measures()
                depth = max(depth, inner.depth + 1)
            else:
                inner = self._spread(selection)
                depth = max(depth, inner.depth)
                names += inner.root_names
            repeats = max(repeats, inner.repeats)
            fields += inner.fields
            aliases += inner.aliases
            directives += inner.directives
        return Measures(
            depth=depth,
            fields=min(fields, CEILING),
            aliases=min(aliases, CEILING),
            directives=min(directives, CEILING),
            repeats=max([repeats, *Counter(names).values()]),
            root_names=tuple(names[:KEPT_NAMES]),
        )

    def _spread(self, node: object) -> Measures:
        if isinstance(node, InlineFragmentNode):
            return self._selections(node.selection_set)
        assert isinstance(node, FragmentSpreadNode)
        return self._named(node.name.value)

    def _named(self, name: str) -> Measures:
        fragment = self._fragments.get(name)
        if fragment is None or name in self._open:
            # Validation tells of it. It counts as a field, or doubling what leads here would count nothing.
            self._circular = self._circular or fragment is not None
            return Measures(fields=1)
        if name not in self._known:
            self._open.add(name)
            self._known[name] = self._selections(fragment.selection_set)
            self._open.remove(name)
        return self._known[name]

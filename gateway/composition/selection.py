"""Selections in one form: operations, keys, @requires and @provides all become a `Selection`.

Inside the gateway a field is known by its *key*: its name, or its name with a digest of its
arguments. Two uses of a field with different arguments never clash, and the client's aliases play
no part before the answer is shaped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from graphql import (
    ArgumentNode,
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    NamedTypeNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    Visitor,
    parse,
    print_ast,
    visit,
)

TYPENAME = "__typename"


@dataclass(frozen=True, slots=True)
class Item:
    """One wanted field: `arguments` as printed, `variables` those that the arguments use."""

    name: str
    key: str
    arguments: str
    variables: frozenset[str]
    selection: Selection | None

    def with_selection(self, selection: Selection | None) -> Item:
        """The same field with something else wanted below."""
        return Item(self.name, self.key, self.arguments, self.variables, selection)


class Selection:
    """Fields wanted on a type, and what is wanted besides when the object is of a narrower type."""

    __slots__ = ("fields", "fragments", "text")

    def __init__(self, fields: Mapping[str, Item], fragments: Mapping[str, Selection]) -> None:
        self.fields = dict(fields)
        self.fragments = dict(fragments)
        self.text = " ".join(self._words())

    def _words(self) -> Iterator[str]:
        for item in self.fields.values():
            yield item.key if item.selection is None else f"{item.key}{{{item.selection.text}}}"
        for name, selection in self.fragments.items():
            yield f"...{name}{{{selection.text}}}"

    def __bool__(self) -> bool:
        return bool(self.fields or self.fragments)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Selection) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Selection({self.text})"


EMPTY = Selection({}, {})


class TypeLookup(Protocol):
    """What reading a selection needs to know of the types."""

    def field_type(self, parent: str, field: str) -> str:
        """Name of a field's type."""

    def covers(self, condition: str, parent: str) -> bool:
        """Whether a fragment on `condition` may be opened on `parent`."""

    def overlaps(self, condition: str, parent: str) -> bool:
        """Whether any object can be both."""


class Include(Protocol):
    """Decides @skip and @include for one node."""

    def __call__(self, directives: Iterable[DirectiveNode], /) -> bool: ...


def always(_directives: Iterable[DirectiveNode], /) -> bool:
    """For field sets, which carry no conditions."""
    return True


class _Variables(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_variable(self, node: VariableNode, *_args: object) -> None:
        self.names.add(node.name.value)


def variables_in(arguments: Iterable[ArgumentNode]) -> frozenset[str]:
    """Names of the variables used anywhere in the arguments."""
    seen = _Variables()
    for argument in arguments:
        visit(argument, seen)
    return frozenset(seen.names)


def item_of(node: FieldNode, selection: Selection | None) -> Item:
    """The item of a field node; its arguments in name order, so that order makes no difference."""
    name = node.name.value
    if not node.arguments:
        return Item(name, name, "", frozenset(), selection)
    parts = sorted(f"{a.name.value}: {print_ast(a.value)}" for a in node.arguments)
    printed = f"({', '.join(parts)})"
    digest = hashlib.sha1(printed.encode(), usedforsecurity=False).hexdigest()[:10]
    return Item(name, f"{name}__{digest}", printed, variables_in(node.arguments), selection)


def merge_items(into: dict[str, Item], item: Item) -> None:
    """Add an item; selections of equal keys become one."""
    known = into.get(item.key)
    if known is None:
        into[item.key] = item
    elif known.selection is not None and item.selection is not None and known.selection != item.selection:
        into[item.key] = known.with_selection(merged(known.selection, item.selection))


def merged(first: Selection, second: Selection) -> Selection:
    """Everything that either of two selections on the same type wants."""
    fields, fragments = dict(first.fields), dict(first.fragments)
    for item in second.fields.values():
        merge_items(fields, item)
    for name, selection in second.fragments.items():
        fragments[name] = merged(fragments[name], selection) if name in fragments else selection
    return Selection(fields, fragments)


class SelectionReader:
    """Turns selection sets of one document into selections: fragments inlined, conditions decided."""

    def __init__(
        self,
        types: TypeLookup,
        fragments: Mapping[str, FragmentDefinitionNode] | None = None,
        include: Include = always,
    ) -> None:
        self._types = types
        self._fragments = fragments or {}
        self._include = include

    def read(self, node: SelectionSetNode, parent: str) -> Selection:
        """The selection on `parent`. Raises KeyError for a field or type that does not exist."""
        fields: dict[str, Item] = {}
        fragments: dict[str, Selection] = {}
        self._collect(node.selections, parent, fields, fragments)
        return Selection(fields, fragments)

    def _collect(
        self,
        nodes: Iterable[SelectionNode],
        parent: str,
        fields: dict[str, Item],
        fragments: dict[str, Selection],
    ) -> None:
        for node in nodes:
            if node.directives and not self._include(node.directives):
                continue
            if isinstance(node, FieldNode):
                below = None
                if node.selection_set is not None:
                    below = self.read(node.selection_set, self._types.field_type(parent, node.name.value))
                merge_items(fields, item_of(node, below))
                continue
            condition, inner = self._opened(node, parent)
            if self._types.covers(condition, parent):
                self._collect(inner.selections, parent, fields, fragments)
            elif self._types.overlaps(condition, parent):
                selection = self.read(inner, condition)
                if condition in fragments:
                    selection = merged(fragments[condition], selection)
                fragments[condition] = selection

    def _opened(self, node: SelectionNode, parent: str) -> tuple[str, SelectionSetNode]:
        if isinstance(node, FragmentSpreadNode):
            definition = self._fragments[node.name.value]
            return definition.type_condition.name.value, definition.selection_set
        assert isinstance(node, InlineFragmentNode)
        narrowed: NamedTypeNode | None = node.type_condition
        return narrowed.name.value if narrowed is not None else parent, node.selection_set


def read_field_set(text: str, parent: str, types: TypeLookup) -> Selection:
    """A field set such as `id organization { id }`. Raises GraphQLSyntaxError, KeyError."""
    return SelectionReader(types).read(field_set_node(text), parent)


def field_set_node(text: str) -> SelectionSetNode:
    """The parsed field set, with or without braces of its own. Raises GraphQLSyntaxError."""
    inner = text.strip()
    document = parse(inner if inner.startswith("{") else "{" + inner + "}", no_location=True)
    selection_set = document.definitions[0].selection_set  # type: ignore[attr-defined]  # it is an operation
    assert isinstance(selection_set, SelectionSetNode)
    return selection_set

"""Normalises an operation: conditions decided, fragments inlined, fields under canonical keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from graphql import (
    BooleanValueNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    Visitor,
    print_ast,
    visit,
)

from gateway.composition.selection import Include, Item, Selection, SelectionReader, merge_items
from gateway.composition.supergraph import Supergraph

INTROSPECTION = frozenset({"__schema", "__type"})


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as the planner takes it.

    `variables` maps each variable to its printed definition; `root_keys` maps response names at the
    root to the keys of `selection`; `introspects` says that some root fields are about the schema.
    """

    kind: str
    name: str | None
    root_type: str
    selection: Selection
    root_keys: Mapping[str, str]
    variables: Mapping[str, str]
    introspects: bool


class _Conditions(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_directive(self, node: DirectiveNode, *_args: object) -> None:
        if node.name.value in ("skip", "include"):
            for argument in node.arguments:
                if isinstance(argument.value, VariableNode):
                    self.names.add(argument.value.name.value)


def condition_variables(document: DocumentNode) -> tuple[str, ...]:
    """Variables that decide @skip and @include anywhere in the document."""
    seen = _Conditions()
    visit(document, seen)
    return tuple(sorted(seen.names))


def fragments_of(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    """Fragment definitions by name."""
    return {
        node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
    }


def includes(values: Mapping[str, Any]) -> Include:
    """Decides @skip and @include by the given variable values."""

    def included(directives: Iterable[DirectiveNode], /) -> bool:
        for directive in directives:
            name = directive.name.value
            if name not in ("skip", "include"):
                continue
            given = directive.arguments[0].value
            if isinstance(given, VariableNode):
                met = bool(values.get(given.name.value))
            else:
                met = isinstance(given, BooleanValueNode) and given.value
            if met == (name == "skip"):
                return False
        return True

    return included


def normalise(
    supergraph: Supergraph, node: OperationDefinitionNode, document: DocumentNode, include: Include
) -> Operation:
    """The operation as a selection on its root type."""
    kind = node.operation.value
    root_type = supergraph.roots[kind]
    reader = SelectionReader(supergraph, fragments_of(document), include)
    roots = _RootFields(reader, fragments_of(document), include, root_type, apart=kind == "mutation")
    items = roots.read(node.selection_set)
    return Operation(
        kind=kind,
        name=node.name.value if node.name else None,
        root_type=root_type,
        selection=Selection(items, {}),
        root_keys=roots.keys,
        variables={d.variable.name.value: print_ast(d) for d in node.variable_definitions},
        introspects=roots.introspects,
    )


class _RootFields:
    """Reads root fields. `apart`: two mutations with equal arguments are still two mutations."""

    def __init__(
        self,
        reader: SelectionReader,
        fragments: Mapping[str, FragmentDefinitionNode],
        include: Include,
        root_type: str,
        *,
        apart: bool,
    ) -> None:
        self._reader, self._fragments, self._include = reader, fragments, include
        self._root_type, self._apart = root_type, apart
        self.keys: dict[str, str] = {}
        self.introspects = False

    def read(self, selection_set: SelectionSetNode) -> dict[str, Item]:
        """Items by key, in document order; introspection and __typename left out."""
        items: dict[str, Item] = {}
        for node in root_nodes(selection_set, self._fragments, self._include):
            name = node.name.value
            if name.startswith("__"):
                self.introspects = self.introspects or name in INTROSPECTION
                continue
            response = node.alias.value if node.alias else name
            alone = SelectionSetNode(selections=(node,))
            for item in self._reader.read(alone, self._root_type).fields.values():
                key = self.keys.get(response) or self._key(item)
                self.keys[response] = key
                merge_items(items, replace(item, key=key))
        return items

    def _key(self, item: Item) -> str:
        used = set(self.keys.values())
        if not self._apart or item.key not in used:
            return item.key
        return next(key for n in count(2) if (key := f"{item.key}__{n}") not in used)


def root_nodes(
    selection_set: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode], include: Include
) -> Iterator[FieldNode]:
    """Field nodes of a root selection in document order, fragments opened and conditions decided."""
    for node in selection_set.selections:
        if not include(node.directives):
            continue
        if isinstance(node, FieldNode):
            yield node
        elif isinstance(node, FragmentSpreadNode):
            yield from root_nodes(fragments[node.name.value].selection_set, fragments, include)
        elif isinstance(node, InlineFragmentNode):
            yield from root_nodes(node.selection_set, fragments, include)

"""Parsed and validated documents, kept by their text: parsing is most of the cost of a small query.

Measured (docs/performance.md): without this cache a list of 20 costs 3.3 times, an entity look-up 6.7 times
the CPU. Faulty documents are kept too, so that repeating one costs nothing.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    parse,
    specified_rules,
    validate,
)
from graphql.validation import NoSchemaIntrospectionCustomRule

CAPACITY = 1000
LONGEST_CACHED = 20_000


@dataclass(frozen=True)
class Document:
    """A document with what is wrong with it, if anything."""

    node: DocumentNode | None
    errors: tuple[GraphQLError, ...]
    syntax_fault: bool = False

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        """The operation called `name`, or the only one; None when the choice is not clear."""
        if self.node is None:
            return None
        found = [d for d in self.node.definitions if isinstance(d, OperationDefinitionNode)]
        if name is not None:
            found = [operation for operation in found if operation.name and operation.name.value == name]
        return found[0] if len(found) == 1 else None

    def first_field(self, operation: OperationDefinitionNode | None) -> str | None:
        """The field that a valid `operation` asks for first: one of the schema's few, so fit to count by."""
        if self.errors or operation is None:
            return None
        first = operation.selection_set.selections[0]
        return first.name.value if isinstance(first, FieldNode) else None


class Documents:
    """A bounded cache of the documents that a schema was asked."""

    def __init__(self, schema: GraphQLSchema, *, max_tokens: int, introspection: bool) -> None:
        self._schema = schema
        self._max_tokens = max_tokens
        self._rules = list(specified_rules) + ([] if introspection else [NoSchemaIntrospectionCustomRule])
        self._known: OrderedDict[str, Document] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, text: str) -> Document:
        """The document of `text`, from memory or made now."""
        with self._lock:
            known = self._known.get(text)
            if known is not None:
                self._known.move_to_end(text)
                return known
        document = self._make(text)
        if len(text) <= LONGEST_CACHED:
            with self._lock:
                self._known[text] = document
                while len(self._known) > CAPACITY:
                    self._known.popitem(last=False)
        return document

    def _make(self, text: str) -> Document:
        try:
            node = parse(text, max_tokens=self._max_tokens)
        except GraphQLSyntaxError as error:
            return Document(None, (error,), syntax_fault=True)
        except RecursionError:
            return Document(None, (GraphQLError("The document is nested too deeply."),), syntax_fault=True)
        return Document(node, tuple(validate(self._schema, node, self._rules, max_errors=10)))

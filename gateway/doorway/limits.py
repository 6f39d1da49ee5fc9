"""Whether a document may be asked at all: every limit is checked before it is validated or planned.

A verdict depends on the text alone, but for the cost, which may hang on variables that set list sizes; both are
kept, so that a known document costs a look-up.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import FragmentDefinitionNode, GraphQLSchema, GraphQLSyntaxError, OperationDefinitionNode, parse

from gateway.doorway.cost import CostModel
from gateway.doorway.measure import Measured, Measurer, Measures
from gateway.doorway.refusal import Refusal, too_complex
from gateway.graph_file import DocumentRules
from gateway.settings import GatewaySettings

KEPT_DOCUMENTS = 2000
KEPT_COSTS = 4000


@dataclass(frozen=True)
class Verdict:
    """An accepted document: its operations by name, and the variables its cost hangs on."""

    operations: Mapping[str, OperationDefinitionNode]
    fragments: Mapping[str, FragmentDefinitionNode]
    size_variables: tuple[str, ...]
    introspects: bool
    circular: bool

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation called `name`, or the only one. Raises Refusal when the choice is not clear."""
        if name is not None and name in self.operations:
            return self.operations[name]
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        message = (
            "Say which operation to run: operationName."
            if name is None
            else f"No operation is called {name}."
        )
        raise Refusal(400, "BAD_USER_INPUT", message)


class DocumentLimits:
    """The limits of one graph."""

    def __init__(self, schema: GraphQLSchema, settings: GatewaySettings, rules: DocumentRules) -> None:
        self._settings = settings
        self._rules = rules
        self._maximum_depth = self._own("maximum_depth")
        self._maximum_aliases = self._own("maximum_aliases")
        self._costs = CostModel(schema, settings.assumed_list_size)
        self._verdicts: dict[str, Verdict | Refusal] = {}
        self._estimates: dict[tuple[Any, ...], int] = {}
        self._asked: dict[tuple[str, str | None], None] = {}
        self._lock = threading.Lock()

    def _own(self, name: str) -> int:
        """A maximum of this graph, unless the environment sets another."""
        found: int = getattr(self._settings, name)
        for_this_graph: int | None = getattr(self._rules, name)
        return found if for_this_graph is None or name in self._settings.model_fields_set else for_this_graph

    def check(
        self, text: str, operation_name: str | None, variables: Mapping[str, Any]
    ) -> OperationDefinitionNode:
        """The operation to run. Raises Refusal when a limit is passed or the text is no document."""
        verdict = self._verdicts.get(text)
        if verdict is None:
            verdict = self._judge(text)
            self._keep(self._verdicts, text, verdict, KEPT_DOCUMENTS)
        if isinstance(verdict, Refusal):
            raise verdict
        operation = verdict.operation(operation_name)
        if verdict.circular:  # validation will refuse it; going round in circles has no end to be weighed
            return operation
        size = _whole if self._costs.weighs_inputs else _size
        sizes = tuple(size(variables.get(name, ...)) for name in verdict.size_variables)
        key = (text, operation_name, sizes)
        cost = self._estimates.get(key)
        if cost is None:
            cost = self._costs.estimate(operation, verdict.fragments, variables)
            self._keep(self._estimates, key, cost, KEPT_COSTS)
            self._keep(self._asked, (text, operation_name), None, KEPT_DOCUMENTS)
        if cost > self._settings.maximum_cost:
            raise too_complex(
                f"The answer may hold {cost} objects; {self._settings.maximum_cost} are allowed. "
                "Ask for shorter lists, with a smaller first, or for fewer things at once."
            )
        return operation

    def recent(self, count: int) -> Sequence[tuple[str, str | None]]:
        """Accepted documents, latest last: text and operation name."""
        with self._lock:
            return list(self._asked)[-count:]

    def _keep(self, kept: dict[Any, Any], key: Any, value: Any, capacity: int) -> None:
        with self._lock:
            while len(kept) >= capacity:
                del kept[next(iter(kept))]
            kept[key] = value

    def _judge(self, text: str) -> Verdict | Refusal:
        try:
            return self._accept(self._measure(text))
        except Refusal as refusal:
            return refusal
        except RecursionError:
            return too_complex("The document is nested too deeply.")

    def _measure(self, text: str) -> Measured:
        settings = self._settings
        if len(text.encode("utf-8", "surrogatepass")) > settings.maximum_document_bytes:
            raise too_complex(f"A document may have {settings.maximum_document_bytes} bytes.")
        try:
            document = parse(text, no_location=True, max_tokens=settings.maximum_tokens)
        except GraphQLSyntaxError as error:
            if f"more than {settings.maximum_tokens} tokens" in error.message:
                raise too_complex(f"A document may have {settings.maximum_tokens} tokens.") from None
            # The parser's own limit, met before ours can be measured.
            if "nested too deeply" in error.message:
                raise too_complex("The document is nested too deeply.") from None
            locations = [{"line": place.line, "column": place.column} for place in error.locations or ()]
            raise _SyntaxRefusal(error.message, locations) from None
        return Measurer(document).measure()

    def _accept(self, measured: Measured) -> Verdict:
        if measured.introspects and not self._settings.introspection:
            raise Refusal(400, "INTROSPECTION_DISABLED", "The schema is not given out here.")
        for operation, figures in measured.operations:
            self._compare(figures)
            self._guard_sensitive(operation, figures)
        if not measured.operations:
            raise Refusal(400, "GRAPHQL_VALIDATION_FAILED", "The document holds no operation.")
        definitions = measured.document.definitions
        return Verdict(
            operations={op.name.value if op.name else "": op for op, _ in measured.operations},
            fragments={
                node.name.value: node for node in definitions if isinstance(node, FragmentDefinitionNode)
            },
            size_variables=tuple(sorted(self._costs.size_variables(definitions))),
            introspects=measured.introspects,
            circular=measured.circular,
        )

    def _compare(self, figures: Measures) -> None:
        settings = self._settings
        limits = (
            (figures.depth, self._maximum_depth, "levels of fields"),
            (figures.aliases, self._maximum_aliases, "aliases"),
            (figures.directives, settings.maximum_directives, "directives"),
            (len(figures.root_names), settings.maximum_root_fields, "root fields"),
            (figures.fields, settings.maximum_fields, "fields"),
            (figures.repeats, settings.maximum_repeats, "times the same field side by side"),
        )
        for figure, limit, what in limits:
            if figure > limit:
                raise too_complex(f"The operation has {figure} {what}; {limit} are allowed.")

    def _guard_sensitive(self, operation: OperationDefinitionNode, figures: Measures) -> None:
        sensitive = [name for name in figures.root_names if name in self._rules.sensitive]
        if len(sensitive) > 1:
            raise too_complex(f"Ask for one of {', '.join(sorted(set(sensitive)))} in a request of its own.")


class _SyntaxRefusal(Refusal):
    """The text is not GraphQL."""

    def __init__(self, message: str, locations: list[dict[str, int]]) -> None:
        super().__init__(400, "GRAPHQL_PARSE_FAILED", message)
        self._locations = locations

    def errors(self) -> list[dict[str, Any]]:
        """The fault and its place."""
        return [{**super().errors()[0], "locations": self._locations}]


def variables_fit(variables: Mapping[str, Any], maximum_depth: int) -> bool:
    """Whether no value of `variables` is nested more than `maximum_depth` levels."""
    pending: list[tuple[Any, int]] = [
        (value, 1) for value in variables.values() if isinstance(value, dict | list)
    ]
    while pending:
        value, depth = pending.pop()
        if depth > maximum_depth:
            return False
        inner = value.values() if isinstance(value, dict) else value
        pending += [(item, depth + 1) for item in inner if isinstance(item, dict | list)]
    return True


def _size(value: Any) -> int | None:
    """What of a variable's value can matter to the cost; the rest must not fill the memory of costs."""
    if value is ...:
        return -1
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _whole(value: Any) -> Any:
    """The same where input objects count: what matters may stand anywhere in them."""
    return (
        orjson.dumps(value, option=orjson.OPT_SORT_KEYS) if isinstance(value, dict | list) else _size(value)
    )

"""An operation ready to run: its compiled plan and the shape of its answer, shared by all requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import DocumentNode, GraphQLSchema

from gateway.execution.careful import Careful
from gateway.execution.compiled import CompiledPlan
from gateway.execution.executor import Run, report
from gateway.execution.failures import Failures
from gateway.execution.introspection import introspect
from gateway.execution.quick import NEEDS_CARE, Shaper
from gateway.execution.shape import Shape
from gateway.planning.operation import Operation


@dataclass(frozen=True, slots=True)
class Answer:
    """The response body, and what the doorway wants to know about how it came about."""

    body: bytes
    errors: int
    set_cookies: list[str]
    fetches: int


@dataclass(frozen=True, slots=True)
class Ready:
    """What is kept for one normalized operation with its conditions decided."""

    operation: Operation
    compiled: CompiledPlan
    shape: Shape
    schema: GraphQLSchema
    about_schema: DocumentNode | None
    quick: Shaper

    def answer(self, run: Run) -> Answer:
        """Shape what a run has gathered."""
        if not run.troubles:
            try:
                body = orjson.dumps({"data": self.quick(run.tree)})
                return Answer(body, 0, run.cookies, run.fetches)
            except NEEDS_CARE:
                pass  # something is missing or odd: the careful way says what
        return self._answer_with_care(run)

    def _answer_with_care(self, run: Run) -> Answer:
        ready = self._introspected(run.variables)
        failures = Failures(unmask=run.send.unmask, request_id=run.send.request_id)
        if run.troubles:
            report(run, self.shape, failures)
        data = Careful(failures).answer(self.shape, run.tree, ready)
        response: dict[str, Any] = {"data": data}
        if failures.errors:
            response = {"errors": failures.errors, "data": data}
        body = orjson.dumps(response)
        return Answer(body, len(failures.errors), run.cookies, run.fetches)

    def _introspected(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        if self.about_schema is None:
            return {}
        return introspect(self.schema, self.about_schema, variables)

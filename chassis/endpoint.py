"""POST /graphql of a service: read, refuse what is malformed, execute, mask what is unexpected."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson
from flask import Response
from graphql import ExecutionResult, GraphQLError, OperationType, execute

from chassis.documents import Document, Documents
from chassis.errors import Failure, Invalid
from chassis.executor import LeafExecutor
from chassis.federation import FederatedSchema
from chassis.identity import Caller
from chassis.logs import log
from chassis.request_scope import current_request_id
from chassis.runtime import Runtime

MAX_TOKENS = 6000


@dataclass
class Context:
    """What resolvers find under `info.context`."""

    runtime: Runtime[Any]
    caller: Caller
    request_id: str
    client_address: str | None = None
    user_agent: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    # Set-Cookie headers for the answer; the gateway hands them on.
    response_cookies: list[str] = field(default_factory=list)
    entity_types: dict[int, Any] = field(default_factory=dict)
    # Anything that the resolvers of one request share, e.g. batches (chassis.loaders).
    shared: dict[Any, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """A request as read from the body."""

    document: Document
    variables: dict[str, Any]
    operation_name: str | None


class Endpoint:
    """Executes requests on one schema; holds its document cache."""

    def __init__(self, schema: FederatedSchema, *, introspection: bool) -> None:
        self.schema = schema
        self._documents = Documents(schema.core, max_tokens=MAX_TOKENS, introspection=introspection)

    def read(self, body: bytes) -> Question:
        """The request in `body`. Raises Invalid with a stable code for anything that is not one."""
        try:
            request = orjson.loads(body)
        except orjson.JSONDecodeError:
            raise Invalid("The body is not JSON.") from None
        if isinstance(request, list):
            raise _refused("BATCHING_NOT_SUPPORTED", "Send one operation a request.")
        if not isinstance(request, dict) or not isinstance(request.get("query"), str):
            raise Invalid('The body needs a "query" text.')
        variables = request.get("variables")
        variables = {} if variables is None else variables
        name = request.get("operationName")
        if not isinstance(variables, dict) or not (name is None or isinstance(name, str)):
            raise Invalid('"variables" must be an object and "operationName" a text.')
        return Question(self._documents.get(request["query"]), variables, name or None)

    def answer(self, question: Question, context: Context, *, root: Any = None) -> tuple[dict[str, Any], int]:
        """Execute; the answer as a JSON object and its HTTP status."""
        if question.document.node is None or question.document.errors:
            code = "GRAPHQL_PARSE_FAILED" if question.document.syntax_fault else "GRAPHQL_VALIDATION_FAILED"
            return {
                "errors": [_formatted(error, _own_code(error) or code) for error in question.document.errors]
            }, 400
        result = execute(
            self.schema.core,
            question.document.node,
            root_value=root,
            context_value=context,
            variable_values=question.variables,
            operation_name=question.operation_name,
            execution_context_class=LeafExecutor,
        )
        assert isinstance(result, ExecutionResult)  # no resolver here is a coroutine
        answer: dict[str, Any] = {"data": result.data}
        if result.errors:
            answer["errors"] = [_formatted(error, "BAD_USER_INPUT") for error in result.errors]
        return answer, 200

    def is_subscription(self, question: Question) -> bool:
        """Whether the request asks for a stream."""
        operation = question.document.operation(question.operation_name)
        return operation is not None and operation.operation is OperationType.SUBSCRIPTION


def json_response(answer: Any, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(orjson.dumps(answer), status=status, mimetype="application/json")


def failure_answer(failure: Failure) -> dict[str, Any]:
    """A whole answer that consists of one failure."""
    extensions = {"code": failure.code, "requestId": current_request_id(), **failure.extensions}
    return {"errors": [{"message": failure.message, "extensions": extensions}]}


def _refused(code: str, message: str) -> Invalid:
    refused = Invalid(message)
    refused.code = code
    return refused


def _own_code(error: GraphQLError) -> str | None:
    """The code a scalar gave its refusal of a literal: only the scalar's owner can read the value."""
    return (error.extensions or {}).get("code")


def _formatted(error: GraphQLError, request_code: str) -> dict[str, Any]:
    """One error as the client sees it: expected ones in their words, bugs only by request id."""
    original = error.original_error
    while isinstance(original, GraphQLError):
        original = original.original_error
    entry: dict[str, Any] = {"message": error.message, "extensions": {"code": request_code}}
    if isinstance(original, Failure):
        entry = {"message": original.message, "extensions": {"code": original.code, **original.extensions}}
    elif original is not None or (error.path and request_code == "BAD_USER_INPUT"):
        log().error("resolver failed", path=error.path, error=repr(original or error), exc_info=original)
        entry = {"message": Failure.message, "extensions": {"code": "INTERNAL"}}
    entry["extensions"]["requestId"] = current_request_id()
    if error.path:
        entry["path"] = error.path
    elif error.locations:
        entry["locations"] = [location.formatted for location in error.locations]
    return entry

"""The application of a service: one call that sets up endpoint, health, logs, limits and the guard at the door."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Flask, Response, current_app, g, request
from werkzeug.exceptions import HTTPException

from chassis import health, logs, metrics, request_scope
from chassis.endpoint import Context, Endpoint, failure_answer, json_response
from chassis.errors import Failure, Invalid
from chassis.federation import FederatedSchema
from chassis.identity import CALLER_HEADER, VISITOR, Caller
from chassis.pulse import PULSE
from chassis.runtime import Runtime
from chassis.statements import CallerReader
from chassis.streams import stream_response

MAX_BODY_BYTES = 8 * 1024 * 1024
OWN_FAULTS = frozenset({"INTERNAL", "SERVICE_UNAVAILABLE"})
UNTOLD = (
    "/live",
    "/ready",
    "/health",
    "/metrics",
)  # asked by machines every few seconds: neither guarded nor logged
PASSED_HEADERS = ("Accept-Language", "Origin", "X-Session", "traceparent")


def build_service(
    runtime: Runtime[Any],
    schema: FederatedSchema,
    blueprints: Sequence[Blueprint] = (),
    public_paths: Sequence[str] = (),
    waiting: metrics.Waiting | None = None,
) -> Flask:
    """A Flask application that answers GraphQL on /graphql, health on /live, /ready and /health, and /metrics.

    Everything else demands a caller signed by the gateway or a sibling, except paths that begin with one of
    `public_paths`: these guard themselves. `waiting` counts what of the service's own waits, for the figures.
    """
    logs.configure(runtime.name, runtime.settings.log_level)
    reader = CallerReader(runtime.name, runtime.settings.rooms)
    app = Flask(runtime.name, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.extensions["runtime"] = runtime
    endpoint = app.extensions["endpoint"] = Endpoint(schema, introspection=_shows_itself(runtime))
    open_paths = (*UNTOLD, *public_paths)

    @app.before_request
    def _enter() -> Response | None:
        g.started = time.perf_counter()
        g.request_id = request_scope.begin(request.headers.get(request_scope.REQUEST_ID_HEADER))
        g.caller = VISITOR
        is_open = request.path.startswith(open_paths) and CALLER_HEADER not in request.headers
        return None if is_open else _identify(reader)

    @app.post("/graphql")
    def _graphql() -> Response:
        return _answer(runtime, endpoint)

    app.after_request(_leave)
    health.add_routes(app, runtime)
    metrics.add_route(app, runtime, waiting)
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    _handle_errors(app)
    return app


def _leave(response: Response) -> Response:
    response.headers[request_scope.REQUEST_ID_HEADER] = g.get("request_id", "")
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Content-Type-Options"] = "nosniff"
    if not request.path.startswith(UNTOLD):
        _tell_of(response)
    return response


def _shows_itself(runtime: Runtime[Any]) -> bool:
    return bool(runtime.settings.introspection and not runtime.settings.is_production)


def _identify(reader: CallerReader) -> Response | None:
    try:
        g.caller = reader.read(request.headers.get(CALLER_HEADER, ""))
    except Failure as failure:
        return json_response(failure_answer(failure), failure.http_status)
    request_scope.set_actor(g.caller.user_id)
    return None


def _answer(runtime: Runtime[Any], endpoint: Endpoint) -> Response:
    if request.mimetype != "application/json":
        raise Invalid("Send the request as application/json.")
    question = endpoint.read(request.get_data(cache=False))
    operation = question.document.operation(question.operation_name)
    g.operation = operation.name.value if operation is not None and operation.name else None
    g.asked = question.document.first_field(operation)
    context = _context(runtime, g.caller)
    if endpoint.is_subscription(question):
        return stream_response(endpoint, question, context)
    answer, status = endpoint.answer(question, context)
    g.failed = any(error["extensions"]["code"] in OWN_FAULTS for error in answer.get("errors", ()))
    response = json_response(answer, status)
    for cookie in context.response_cookies:
        response.headers.add("Set-Cookie", cookie)
    return response


def _context(runtime: Runtime[Any], caller: Caller) -> Context:
    return Context(
        runtime=runtime,
        caller=caller,
        request_id=g.request_id,
        client_address=request.headers.get("X-Client-Address"),
        user_agent=request.headers.get("User-Agent"),
        headers={name: request.headers[name] for name in PASSED_HEADERS if name in request.headers},
        cookies=dict(request.cookies),
    )


def _handle_errors(app: Flask) -> None:
    @app.errorhandler(Failure)
    def _failure(failure: Failure) -> Response:
        return json_response(failure_answer(failure), failure.http_status)

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        failure = Invalid(error.name + ".")
        failure.code = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED", 413: "PAYLOAD_TOO_LARGE"}.get(
            error.code or 400, "BAD_USER_INPUT"
        )
        return json_response(failure_answer(failure), error.code or 400)

    @app.errorhandler(Exception)
    def _unexpected(error: Exception) -> Response:
        logs.log().error("request failed", error=repr(error), exc_info=error)
        return json_response(failure_answer(Failure()), 500)


def _tell_of(response: Response) -> None:
    seconds = time.perf_counter() - g.get("started", time.perf_counter())
    failed = response.status_code >= 500 or g.get("failed", False)
    if not response.is_streamed:
        PULSE.note(seconds, failed=failed)
        metrics.note(current_app.name, g.get("asked"), seconds, failed=failed)
    logs.log().info(
        "request",
        method=request.method,
        path=request.path,
        operation=g.get("operation"),
        status=response.status_code,
        milliseconds=round(seconds * 1000, 2),
        caller=g.caller.issuer,
        user_id=g.caller.user_id,
    )

"""Subscriptions over server-sent events (graphql-sse, distinct connections mode).

A subscription's `subscribe_<field>` is a plain generator of source values (None: nothing to tell, a heartbeat);
the selection is executed for each value. The stream ends when the generator does or the client leaves.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

import orjson
import redis
from flask import Response
from graphql import GraphQLError, get_argument_values
from graphql.execution.collect_fields import collect_fields
from graphql.execution.execute import ExecutionContext, get_field_def
from graphql.pyutils import Path

from chassis.endpoint import Context, Endpoint, Question, failure_answer, json_response
from chassis.errors import Failure, Invalid

HEARTBEAT_SECONDS = 15.0


def stream_response(endpoint: Endpoint, question: Question, context: Context) -> Response:
    """Answer a subscription: an event stream, or a JSON refusal when it cannot begin."""
    if question.document.errors:
        return json_response(*endpoint.answer(question, context))
    try:
        source = _source(endpoint, question, context)
        first = next(source, None)  # a refusal at the door is told as an ordinary answer
    except Failure as failure:
        return json_response(failure_answer(failure), 200)
    response = Response(_events(endpoint, question, context, source, first), mimetype="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


def subscribe(
    client: redis.Redis, channel: str, *, heartbeat_seconds: float = HEARTBEAT_SECONDS
) -> Generator[bytes | None, None, None]:
    """Messages published on a Redis channel, None whenever none came for `heartbeat_seconds`.

    The first value is None, once the subscription stands: what is read from the database after it is complete.
    Raises redis.RedisError when Redis goes away.
    """
    listener: Any = client.pubsub()  # type: ignore[no-untyped-call]  # redis leaves it untyped
    try:
        listener.subscribe(channel)
        while True:
            message = listener.get_message(timeout=heartbeat_seconds)
            if message is None or message["type"] == "subscribe":
                yield None
            elif message["type"] == "message":
                yield message["data"]
    finally:
        listener.close()


def _source(endpoint: Endpoint, question: Question, context: Context) -> Iterator[Any]:
    """The generator behind the subscription's one root field."""
    assert question.document.node is not None
    built = ExecutionContext.build(
        endpoint.schema.core,
        question.document.node,
        context_value=context,
        raw_variable_values=question.variables,
        operation_name=question.operation_name,
    )
    if isinstance(built, list):
        raise Invalid("; ".join(error.message for error in built))
    root = endpoint.schema.core.subscription_type
    assert root is not None
    fields = collect_fields(
        endpoint.schema.core, built.fragments, built.variable_values, root, built.operation.selection_set
    )
    name, nodes = next(iter(fields.items()))
    definition: Any = get_field_def(endpoint.schema.core, root, nodes[0])
    if definition is None or definition.subscribe is None:
        raise Invalid("This field can't be subscribed to.")
    info = built.build_resolve_info(definition, nodes, root, Path(None, name, root.name))
    try:
        arguments = get_argument_values(definition, nodes[0], built.variable_values)
    except GraphQLError as error:
        raise Invalid(error.message) from None
    return iter(definition.subscribe(None, info, **arguments))


def _events(
    endpoint: Endpoint, question: Question, context: Context, source: Iterator[Any], first: Any
) -> Iterator[bytes]:
    yield b":\n\n"
    value = first
    try:
        while True:
            if value is None:
                yield b":\n\n"
            else:
                context.entity_types.clear()
                context.shared.clear()
                answer, _status = endpoint.answer(question, context, root=value)
                yield b"event: next\ndata: " + orjson.dumps(answer) + b"\n\n"
            value = next(source)
    except StopIteration:
        yield b"event: complete\ndata:\n\n"
    except redis.RedisError:
        return  # the client sees the stream end and comes back
    finally:
        close = getattr(source, "close", None)
        if close is not None:
            close()

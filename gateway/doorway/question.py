"""Reading a GraphQL request from HTTP: POST with JSON, GET with a query string; anything else is refused in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from gunicorn.http.errors import ParseException
from werkzeug.http import parse_options_header
from werkzeug.wrappers import Request
from werkzeug.wsgi import get_input_stream

from gateway.doorway.refusal import Refusal

DRAINED_BYTES = 16 * 1024 * 1024
CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Question:
    """What the client asks. `text` is None when it names a known document by its hash only."""

    text: str | None
    variables: dict[str, Any]
    operation_name: str | None
    extensions: dict[str, Any]


def read_question(environ: dict[str, Any], maximum_body_bytes: int) -> Question:
    """The question in a WSGI request. Raises Refusal (400 or 415) for what is none."""
    if environ["REQUEST_METHOD"] == "POST":
        return _of_parameters(_json_body(environ, maximum_body_bytes))
    values = Request(environ).args
    parameters: dict[str, Any] = {name: values.get(name) for name in ("query", "operationName")}
    for name in ("variables", "extensions"):
        text = values.get(name)
        if text:
            try:
                parameters[name] = orjson.loads(text)
            except orjson.JSONDecodeError:
                raise _bad(f'"{name}" is not JSON.') from None
    if not parameters["operationName"]:
        parameters["operationName"] = None
    return _of_parameters(parameters)


def read_body(environ: dict[str, Any], maximum_bytes: int, status: int = 413) -> bytes:
    """The whole body. Raises Refusal (`status`), having read what was sent, so that the client hears of it."""
    told = environ.get("CONTENT_LENGTH") or ""
    length = int(told) if told.isdecimal() else None
    if length is not None and length <= maximum_bytes:
        return bytes(environ["wsgi.input"].read(length))
    stream = get_input_stream(environ)
    try:
        body = b"" if length is not None else stream.read(maximum_bytes + 1)
    except ParseException:
        raise Refusal(
            400, "BAD_USER_INPUT", "The body came in broken chunks.", headers={"Connection": "close"}
        ) from None
    if length is None and len(body) <= maximum_bytes:
        return body
    # A server that answers before it has read everything makes many clients see a reset connection.
    drained = 0
    while drained < DRAINED_BYTES:
        chunk = stream.read(CHUNK_BYTES)
        if not chunk:
            break
        drained += len(chunk)
    message = f"A request may have {maximum_bytes} bytes."
    raise Refusal(status, "PAYLOAD_TOO_LARGE", message, headers={"Connection": "close"})


def _json_body(environ: dict[str, Any], maximum_body_bytes: int) -> Any:
    if not _is_json(environ.get("CONTENT_TYPE", "")):
        # Also what keeps a form on another site from asking in a visitor's name.
        raise Refusal(415, "UNSUPPORTED_MEDIA_TYPE", "Send the request as application/json in UTF-8.")
    body = read_body(environ, maximum_body_bytes, status=400)  # as beyond every other limit of a question
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise _bad("The body is not JSON.") from None


@lru_cache(maxsize=64)
def _is_json(content_type: str) -> bool:
    kind, options = parse_options_header(content_type)
    return kind.lower() == "application/json" and options.get("charset", "utf-8").lower() in ("utf-8", "utf8")


def _of_parameters(parameters: Any) -> Question:
    if isinstance(parameters, list):
        raise Refusal(400, "BATCHING_NOT_SUPPORTED", "Send one operation a request.")
    if not isinstance(parameters, Mapping):
        raise _bad("The body must be a JSON object.")
    text = parameters.get("query")
    extensions = _object(parameters, "extensions")
    if text is not None and not isinstance(text, str):
        raise _bad('"query" must be a text.')
    if not text and "persistedQuery" not in extensions:
        raise _bad('The request needs a "query" text.')
    name = parameters.get("operationName")
    if name is not None and not isinstance(name, str):
        raise _bad('"operationName" must be a text.')
    return Question(text or None, _object(parameters, "variables"), name, extensions)


def _object(parameters: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = parameters.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _bad(f'"{name}" must be an object.')
    return value


def _bad(message: str) -> Refusal:
    return Refusal(400, "BAD_USER_INPUT", message)

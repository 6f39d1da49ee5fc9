"""Answering GraphQL over HTTP: which media type, which status, and the request id in every error.

The endpoint answers WSGI itself, without Flask, with a `Reply`; pages and the like are answered by Flask with a
`Response`.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import Any

import orjson
from flask import Response
from werkzeug.http import parse_accept_header

from chassis.request_scope import current_request_id
from gateway.doorway.refusal import Refusal

GRAPHQL_JSON = "application/graphql-response+json"
JSON = "application/json"
EVENT_STREAM = "text/event-stream"
SMALLEST_COMPRESSED = 2048
_RETRY = re.compile(rb'"retryAfterSeconds":([0-9]{1,6})')
ABOUT_THE_DOCUMENT = frozenset({"GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"})
CONTENT_TYPES = {kind: f"{kind}; charset=utf-8" for kind in (GRAPHQL_JSON, JSON, EVENT_STREAM)}
STATUS_LINES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


@dataclass(frozen=True, slots=True)
class Manner:
    """How the client wants to be answered. `by_name`: it named that media type, not just anything."""

    media_type: str
    by_name: bool = False


PLAIN = Manner(JSON)


class Events:
    """A body without an end, told piece by piece; `closed` is called when it is over or the client has left."""

    def __init__(
        self, pieces: Generator[bytes, None, None], closed: Callable[[], None] = lambda: None
    ) -> None:
        self._pieces = pieces
        self._closed = closed

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces

    def close(self) -> None:
        """Called by the server in any case, at the end."""
        self._pieces.close()
        self._closed()


@dataclass(slots=True)
class Reply:
    """An answer as WSGI takes it, but for the headers that every answer of ours carries."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes | Events

    @property
    def status_line(self) -> str:
        """The status with its name."""
        return STATUS_LINES[self.status]

    def pieces(self) -> Iterable[bytes]:
        """The body for a WSGI server."""
        return [self.body] if isinstance(self.body, bytes) else self.body


@lru_cache(maxsize=256)
def manner_of(accept: str | None) -> Manner:
    """The manner that an Accept header asks for. Raises Refusal (406) when we have none of what it takes."""
    if not accept:
        return Manner(JSON)
    for media_type, quality in sorted(parse_accept_header(accept), key=lambda pair: -pair[1]):
        plain = media_type.split(";")[0].strip().lower()
        if quality <= 0:
            continue
        if plain in (GRAPHQL_JSON, JSON, EVENT_STREAM):
            return Manner(plain, by_name=True)
        if plain in ("*/*", "application/*"):
            return Manner(JSON)
    raise Refusal(406, "NOT_ACCEPTABLE", f"Answers come as {GRAPHQL_JSON}, {JSON} or {EVENT_STREAM}.")


def answer(body: bytes, manner: Manner, status: int = 200, *, accept_encoding: str | None = None) -> Reply:
    """An answer of ready bytes, compressed when it is long and `accept_encoding` allows it.

    Only what is equal for all visitors is to be compressed: sizes of secrets beside reflected input tell them.
    """
    headers = [("Content-Type", CONTENT_TYPES[manner.media_type]), ("Cache-Control", "no-store")]
    if accept_encoding and len(body) >= SMALLEST_COMPRESSED and "gzip" in accept_encoding:
        body = gzip.compress(body, compresslevel=1, mtime=0)
        headers += [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
    headers.append(("Content-Length", str(len(body))))
    return Reply(status, headers, body)


def refuse(refusal: Refusal, manner: Manner) -> Reply:
    """A refusal in the client's manner."""
    about_document = refusal.code in ABOUT_THE_DOCUMENT
    reply = refused(refusal.errors(), refusal.status, manner, about_document=about_document)
    reply.headers += refusal.headers.items()
    return reply


def refuse_page(refusal: Refusal) -> Response:
    """A refusal as Flask gives it, outside the endpoint."""
    return as_page(refuse(refusal, PLAIN))


def as_page(reply: Reply) -> Response:
    """An answer as Flask gives it."""
    return Response(reply.pieces(), reply.status, reply.headers)


def refused(
    errors: Iterable[Mapping[str, Any]], status: int, manner: Manner, *, about_document: bool
) -> Reply:
    """An answer of errors alone.

    The older media type asks for 200 when the request was well-formed and only its document can't be executed.
    """
    told = with_request_id(errors)
    if status == 400 and about_document and manner == Manner(JSON, by_name=True):
        status = 200
    if manner.media_type == EVENT_STREAM:
        manner = Manner(JSON)
    return answer(orjson.dumps({"errors": told}), manner, status)


def with_request_id(errors: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The errors, each with a code and the id to ask us about."""
    request_id = current_request_id()
    told = []
    for error in errors:
        extensions = {"code": "INTERNAL", **(error.get("extensions") or {}), "requestId": request_id}
        told.append({**error, "extensions": extensions})
    return told


def seconds_to_wait(body: bytes) -> str | None:
    """What an answer with errors says of when to come back: a member's refusal carries it inside."""
    found = _RETRY.search(body)
    return found.group(1).decode() if found else None

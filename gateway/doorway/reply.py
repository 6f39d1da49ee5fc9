"""Answering GraphQL over HTTP: which media type, which status, and the request id in every error."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
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
ABOUT_THE_DOCUMENT = frozenset({"GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"})


@dataclass(frozen=True, slots=True)
class Manner:
    """How the client wants to be answered. `by_name`: it named that media type, not just anything."""

    media_type: str
    by_name: bool = False

    @property
    def content_type(self) -> str:
        """The Content-Type header of the answer."""
        return f"{self.media_type}; charset=utf-8"


PLAIN = Manner(JSON)


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


def answer(body: bytes, manner: Manner, status: int = 200, *, accept_encoding: str | None = None) -> Response:
    """An answer of ready bytes, compressed when it is long and `accept_encoding` allows it.

    Only what is equal for all visitors is to be compressed: sizes of secrets beside reflected input tell them.
    """
    headers = [("Content-Type", manner.content_type), ("Cache-Control", "no-store")]
    if accept_encoding and len(body) >= SMALLEST_COMPRESSED and "gzip" in accept_encoding:
        body = gzip.compress(body, compresslevel=1, mtime=0)
        headers += [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
    return Response(body, status, headers)


def refuse(refusal: Refusal, manner: Manner) -> Response:
    """A refusal in the client's manner."""
    about_document = refusal.code in ABOUT_THE_DOCUMENT
    response = refused(refusal.errors(), refusal.status, manner, about_document=about_document)
    for name, value in refusal.headers.items():
        response.headers[name] = value
    return response


def refused(
    errors: Iterable[Mapping[str, Any]], status: int, manner: Manner, *, about_document: bool
) -> Response:
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

"""Paths that belong to members: handed on with the caller's signed statement, answered by their owner."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import urllib3
from flask import Flask, Response, request
from urllib3.response import BaseHTTPResponse
from werkzeug.datastructures import Headers

from gateway.breaker import Breakers
from gateway.doorway import reply
from gateway.doorway.forwarding import Forwarding
from gateway.doorway.identity import ANYONE, Asker, Identity
from gateway.doorway.origin import guard_origin
from gateway.doorway.question import read_body
from gateway.doorway.refusal import Refusal
from gateway.doorway.visit import current_visit
from gateway.graph_file import GraphFile, Member, Route

CHUNK_BYTES = 64 * 1024
# Of one connection only (RFC 9110, 7.6.1), or made anew for the next.
NOT_HANDED_ON = frozenset(
    (
        "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te", "trailer",
        "transfer-encoding", "upgrade", "host", "content-length", "authorization", "cookie", "server", "date", "expect",
    )
)  # fmt: skip
NOT_HANDED_BACK = (NOT_HANDED_ON - {"content-length"}) | {"x-request-id", "x-content-type-options"}
OWN_PREFIXES = (
    "x-caller",
    "x-client-",
    "x-forwarded-",
    "x-request-id",
    "x-session",
    "x-user",
    "x-real-ip",
    "forwarded",
)
# For documents that bring no policy of their own; a PDF needs none, and viewers stumble over one.
LOCKED = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"
LOCKED_TYPES = ("text/html", "image/svg+xml", "application/xml", "text/xml")


class Passage:
    """Hands requests on to members."""

    def __init__(
        self, file: GraphFile, identity: Identity, forwarding: Forwarding, breakers: Breakers, public_url: str
    ) -> None:
        self._file = file
        self._identity = identity
        self._forwarding = forwarding
        self._breakers = breakers
        self._public_url = public_url
        self._pool = urllib3.PoolManager(maxsize=16, retries=False)

    def hand_on(self, route: Route) -> Response:
        """The owner's answer to the request in hand; a JSON refusal when there is none."""
        try:
            return self._hand_on(route, self._file.member(route.subgraph))
        except Refusal as refusal:
            current_visit().tell(code=refusal.code)
            return reply.refuse_page(refusal)

    def _hand_on(self, route: Route, member: Member) -> Response:
        visit = current_visit()
        asker = self._identity.of(visit.environ.get("HTTP_AUTHORIZATION"))
        self._guard_change(asker)
        body = (
            read_body(request.environ, route.maximum_body_bytes)
            if request.method not in ("GET", "HEAD")
            else None
        )
        if not self._breakers.allows(member.name):
            raise _silent()
        headers = self._headers(member, self._forwarding.headers_for(visit, asker.caller))
        address = member.address(_path())
        try:
            found = self._pool.request(
                request.method,
                address,
                body=body,
                headers=headers,
                timeout=urllib3.Timeout(connect=2.0, read=route.deadline_seconds),
                preload_content=False,
                decode_content=False,
                redirect=False,
            )
        except urllib3.exceptions.HTTPError as error:
            self._breakers.record(member.name, False, type(error).__name__)
            visit.tell(error=type(error).__name__)
            raise _silent() from None
        self._breakers.record(member.name, True)
        return _answer(found)

    def _guard_change(self, asker: Asker) -> None:
        """What somebody changes by their token is held to what holds at /graphql.

        Paths that take no token guard themselves, by a signature or a secret in the address; a bank's page may send
        its form there.
        """
        if asker is not ANYONE and request.method not in ("GET", "HEAD"):
            guard_origin(request.environ, self._public_url)
            asker.guard_writes()

    def _headers(self, member: Member, own: object) -> dict[str, str]:
        headers = {
            name: value
            for name, value in request.headers.items()
            if name.lower() not in NOT_HANDED_ON and not name.lower().startswith(OWN_PREFIXES)
        }
        assert callable(own)
        headers.update({name.decode(): value.decode("latin-1") for name, value in own(member.name)})
        return headers


def add_routes(app: Flask, passage: Passage, routes: tuple[Route, ...], *, production: bool) -> None:
    """Hand on every path of `routes`; those for development stay away from production."""
    for route in routes:
        if production and route.development_only:
            continue
        below = ["", "<path:_below>"] if route.path.endswith("/") else [""]
        for ending in below:
            app.add_url_rule(
                route.path + ending,
                f"passage {route.path}{ending}",
                lambda _below="", route=route: passage.hand_on(route),
                methods=list(route.methods),
                provide_automatic_options=False,
            )


def _answer(found: BaseHTTPResponse) -> Response:
    headers = Headers(
        [(name, value) for name, value in found.headers.items() if name.lower() not in NOT_HANDED_BACK]
    )
    if headers.get("Content-Type", "text/html").startswith(LOCKED_TYPES):
        headers.setdefault("Content-Security-Policy", LOCKED)
    headers.setdefault("Cache-Control", "no-store")

    def chunks() -> Iterator[bytes]:
        try:
            yield from found.stream(CHUNK_BYTES, decode_content=False)
        finally:
            found.release_conn()

    response = Response(chunks(), status=found.status, headers=headers)
    response.call_on_close(found.release_conn)
    return response


def _path() -> str:
    """The path and query as the owner gets them; none that leads out of the route it was found by."""
    segments = request.path.split("/")
    if ".." in segments or "." in segments or "\\" in request.path or "" in segments[1:-1]:
        raise Refusal(404, "NOT_FOUND", "There is nothing at this address.")
    query = request.query_string.decode("latin-1")
    return quote(request.path, safe="/:@!$&'()*+,;=~") + (f"?{query}" if query else "")


def _silent() -> Refusal:
    message = "The part of the system that has this does not answer right now. Please try again in a moment."
    return Refusal(503, "SERVICE_UNAVAILABLE", message, headers={"Retry-After": "2"})

"""What of a client's request goes on to the members: a list of what may pass, never a list of what may not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from werkzeug.http import parse_cookie

from chassis.identity import CALLER_HEADER, Caller
from chassis.request_scope import REQUEST_ID_HEADER
from chassis.statements import Statements
from gateway.doorway.visit import Visit

LONGEST_VALUE = 4096  # as much as a token may have
_ADDRESS = b"X-Client-Address"
_REQUEST_ID = REQUEST_ID_HEADER.encode()
_CALLER = CALLER_HEADER.encode()
_TRACE = re.compile(r"^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")

Headers = tuple[tuple[bytes, bytes], ...]
_Allowed = tuple[tuple[str, bytes], ...]  # names of headers, as WSGI has them and as they are sent


class Forwarding:
    """Makes the headers of requests to members. `cookies` and `headers` are those that may pass, by member.

    Without `statements` members are told of nobody.
    """

    def __init__(
        self,
        statements: Statements | None,
        cookies: Mapping[str, Iterable[str]],
        headers: Mapping[str, Iterable[str]],
    ) -> None:
        self._statements = statements
        self._cookies = {name: frozenset(allowed) for name, allowed in cookies.items() if allowed}
        self._headers = {name: tuple(map(_in_wsgi, allowed)) for name, allowed in headers.items()}
        passed = {key for pairs in self._headers.values() for key, _ in pairs}
        # What a member could answer a visitor by, beside the question.
        self.answered_by = tuple(sorted(passed - {"HTTP_USER_AGENT"}))

    def headers_for(self, visit: Visit, caller: Caller) -> Callable[[str], Headers]:
        """A function from a member's name to the headers it is sent on behalf of `visit`."""
        made: dict[_Allowed, Headers] = {}
        sent_cookies: str = visit.environ.get("HTTP_COOKIE") or ""

        def headers(subgraph: str) -> Headers:
            allowed = self._headers.get(subgraph, ())
            own = made.get(allowed)
            if own is None:
                own = made[allowed] = _passed(visit, allowed)
            if self._statements is not None:
                own = (*own, (_CALLER, self._statements.of(caller, subgraph).encode()))
            cookies = self._cookies.get(subgraph) if sent_cookies else None
            if cookies:
                cookie = passed_cookies(sent_cookies, cookies)
                return (*own, (b"Cookie", cookie)) if cookie else own
            return own

        return headers


def passed_cookies(sent: str, allowed: Iterable[str]) -> bytes:
    """A Cookie header of those cookies of `sent` that may pass."""
    cookies = parse_cookie(sent)
    return _value("; ".join(f"{name}={cookies[name]}" for name in sorted(allowed) if name in cookies))


def _in_wsgi(name: str) -> tuple[str, bytes]:
    return "HTTP_" + name.upper().replace("-", "_"), name.encode("ascii")


def _passed(visit: Visit, allowed: _Allowed) -> Headers:
    """What members of one list are sent, but for the caller's statement and cookies."""
    environ = visit.environ
    found = [(_REQUEST_ID, visit.request_id.encode()), (_ADDRESS, _value(visit.address))]
    for key, name in allowed:
        value = environ.get(key)
        if value:
            found.append((name, _value(value)))
    trace = environ.get("HTTP_TRACEPARENT")
    if trace and _TRACE.match(trace):
        found.append((b"traceparent", trace.encode()))
    return tuple(found)


def _value(text: str) -> bytes:
    # No line may end inside a header of ours, whatever a client put into one of its own.
    plain = text[:LONGEST_VALUE]
    if "\r" in plain or "\n" in plain:
        plain = plain.replace("\r", " ").replace("\n", " ")
    return plain.encode("latin-1", "replace")

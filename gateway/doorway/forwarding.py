"""What of a client's request goes on to the members: a list of what may pass, never a list of what may not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from werkzeug.http import parse_cookie

from chassis.identity import CALLER_HEADER, Caller
from chassis.request_scope import REQUEST_ID_HEADER
from gateway.doorway.identity import Statements
from gateway.doorway.visit import Visit

LONGEST_VALUE = 1000
# By their names in WSGI. X-Session says how a client wants its session kept, not whose it is.
PASSED_HEADERS = (
    ("HTTP_USER_AGENT", b"User-Agent"),
    ("HTTP_ACCEPT_LANGUAGE", b"Accept-Language"),
    ("HTTP_ORIGIN", b"Origin"),
    ("HTTP_X_SESSION", b"X-Session"),
)
_ADDRESS = b"X-Client-Address"
_REQUEST_ID = REQUEST_ID_HEADER.encode()
_CALLER = CALLER_HEADER.encode()
_TRACE = re.compile(r"^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")

Headers = tuple[tuple[bytes, bytes], ...]


class Forwarding:
    """Makes the headers of requests to members."""

    def __init__(self, statements: Statements, cookies: Mapping[str, Iterable[str]]) -> None:
        self._statements = statements
        self._cookies = {name: frozenset(allowed) for name, allowed in cookies.items() if allowed}

    def headers_for(self, visit: Visit, caller: Caller) -> Callable[[str], Headers]:
        """A function from a member's name to the headers it is sent on behalf of `visit`."""
        shared = _shared(visit)
        sent_cookies: str = visit.environ.get("HTTP_COOKIE") or ""

        def headers(subgraph: str) -> Headers:
            statement = self._statements.of(caller, subgraph)
            own = shared if statement is None else (*shared, (_CALLER, statement))
            allowed = self._cookies.get(subgraph) if sent_cookies else None
            if allowed:
                cookie = passed_cookies(sent_cookies, allowed)
                return (*own, (b"Cookie", cookie)) if cookie else own
            return own

        return headers


def passed_cookies(sent: str, allowed: Iterable[str]) -> bytes:
    """A Cookie header of those cookies of `sent` that may pass."""
    cookies = parse_cookie(sent)
    return _value("; ".join(f"{name}={cookies[name]}" for name in sorted(allowed) if name in cookies))


def _shared(visit: Visit) -> Headers:
    """What every member is sent, but for the caller's statement and cookies."""
    environ = visit.environ
    found = [(_REQUEST_ID, visit.request_id.encode()), (_ADDRESS, _value(visit.address))]
    for key, name in PASSED_HEADERS:
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

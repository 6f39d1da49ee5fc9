"""Failures in the client's terms: code, words that are safe to show, path through the answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gateway.composition.selection import TYPENAME
from gateway.execution.shape import Shape, ShapeField

PUBLIC_CODES = frozenset(
    [
        "UNAUTHENTICATED",
        "FORBIDDEN",
        "NOT_FOUND",
        "RATE_LIMITED",
        "BAD_USER_INPUT",
        "QUERY_TOO_COMPLEX",
        "SERVICE_UNAVAILABLE",
        "CONFLICT",
    ]
)
PRIVATE_EXTENSIONS = frozenset({"stacktrace", "exception", "debug"})
MASKED = "Something went wrong in the service that answers this field."
UNAVAILABLE = "The service that answers this field cannot be reached at the moment."
MALFORMED = "The service that answers this field gave an answer that cannot be read."
MAXIMUM = 500

ClientPath = list[str | int]


class Failures:
    """The errors of one response. Knows which spots one accounts for already."""

    def __init__(self, *, unmask: bool, request_id: str | None) -> None:
        self._unmask = unmask
        self._request_id = request_id
        self._patterns: set[tuple[str, ...]] = set()
        self.errors: list[dict[str, Any]] = []

    def add(self, message: str, path: ClientPath | None, extensions: Mapping[str, Any]) -> None:
        """One error; past a maximum they are counted no further."""
        if len(self.errors) >= MAXIMUM:
            return
        error: dict[str, Any] = {"message": message}
        if path:
            error["path"] = path
        error["extensions"] = dict(extensions)
        if self._request_id is not None:
            error["extensions"]["requestId"] = self._request_id
        self.errors.append(error)
        self._patterns.add(_pattern(path or []))

    def from_service(self, said: Mapping[str, Any], path: ClientPath, service: str) -> None:
        """An error that a subgraph reported: passed on when its code is public, masked otherwise."""
        extensions = said.get("extensions")
        extensions = extensions if isinstance(extensions, Mapping) else {}
        code = extensions.get("code")
        if self._unmask or (isinstance(code, str) and code in PUBLIC_CODES):
            shown = {key: extensions[key] for key in extensions if key not in PRIVATE_EXTENSIONS}
            shown.setdefault("code", "INTERNAL")
            self.add(str(said.get("message", MASKED)), path, {**shown, "serviceName": service})
        else:
            self.add(MASKED, path, {"code": "INTERNAL", "serviceName": service})

    def unavailable(self, path: ClientPath, service: str) -> None:
        """A subgraph gave no answer."""
        self.add(UNAVAILABLE, path, {"code": "SERVICE_UNAVAILABLE", "serviceName": service})

    def malformed(self, path: ClientPath, service: str) -> None:
        """A subgraph's answer was none."""
        self.add(MALFORMED, path, {"code": "DOWNSTREAM_SERVICE_ERROR", "serviceName": service})

    def explains(self, path: ClientPath) -> bool:
        """Whether an error at or above or below this spot was given already (list positions aside)."""
        spot = _pattern(path)
        for known in self._patterns:
            shorter = min(len(known), len(spot))
            if known[:shorter] == spot[:shorter]:
                return True
        return False


def _pattern(path: Sequence[str | int]) -> tuple[str, ...]:
    return tuple(part for part in path if isinstance(part, str))


def client_path(shape: Shape, path: Sequence[str | int], tree: Any) -> ClientPath:
    """A path of canonical keys in the client's response names, as far as the client asked.

    `tree` is what was joined so far: it says which object stands where several may.
    """
    found: ClientPath = []
    current: Shape | None = shape
    for part in path:
        if isinstance(part, int):
            found.append(part)
            tree = tree[part] if isinstance(tree, list) and part < len(tree) else None
            continue
        field = None if current is None else next(_named(current, part, tree), None)
        if field is None:
            break
        found.append(field.response)
        current = field.shape
        tree = tree.get(part) if isinstance(tree, dict) else None
    return found


def _named(shape: Shape, key: str, one: Any) -> Iterator[ShapeField]:
    name = one.get(TYPENAME) if isinstance(one, dict) else None
    for member in [name] if name in shape.members else sorted(shape.members):
        for field in shape.fields(member):
            if field.key == key:
                yield field

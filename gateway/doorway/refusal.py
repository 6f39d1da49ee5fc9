"""What the doorway refuses before anything runs: one class, one shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Refusal(Exception):
    """A request that goes no further: HTTP `status`, stable `code`, words safe to show, and headers for the answer."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        headers: Mapping[str, str] | None = None,
        **extensions: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})
        self.extensions = extensions

    def errors(self) -> list[dict[str, Any]]:
        """The refusal as GraphQL errors."""
        return [{"message": self.message, "extensions": {"code": self.code, **self.extensions}}]


def too_complex(message: str) -> Refusal:
    """A document beyond one of the limits."""
    return Refusal(400, "QUERY_TOO_COMPLEX", message)

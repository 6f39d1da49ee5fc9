"""Failures that a service expects, and the one shape in which they leave it.

Failure                     top-level GraphQL error with `extensions.code`
├── Unauthenticated         nobody is signed in, or the caller could not be verified
├── Forbidden               signed in, but not allowed
├── NotFound                no such object, or not the caller's to see
├── Invalid                 the request itself is wrong
├── AmountTooLarge          a sum that no answer can carry
├── Conflict                the object is not in a state that allows it
├── RateLimited             too many; carries the seconds to wait
├── Unavailable             a part that is needed does not answer; try again
└── Refusal                 the business said no: becomes a `userErrors` entry of the payload
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class Failure(Exception):
    """An expected failure: stable `code`, a `message` that is safe to show, and optional extensions."""

    code = "INTERNAL"
    message = "Something went wrong on our side. The request id helps us to find it."
    http_status = 200

    def __init__(self, message: str | None = None, /, **extensions: Any) -> None:
        self.message = message if message is not None else type(self).message
        self.extensions: dict[str, Any] = extensions
        super().__init__(self.message)


class Unauthenticated(Failure):
    """Nobody is signed in."""

    code = "UNAUTHENTICATED"
    message = "Please sign in first."
    http_status = 401


class Forbidden(Failure):
    """The caller is known, and may not do this."""

    code = "FORBIDDEN"
    message = "Your account is not allowed to do this."
    http_status = 403


class NotFound(Failure):
    """There is no such object, or the caller may not know of it."""

    code = "NOT_FOUND"
    message = "There is nothing under this id."
    http_status = 404


class Invalid(Failure):
    """The request is malformed in a way that no retry mends."""

    code = "BAD_USER_INPUT"
    message = "The request is not valid."
    http_status = 400


class AmountTooLarge(Failure):
    """A sum of money is more than an Int of GraphQL can carry, e.g. of a year in rupiahs."""

    code = "AMOUNT_TOO_LARGE"
    message = "This sum is too large to be told. Please ask for a shorter time or for fewer places."


class Conflict(Failure):
    """The object has moved on, or never could do this."""

    code = "CONFLICT"
    message = "This is no longer possible in the present state."
    http_status = 409


class RateLimited(Failure):
    """Too many requests; `retry_after_seconds` says when to come back."""

    code = "RATE_LIMITED"
    message = "Too many requests. Please wait a moment and try again."
    http_status = 429

    def __init__(self, message: str | None = None, /, *, retry_after_seconds: int = 60) -> None:
        super().__init__(message, retryAfterSeconds=retry_after_seconds)
        self.retry_after_seconds = retry_after_seconds


class Unavailable(Failure):
    """A part that this needs does not answer at the moment."""

    code = "SERVICE_UNAVAILABLE"
    message = "A part of the system does not answer right now. Please try again in a moment."
    http_status = 503


class Refusal(Failure):
    """The request was understood and the business said no; shown in the payload's `userErrors`.

    `field` is the path of the input that it is about, e.g. ("input", "email"); None when about the whole.
    """

    code = "REFUSED"
    message = "This is not possible."

    def __init__(
        self,
        message: str | None = None,
        /,
        *,
        field: Sequence[str | int] | None = None,
        code: str | None = None,
    ):
        super().__init__(message)
        self.field = None if field is None else tuple(str(part) for part in field)
        if code is not None:
            self.code = code


class Refusals(Exception):
    """Several refusals of one request, told together."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__("; ".join(refusal.message for refusal in refusals))
        self.refusals = tuple(refusals)

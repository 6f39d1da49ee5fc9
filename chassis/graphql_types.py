"""GraphQL types that every subgraph shares, and the turning of refusals into payloads."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import graphene
from graphql import GraphQLError
from graphql.language import ast

from chassis import metrics
from chassis.errors import AmountTooLarge, Refusal, Refusals
from chassis.federation import shareable

LARGEST_INT = 2**31 - 1  # of GraphQL


def _unreadable(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": "BAD_USER_INPUT"})


class DateTime(graphene.Scalar):
    """RFC 3339 instant with offset, e.g. 2026-11-21T19:30:00+00:00. Always stored in UTC."""

    @staticmethod
    def serialize(value: Any) -> str:
        """Text of an aware datetime."""
        if isinstance(value, datetime) and value.tzinfo is not None:
            return value.astimezone(UTC).isoformat()
        raise GraphQLError(f"DateTime cannot represent value: {value!r}")

    @staticmethod
    def parse_value(value: Any) -> datetime:
        """An aware UTC datetime. Raises GraphQLError for anything but RFC 3339 text with an offset."""
        try:
            parsed = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            raise _unreadable("DateTime needs text like 2026-11-21T19:30:00+00:00") from None
        if parsed.tzinfo is None:
            raise _unreadable("DateTime needs an offset, e.g. 2026-11-21T19:30:00+00:00")
        try:
            return parsed.astimezone(UTC)
        except OverflowError:
            raise _unreadable("DateTime is out of range") from None

    @classmethod
    def parse_literal(cls, node: Any, _variables: Any = None) -> Any:
        """As parse_value, for text in the document."""
        if not isinstance(node, ast.StringValueNode):
            raise _unreadable("DateTime needs text like 2026-11-21T19:30:00+00:00")
        return cls.parse_value(node.value)


class Date(graphene.Scalar):
    """Calendar date, YYYY-MM-DD."""

    @staticmethod
    def serialize(value: Any) -> str:
        """Text of a date."""
        if isinstance(value, date) and not isinstance(value, datetime):
            return value.isoformat()
        raise GraphQLError(f"Date cannot represent value: {value!r}")

    @staticmethod
    def parse_value(value: Any) -> date:
        """A date. Raises GraphQLError for anything but YYYY-MM-DD."""
        try:
            if not isinstance(value, str) or len(value) != 10:
                raise ValueError
            return date.fromisoformat(value)
        except ValueError:
            raise _unreadable("Date needs text like 2026-11-21") from None

    @classmethod
    def parse_literal(cls, node: Any, _variables: Any = None) -> Any:
        """As parse_value, for text in the document."""
        return cls.parse_value(node.value if isinstance(node, ast.StringValueNode) else None)


def required_list(of: Any, **kwargs: Any) -> Any:
    """A Field of type `[of!]!`."""
    return graphene.Field(graphene.NonNull(graphene.List(graphene.NonNull(of))), **kwargs)


@shareable
class UserError(graphene.ObjectType):
    """A refusal that the caller can act on: the request was understood and the business said no."""

    code = graphene.String(
        required=True,
        description="Stable SCREAMING_SNAKE code, e.g. EMAIL_TAKEN. The complete list is in the generated reference.",
    )
    message = graphene.String(required=True, description="Words safe to show to a person.")
    field = graphene.List(
        graphene.NonNull(graphene.String),
        description='Path of the input field it is about, e.g. ["input", "email"]; null when it is about the whole request.',
    )


@shareable
class PageInfo(graphene.ObjectType):
    has_next_page = graphene.Boolean(required=True)
    has_previous_page = graphene.Boolean(required=True)
    start_cursor = graphene.String()
    end_cursor = graphene.String()


@shareable
class DonePayload(graphene.ObjectType):
    done = graphene.Boolean(required=True)
    user_errors = required_list(UserError)


@shareable
class ImportUploadPayload(graphene.ObjectType):
    """Where to send a table: a signed address that takes one multipart POST (CSV in UTF-8, at most 5 MB) within ten minutes.

    The same person has to be signed in with it; the answer is a report row by row.
    """

    upload_url = graphene.String()
    user_errors = required_list(UserError)


def _told_amount(money: Any, _info: Any) -> int:
    amount: int = money["amount"] if isinstance(money, dict) else money.amount
    if abs(amount) > LARGEST_INT:
        raise AmountTooLarge
    return amount


@shareable
class Money(graphene.ObjectType):
    """Integer minor units: 1250 EUR is 12.50 euro."""

    amount = graphene.Int(required=True, resolver=_told_amount)
    currency = graphene.String(required=True)


class MoneyInput(graphene.InputObjectType):
    amount = graphene.Int(required=True)
    currency = graphene.String(required=True)


def connection_type(name: str, node: Any) -> Any:
    """A page of `node` objects: `nodes`, `pageInfo`, `totalCount`."""
    return type(
        name,
        (graphene.ObjectType,),
        {
            "nodes": required_list(node),
            "page_info": graphene.Field(PageInfo, required=True),
            "total_count": graphene.Int(required=True),
        },
    )


def user_error(refusal: Refusal) -> UserError:
    """The payload's entry for a refusal."""
    return UserError(
        code=refusal.code, message=refusal.message, field=list(refusal.field) if refusal.field else None
    )


def mutation_payload(payload: Any, **blank: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorate a mutation's resolver: refusals become `payload(userErrors=[…], **blank)`.

    `blank` fills what the payload must not leave null, e.g. `done=False`. A successful resolver returns a
    payload; its `userErrors` default to none.
    """

    def decorate(resolver: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(resolver)
        def resolve(root: Any, info: Any, **arguments: Any) -> Any:
            try:
                answer = resolver(root, info, **arguments)
            except (Refusals, Refusal) as refused:
                refusals = refused.refusals if isinstance(refused, Refusals) else (refused,)
                for refusal in refusals:
                    metrics.REFUSED.labels(info.context.runtime.name, refusal.code).inc()
                return payload(**blank, user_errors=[user_error(refusal) for refusal in refusals])
            if answer.user_errors is None:
                answer.user_errors = []
            return answer

        return resolve

    return decorate

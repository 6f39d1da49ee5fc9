"""Everybody who may stand at a service's door, and the smallest valid request for any operation of a graph."""

from __future__ import annotations

from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    is_leaf_type,
)

from chassis.identity import VISITOR, Caller
from chassis.permissions import operations_of
from chassis.testing import as_peer, as_user
from tools.launcher.fleet import SERVICES

PLACE = "place-1"
PEOPLE = {
    "visitor": VISITOR,
    "CUSTOMER": as_user("person-customer", "CUSTOMER"),
    "STAFF": as_user("person-staff", "STAFF", (PLACE,)),
    "MANAGER": as_user("person-manager", "MANAGER", (PLACE,)),
    "ADMIN": as_user("person-admin", "ADMIN"),
}
CALLERS: dict[str, Caller] = PEOPLE | {service.name: as_peer(service.name) for service in SERVICES}
_SAMPLES: dict[str, Any] = {
    "ID": PLACE,
    "String": "some text",
    "Int": 1,
    "Float": 1.0,
    "Boolean": True,
    "DateTime": "2026-11-22T12:00:00+00:00",
    "Date": "2026-11-22",
    "JSON": "{}",
}
_BY_NAME: dict[str, Any] = {"currency": "EUR"}


def request_of(schema: GraphQLSchema, name: str) -> tuple[str, dict[str, Any]]:
    """Text and variables that ask for the operation `name` with its required arguments."""
    root, definition = operations_of(schema)[name]
    needed = {key: of for key, of in definition.args.items() if isinstance(of.type, GraphQLNonNull)}
    variables = {key: sample(of.type, key) for key, of in needed.items()}
    declared = ", ".join(f"${key}: {of.type}" for key, of in needed.items())
    given = ", ".join(f"{key}: ${key}" for key in needed)
    field = name + (f"({given})" if given else "")
    selection = "" if is_leaf_type(_inmost(definition.type)) else " { __typename }"
    return f"{root.lower()} Ask{f'({declared})' if declared else ''} {{ {field}{selection} }}", variables


def sample(kind: Any, name: str = "") -> Any:
    """A value of an input type: of objects only what they must have."""
    if isinstance(kind, GraphQLNonNull):
        return sample(kind.of_type, name)
    if name in _BY_NAME:
        return _BY_NAME[name]
    if isinstance(kind, GraphQLList):
        return [sample(kind.of_type)]
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        fields = kind.fields.items()
        return {key: sample(of.type, key) for key, of in fields if isinstance(of.type, GraphQLNonNull)}
    return _SAMPLES[kind.name]


def _inmost(kind: Any) -> Any:
    while isinstance(kind, GraphQLNonNull | GraphQLList):
        kind = kind.of_type
    return kind

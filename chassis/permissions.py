"""Who may call which operation of a service: one table, asked at the door before any resolver runs.

A service declares a row for each of its root fields, for each entity that `_entities` gives out, and for each
field that not everybody sees. A graph with an operation that has no row, or a row without an operation, is not
built. The table says which roles may ask; which objects they get is decided beside the object, and told here in
words (`only`), so that the reference page and the tests have the whole of it in one place.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLSchema

from chassis.errors import Failure, Forbidden, NotFound, Unauthenticated
from chassis.identity import Caller, Role
from chassis.limits import WRITES, count_use

_OF_FEDERATION = frozenset({"_service", "_entities"})


@dataclass(frozen=True, slots=True)
class Access:
    """One row: who may ask, and of that, `only` which objects.

    `role` None with `everyone` False is for siblings alone; siblings are always named. `per_minute` names the
    setting that says how often a person may.
    """

    everyone: bool = False
    role: Role | None = None
    siblings: frozenset[str] = frozenset()
    only: str = ""
    per_minute: str = ""

    def refusal(self, caller: Caller) -> Failure | None:
        """Why `caller` may not ask; None when they may."""
        if caller.is_peer:
            return None if caller.issuer in self.siblings else NotFound("There is no such operation.")
        if self.everyone:
            return None
        if self.role is None:
            return NotFound("There is no such operation.")
        if caller.user_id is None:
            return Unauthenticated()
        return None if caller.has_role(self.role) else Forbidden()


def anybody(only: str = "", *, siblings: tuple[str, ...] = ()) -> Access:
    """Visitors too."""
    return Access(everyone=True, siblings=frozenset(siblings), only=only)


def at_least(role: Role, only: str = "", *, per_minute: str = "") -> Access:
    """People with `role` or a higher one; CUSTOMER is everybody who is signed in."""
    return Access(role=role, only=only, per_minute=per_minute)


def siblings(*names: str) -> Access:
    """Only the services that are named; to everybody else there is no such operation."""
    return Access(siblings=frozenset(names))


@dataclass(frozen=True)
class Permissions:
    """A service's table: root fields by name, entities by type, guarded fields by "Type.field"."""

    operations: Mapping[str, Access]
    entities: Mapping[str, Access] = field(default_factory=dict)
    fields: Mapping[str, Access] = field(default_factory=dict)

    def enforce(self, schema: GraphQLSchema, entities: Mapping[str, Any]) -> None:
        """Put the table before the resolvers of `schema`. Raises ValueError when the two don't match."""
        declared = operations_of(schema)
        _compare("operations", set(declared), set(self.operations))
        _compare("entities", set(entities), set(self.entities))
        for name, access in self.operations.items():
            root, definition = declared[name]
            if root == "Subscription":
                definition.subscribe = _guarded(definition.subscribe, access)
            elif root == "Mutation":
                definition.resolve = _guarded(definition.resolve, access, WRITES)
            else:
                definition.resolve = _guarded(definition.resolve, access)
        for name, access in self.fields.items():
            kind, _, of = name.partition(".")
            definition = schema.type_map[kind].fields[of]  # type: ignore[attr-defined]  # a type with fields
            definition.resolve = _hidden(definition.resolve, access)

    def hides(self, entity: str, caller: Caller) -> bool:
        """Whether `caller` gets none of the objects of this type by their keys."""
        access = self.entities.get(entity)
        return access is not None and access.refusal(caller) is not None


def operations_of(schema: GraphQLSchema) -> dict[str, tuple[str, Any]]:
    """Every root field but those of federation: name of the root, and the field."""
    roots = (schema.query_type, schema.mutation_type, schema.subscription_type)
    return {
        name: (root.name, definition)
        for root in roots
        if root is not None
        for name, definition in root.fields.items()
        if name not in _OF_FEDERATION
    }


def _compare(what: str, there: set[str], told: set[str]) -> None:
    if there != told:
        missing, idle = sorted(there - told), sorted(told - there)
        raise ValueError(f"{what} without a row in the permissions: {missing}; rows without one: {idle}")


def _guarded(resolve: Callable[..., Any], access: Access, *limits: str) -> Callable[..., Any]:
    counted = (*limits, access.per_minute) if access.per_minute else limits

    @functools.wraps(resolve)
    def guarded(root: Any, info: Any, **arguments: Any) -> Any:
        caller = info.context.caller
        refusal = access.refusal(caller)
        if refusal is not None:
            raise refusal
        for setting in counted:
            count_use(info.context.runtime, caller, setting)
        return resolve(root, info, **arguments)

    return guarded


def _hidden(resolve: Callable[..., Any], access: Access) -> Callable[..., Any]:
    @functools.wraps(resolve)
    def hidden(root: Any, info: Any, **arguments: Any) -> Any:
        return None if access.refusal(info.context.caller) else resolve(root, info, **arguments)

    return hidden

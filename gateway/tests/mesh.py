"""A federated graph in memory: subgraphs that answer from one store, and the same store asked at once.

Every subgraph is strict: it refuses @external fields that no @provides promised, and computes fields
with @requires from the representation alone. `whole_answer` gives what one server over all the data
would have said, for comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql import (
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    build_schema,
    graphql_sync,
)

from gateway.composition.faults import Faults
from gateway.composition.read_supergraph import named_type
from gateway.composition.sdl import ROOTS, SubField, SubSchema, SubType, read_subgraph
from gateway.composition.selection import Item, Selection, read_field_set
from gateway.composition.uses import settle
from gateway.engine import Engine, Outgoing, Subgraph
from gateway.execution.connections import Connections
from gateway.execution.http_answer import Broken, HttpAnswer
from gateway.execution.transport import Call, Outcome, Transport

Record = dict[str, Any]
Compute = Callable[[Record, Mapping[str, Any]], Any]


@dataclass(frozen=True)
class Ref:
    """A pointer to a record of the store."""

    type: str
    id: str


@dataclass
class Store:
    """Records by type and id. A field's value may be a function of its arguments.

    `computed` holds fields with @requires: functions of the required values and the arguments.
    """

    records: dict[str, dict[str, Record]]
    roots: Record
    computed: dict[str, Compute] = field(default_factory=dict)

    def value(self, record: Record, name: str, arguments: Mapping[str, Any]) -> Any:
        """The stored value of a field, references followed."""
        found = record.get(name)
        if callable(found):
            found = found(**arguments)
        return self.follow(found)

    def follow(self, found: Any) -> Any:
        """Records in place of references."""
        if isinstance(found, Ref):
            return {"__typename": found.type, **self.records[found.type][found.id]}
        if isinstance(found, list):
            return [self.follow(one) for one in found]
        return found

    def matching(self, types: Sequence[str], keys: Sequence[Selection], wanted: Record) -> Record | None:
        """The record of one of the types that has the values of a representation's key."""
        complete = [key for key in keys if all(name in wanted for name in key.fields)]
        if not complete:
            raise GraphQLError(f"{wanted} satisfies no key")
        for name in types:
            for record in self.records.get(name, {}).values():
                if any(self._has(record, key, wanted) for key in complete):
                    return {"__typename": name, **record}
        return None

    def _has(self, record: Any, key: Selection, wanted: Any) -> bool:
        """Whether a record has the values of one key."""
        if record is None or wanted is None:
            return record is wanted
        for item in key.fields.values():
            own = self.follow(record.get(item.name))
            if item.selection is None and str(own) != str(wanted[item.name]):
                return False
            if item.selection is not None and not self._has(own, item.selection, wanted[item.name]):
                return False
        return True


class _Types:
    """Types of a subgraph as field sets are read against."""

    def __init__(self, schema: SubSchema) -> None:
        self._schema = schema

    def field_type(self, parent: str, field: str) -> str:
        return named_type(self._schema.types[parent].fields[field].type)

    def covers(self, condition: str, parent: str) -> bool:
        return condition == parent

    def overlaps(self, condition: str, parent: str) -> bool:
        return True


class Member:
    """One subgraph over the store."""

    def __init__(self, subgraph: Subgraph, store: Store) -> None:
        read = read_subgraph(subgraph, Faults())
        assert read is not None
        settle(read, Faults())
        self._schema, self._store, self._types = read, store, _Types(read)
        self.executable = self._build()
        self.heard: list[str] = []
        self.bodies: list[Record] = []

    def answer(self, body: bytes) -> bytes:
        """The response to a request body."""
        asked = orjson.loads(body)
        self.heard.append(asked["query"])
        self.bodies.append(asked)
        result = graphql_sync(
            self.executable,
            asked["query"],
            variable_values=asked.get("variables"),
            field_resolver=self._resolve,
            type_resolver=lambda value, _info, _type: value["__typename"],
        )
        return orjson.dumps(result.formatted)

    def _build(self) -> GraphQLSchema:
        entities = [one.name for one in self._schema.types.values() if one.keys and one.kind == "object"]
        parts = [_printed(one) for one in self._schema.types.values()]
        extend = "extend " if "Query" in self._schema.types else ""
        if entities:
            parts.append(f"scalar _Any union _Entity = {' | '.join(entities)}")
            parts.append(f"{extend}type Query {{ _entities(representations: [_Any!]!): [_Entity]! }}")
        elif not extend:
            parts.append("type Query { nothing: Int }")
        return build_schema("\n".join(parts))

    def _resolve(self, source: Any, info: GraphQLResolveInfo, **arguments: Any) -> Any:
        name = info.field_name
        if name == "_entities":
            return [self._entity(one) for one in arguments["representations"]]
        parent = self._schema.types[info.parent_type.name]
        if parent.name in ROOTS.values():
            return self._given(self._store.value(self._store.roots, name, arguments), parent, name)
        declared = parent.fields[name]
        promised = _promised(source.get("__provided"), parent.name)
        if declared.external and name not in promised:
            raise GraphQLError(f"{parent.name}.{name} is external to {self._schema.name}")
        if declared.requires is not None:
            return self._computed(source, parent, declared, arguments)
        value = self._store.value(source, name, arguments)
        return self._given(value, parent, name, promised[name].selection if name in promised else None)

    def _given(self, value: Any, parent: SubType, name: str, promised: Selection | None = None) -> Any:
        """Mark objects with what a @provides promises of them."""
        text = parent.fields[name].provides
        if text:
            promised = read_field_set(text, named_type(parent.fields[name].type), self._types)
        return _marked(value, promised) if promised else value

    def _entity(self, representation: Record) -> Record | None:
        name = representation["__typename"]
        definition = self._schema.types[name]
        keys = [read_field_set(key.fields, name, self._types) for key in definition.keys if key.resolvable]
        names = [name]
        if isinstance(self.executable.type_map[name], GraphQLInterfaceType) or definition.interface_object:
            names = [
                one
                for one, rows in self._store.records.items()
                if any(name in row.get("__interfaces", ()) for row in rows.values())
            ]
        found = self._store.matching(names, keys, representation)
        if found is None:
            return None
        shown = name if definition.interface_object else found["__typename"]
        return {**found, "__typename": shown, "__sent": representation}

    def _computed(self, source: Any, parent: SubType, declared: SubField, arguments: Any) -> Any:
        sent = source.get("__sent", {})
        needed = read_field_set(declared.requires or "", parent.name, self._types)
        missing = [item.name for item in needed.fields.values() if item.name not in sent]
        if missing:
            raise GraphQLError(f"{parent.name}.{declared.name} lacks {missing}")
        return self._store.computed[f"{parent.name}.{declared.name}"](sent, arguments)


def _promised(provided: Selection | None, name: str) -> dict[str, Item]:
    """Fields that a @provides promises of an object of this type."""
    if provided is None:
        return {}
    narrowed = provided.fragments.get(name)
    return {**provided.fields, **(narrowed.fields if narrowed is not None else {})}


def _marked(value: Any, promised: Selection) -> Any:
    if isinstance(value, list):
        return [_marked(one, promised) for one in value]
    return {**value, "__provided": promised} if isinstance(value, dict) else value


def _printed(definition: SubType) -> str:
    keyword = {"object": "type"}.get(definition.kind, definition.kind)
    if definition.kind == "scalar":
        return f"scalar {definition.name}"
    if definition.kind == "union":
        return f"union {definition.name} = {' | '.join(definition.members)}"
    if definition.kind == "enum":
        return f"enum {definition.name} {{ {' '.join(definition.values)} }}"
    implements = f" implements {' & '.join(definition.interfaces)}" if definition.interfaces else ""
    fields = " ".join(_printed_field(one) for one in definition.fields.values())
    return f"{keyword} {definition.name}{implements} {{ {fields} }}"


def _printed_field(one: SubField) -> str:
    arguments = ", ".join(_printed_field(a) for a in one.arguments.values())
    default = f" = {one.default}" if one.default is not None else ""
    return f"{one.name}{f'({arguments})' if arguments else ''}: {one.printed}{default}"


class InMemory(Transport):
    """Answers calls from members instead of the network, each wave in order."""

    def __init__(self, members: Mapping[str, Member]) -> None:
        super().__init__(Connections())
        self._members = members
        self.waves: list[int] = []
        self.down: set[str] = set()

    def exchange(self, calls: Sequence[Call]) -> list[Outcome]:
        """The members' answers."""
        self.waves.append(len(calls))
        return [self._one(call) for call in calls]

    def _one(self, call: Call) -> Outcome:
        if call.address.host in self.down:
            return Broken("it cannot be reached")
        member = self._members[call.address.host]
        return HttpAnswer(200, member.answer(call.body), "application/json")


@dataclass
class Mesh:
    """An engine over members in memory."""

    engine: Engine
    members: dict[str, Member]
    transport: InMemory
    store: Store

    @classmethod
    def of(cls, sdls: Mapping[str, str], store: Store) -> Mesh:
        """Members by name."""
        subgraphs = [Subgraph(name, f"http://{name}/graphql", sdl) for name, sdl in sdls.items()]
        members = {one.name: Member(one, store) for one in subgraphs}
        transport = InMemory(members)
        return cls(Engine.compose(subgraphs, transport), members, transport, store)

    def ask(self, text: str, variables: Mapping[str, Any] | None = None, **send: Any) -> Record:
        """The gateway's response."""
        given = variables or {}
        prepared = self.engine.prepare(text, None, given)
        answer = self.engine.execute(prepared, given, outgoing(**send))
        decoded: Record = orjson.loads(answer.body)
        return decoded

    def whole_answer(self, text: str, variables: Mapping[str, Any] | None = None) -> Record:
        """The response of one server that has everything."""

        def resolve(source: Any, info: GraphQLResolveInfo, **arguments: Any) -> Any:
            if source is None:
                return self.store.value(self.store.roots, info.field_name, arguments)
            compute = _compute(self.store, info.parent_type, info.field_name)
            if compute is not None:
                return compute(_everything(self.store, source), arguments)
            return self.store.value(source, info.field_name, arguments)

        result = graphql_sync(
            self.engine.api_schema,
            text,
            variable_values=dict(variables or {}),
            field_resolver=resolve,
            type_resolver=lambda value, _info, _type: value["__typename"],
        )
        decoded: Record = orjson.loads(orjson.dumps(result.formatted))
        return decoded


def outgoing(**send: Any) -> Outgoing:
    """What a test lends to requests: no headers, a generous deadline."""
    return Outgoing(**{"headers": lambda _name: (), "deadline": float("inf"), **send})


def _compute(store: Store, parent: GraphQLObjectType, name: str) -> Compute | None:
    for owner in (parent.name, *(interface.name for interface in parent.interfaces)):
        if f"{owner}.{name}" in store.computed:
            return store.computed[f"{owner}.{name}"]
    return None


class _everything(dict[str, Any]):  # noqa: N801  # reads as a word where it is used
    """A record whose every field can be asked, as if it had been sent in full."""

    def __init__(self, store: Store, record: Record) -> None:
        super().__init__(record)
        self._store = store

    def __getitem__(self, name: str) -> Any:
        found = self._store.follow(super().__getitem__(name))
        if callable(found):
            found = found(currency="EUR")
        return _everything(self._store, found) if isinstance(found, dict) else found

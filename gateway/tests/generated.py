"""Data for any schema: every object has every field, and the same question has the same answer everywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
)

from gateway.composition.supergraph import Supergraph
from gateway.tests.mesh import Record, Ref, Store

IDS = ("1", "2", "3")


def generated_store(supergraph: Supergraph, schema: GraphQLSchema) -> Store:
    """Three records of every entity; values, lists and nulls drawn from the names of things."""
    made = _Generator(supergraph, schema)
    entities = {name for name, one in supergraph.types.items() if one.kind == "object" and one.keys}
    made.entities = entities & schema.type_map.keys()
    records = {name: {key: made.record(name, key) for key in IDS} for name in sorted(made.entities)}
    roots = made.record(supergraph.roots["query"], "root")
    return Store(records, roots)


class _Generator:
    def __init__(self, supergraph: Supergraph, schema: GraphQLSchema) -> None:
        self._supergraph = supergraph
        self._schema = schema
        self.entities: set[str] = set()

    def record(self, name: str, key: str) -> Record:
        """An object; its fields are made when they are asked for."""
        kind = self._schema.type_map[name]
        assert isinstance(kind, GraphQLObjectType)
        fields = {
            field: self._later(declared.type, f"{name}/{key}/{field}")
            for field, declared in kind.fields.items()
        }
        interfaces = [one.name for one in kind.interfaces]
        return {**fields, "__typename": name, "__interfaces": interfaces, "id": key}

    def _later(self, declared: Any, spot: str) -> Callable[..., Any]:
        def value(**_arguments: Any) -> Any:
            return self._value(declared, spot)

        return value

    def _value(self, declared: Any, spot: str) -> Any:
        drawn = int.from_bytes(hashlib.sha256(spot.encode()).digest()[:6], "big")
        if isinstance(declared, GraphQLNonNull):
            return self._present(declared.of_type, spot, drawn)
        return None if drawn % 7 == 0 else self._present(declared, spot, drawn)

    def _present(self, declared: Any, spot: str, drawn: int) -> Any:
        if isinstance(declared, GraphQLList):
            return [self._value(declared.of_type, f"{spot}/{number}") for number in range(drawn % 4)]
        if isinstance(declared, GraphQLObjectType):
            if declared.name in self.entities:
                return Ref(declared.name, IDS[drawn % len(IDS)])
            return self.record(declared.name, spot)
        if isinstance(declared, (GraphQLInterfaceType, GraphQLUnionType)):
            members = sorted(one.name for one in self._schema.get_possible_types(declared))
            return self._present(self._schema.type_map[members[drawn % len(members)]], spot, drawn)
        if isinstance(declared, GraphQLEnumType):
            return sorted(declared.values)[drawn % len(declared.values)]
        leaves = {"Int": drawn % 1000, "Float": drawn % 1000 / 8, "Boolean": drawn % 2 == 0}
        return leaves.get(declared.name, f"{declared.name} {drawn % 1000}")

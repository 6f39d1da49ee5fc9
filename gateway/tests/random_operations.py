"""Draws valid operations from a schema: fields, arguments, aliases, fragments, conditions, variables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    parse,
    validate,
)

LITERALS = {
    "Int": ["1", "2", "3"],
    "Float": ["1.5"],
    "Boolean": ["true"],
    "String": ['"x"', '"EUR"', '"USD"'],
}
IDS = ['"1"', '"2"', '"u3"', '"u4"', '"none"']
Drawn = tuple[str, dict[str, Any]]


class RandomOperations:
    """An endless source of operations. The same seed gives the same ones."""

    def __init__(self, schema: GraphQLSchema, seed: int) -> None:
        self._schema = schema
        self._random = Random(seed)
        self._begin()

    def _begin(self) -> None:
        self._aliases = 0
        self._fragments: list[str] = []
        self._variables: dict[str, tuple[str, Any]] = {}

    def valid(self, count: int, kind: str = "query") -> Iterator[Drawn]:
        """So many operations that pass validation: in others a made-up alias met a name."""
        given = 0
        while given < count:
            drawn = self.operation(kind, depth=3 + given % 4)
            if not validate(self._schema, parse(drawn[0], no_location=True)):
                given += 1
                yield drawn

    def operation(self, kind: str = "query", depth: int = 5) -> Drawn:
        """An operation and its variables."""
        self._begin()
        root = self._schema.query_type if kind == "query" else self._schema.mutation_type
        assert root is not None
        body = self._selection(root, depth, most=3)
        whole = " ".join([body, *self._fragments])
        for name, value in (("yes", True), ("no", False)):
            if f"${name}" in whole:
                self._variables[name] = ("Boolean", value)
        declared, given = [], {}
        for name, (declared_type, value) in self._variables.items():
            by_default = not declared_type.endswith("!") and self._random.random() < 0.5
            declared.append(f"${name}: {declared_type}" + (f" = {json.dumps(value)}" if by_default else ""))
            if not by_default:
                given[name] = value
        head = f"{kind} ({', '.join(declared)})" if declared else kind
        return f"{head} {whole}", given

    def _selection(self, on: Any, depth: int, most: int = 4) -> str:
        parts = []
        if is_abstract_type(on):
            parts += self._on_members(on, depth)
        if not hasattr(on, "fields"):
            return "{ " + " ".join(["__typename", *parts]) + " }"
        names = [
            n for n, f in on.fields.items() if depth > 1 or not is_composite_type(get_named_type(f.type))
        ]
        chosen = self._random.sample(sorted(names), min(len(names), self._random.randint(1, most)))
        for name in chosen:
            parts.append(self._field(name, on, depth))
        if on.interfaces and isinstance(on, GraphQLObjectType) and self._random.random() < 0.1:
            parts.append(self._fragment(self._random.choice(list(on.interfaces)), depth))
        if self._random.random() < 0.2 or not parts:
            parts.append(self._random.choice(["__typename", "__typename", "kind: __typename"]))
        self._random.shuffle(parts)
        return "{ " + " ".join(parts) + " }"

    def _on_members(self, on: Any, depth: int) -> list[str]:
        members: list[Any] = sorted(self._schema.get_possible_types(on), key=lambda one: one.name)
        chosen = self._random.sample(members, self._random.randint(0, len(members)))
        return [self._member(member, depth) for member in chosen]

    def _member(self, member: GraphQLObjectType, depth: int) -> str:
        if member.interfaces and self._random.random() < 0.2:
            return self._fragment(self._random.choice(list(member.interfaces)), depth)
        return self._fragment(member, depth)

    def _fragment(self, on: GraphQLObjectType | GraphQLInterfaceType, depth: int) -> str:
        """A fragment, at times one with a name."""
        body = self._selection(on, depth - 1, most=3)
        if self._random.random() < 0.85:
            return f"... on {on.name}{self._condition()} {body}"
        name = f"Part{len(self._fragments)}"
        self._fragments.append(f"fragment {name} on {on.name} {body}")
        return f"...{name}{self._condition()}"

    def _field(self, name: str, on: Any, depth: int) -> str:
        field = on.fields[name]
        arguments = [
            f"{one}: {self._value(argument)}"
            for one, argument in field.args.items()
            if isinstance(argument.type, GraphQLNonNull) or self._random.random() < 0.5
        ]
        text = name + (f"({', '.join(arguments)})" if arguments else "")
        # Nearly every use with arguments has a name of its own, so that two of them seldom clash.
        drawn = self._random.random()
        if drawn < 0.07:
            text = f"{self._random.choice(sorted(on.fields))}: {text}"  # another field's name
        elif ((arguments or field.args) and drawn < 0.9) or drawn < 0.2:
            self._aliases += 1
            text = f"a{self._aliases}: {text}"
        text += self._condition()
        named = get_named_type(field.type)
        if not is_composite_type(named):
            return text
        asked = text + " " + self._selection(named, depth - 1)
        if self._random.random() < 0.08:  # asked again, for something else
            asked += " " + text + " " + self._selection(named, depth - 1)
        return asked

    def _condition(self) -> str:
        drawn = self._random.random()
        if drawn < 0.9:
            return ""
        return self._random.choice(
            [" @include(if: $yes)", " @skip(if: $no)", " @include(if: $no)", " @skip(if: $yes)"]
        )

    def _value(self, argument: GraphQLArgument | GraphQLInputField) -> str:
        wanted = argument.type
        if isinstance(wanted, GraphQLNonNull):
            wanted = wanted.of_type
        named = get_named_type(wanted)
        if isinstance(named, GraphQLInputObjectType):
            fields = [
                f"{name}: {self._value(field)}"
                for name, field in named.fields.items()
                if isinstance(field.type, GraphQLNonNull)
            ]
            text = "{" + ", ".join(fields) + "}"
        elif isinstance(named, GraphQLEnumType):
            text = self._random.choice(sorted(named.values))
        else:
            text = self._random.choice(
                IDS if named.name == "ID" else LITERALS.get(named.name, ['"2026-01-01"'])
            )
            if not isinstance(wanted, GraphQLList) and self._random.random() < 0.3:
                return self._variable(str(argument.type), json.loads(text))
        return f"[{text}]" if isinstance(wanted, GraphQLList) else text

    def _variable(self, declared: str, value: Any) -> str:
        name = f"v{len(self._variables)}"
        self._variables[name] = (declared, value)
        return f"${name}"

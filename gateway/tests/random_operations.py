"""Draws valid operations from a schema: fields, arguments, aliases, fragments, conditions, variables."""

from __future__ import annotations

from random import Random

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_composite_type,
)

LITERALS = {
    "Int": ["1", "2", "3"],
    "Float": ["1.5"],
    "Boolean": ["true"],
    "String": ['"x"', '"EUR"', '"USD"'],
}
IDS = ['"1"', '"2"', '"u3"', '"u4"', '"none"']


class RandomOperations:
    """An endless source of queries. The same seed gives the same ones."""

    def __init__(self, schema: GraphQLSchema, seed: int) -> None:
        self._schema = schema
        self._random = Random(seed)
        self._aliases = 0

    def query(self, depth: int = 5) -> tuple[str, dict[str, bool]]:
        """A query and its variables."""
        self._aliases = 0
        root = self._schema.query_type
        assert root is not None
        body = self._selection(root, depth, most=3)
        used = {name: value for name, value in (("yes", True), ("no", False)) if f"${name}" in body}
        declared = ", ".join(f"${name}: Boolean = {str(value).lower()}" for name, value in used.items())
        given = used if self._random.random() < 0.5 else {}
        return f"query {f'({declared}) ' if declared else ''}{body}", given

    def _selection(self, on: object, depth: int, most: int = 4) -> str:
        parts = []
        if is_abstract_type(on):
            parts += self._fragments(on, depth)
        if not hasattr(on, "fields"):
            return "{ " + " ".join(["__typename", *parts]) + " }"
        names = [
            n for n, f in on.fields.items() if depth > 1 or not is_composite_type(get_named_type(f.type))
        ]
        for name in self._random.sample(sorted(names), min(len(names), self._random.randint(1, most))):
            parts.append(self._field(name, on.fields[name], depth))
        if self._random.random() < 0.2 or not parts:
            parts.append("__typename")
        self._random.shuffle(parts)
        return "{ " + " ".join(parts) + " }"

    def _fragments(self, on: object, depth: int) -> list[str]:
        members = sorted(self._schema.get_possible_types(on), key=lambda one: one.name)  # type: ignore[arg-type]
        chosen = self._random.sample(members, self._random.randint(0, len(members)))
        return [self._fragment(member, depth) for member in chosen]

    def _fragment(self, member: GraphQLObjectType, depth: int) -> str:
        condition = member.name
        if member.interfaces and self._random.random() < 0.2:
            member = self._random.choice(list(member.interfaces))
            condition = member.name
        return f"... on {condition}{self._condition()} {self._selection(member, depth, most=3)}"

    def _field(self, name: str, field: object, depth: int) -> str:
        arguments = [
            f"{one}: {self._value(argument)}"
            for one, argument in field.args.items()  # type: ignore[attr-defined]
            if isinstance(argument.type, GraphQLNonNull) or self._random.random() < 0.5
        ]
        text = name + (f"({', '.join(arguments)})" if arguments else "")
        # Every use with arguments has a name of its own, so that no two ever clash.
        if arguments or field.args or self._random.random() < 0.2:  # type: ignore[attr-defined]
            self._aliases += 1
            text = f"a{self._aliases}: {text}"
        text += self._condition()
        named = get_named_type(field.type)  # type: ignore[attr-defined]
        if is_composite_type(named):
            text += " " + self._selection(named, depth - 1)
        return text

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
        return f"[{text}]" if isinstance(wanted, GraphQLList) else text

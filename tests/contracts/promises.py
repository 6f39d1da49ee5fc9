"""Compares a schema with the promised API: everything promised must exist exactly so; more may exist."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    Undefined,
    ast_from_value,
    parse,
    print_ast,
)
from graphql.language import ast

KINDS: dict[type[ast.Node], type[GraphQLNamedType]] = {
    ast.ScalarTypeDefinitionNode: GraphQLScalarType,
    ast.EnumTypeDefinitionNode: GraphQLEnumType,
    ast.InputObjectTypeDefinitionNode: GraphQLInputObjectType,
    ast.ObjectTypeDefinitionNode: GraphQLObjectType,
}
ROOT = Path(__file__).resolve().parents[2]


def promise_files() -> list[Path]:
    """The API's files: beside the checkout (or under LOBBYCARD_SHARED) if they stand there, else our copy."""
    shared = Path(os.environ.get("LOBBYCARD_SHARED") or ROOT.parent / "shared") / "contract"
    return sorted(shared.glob("*.graphql")) or sorted((ROOT / "contracts" / "api").glob("*.graphql"))


def promised_definitions() -> list[tuple[str, ast.TypeDefinitionNode]]:
    """(file's name, definition) for every type of every file."""
    return [
        (path.stem, definition)
        for path in promise_files()
        for definition in parse(path.read_text(encoding="utf-8")).definitions
        if isinstance(definition, ast.TypeDefinitionNode)
    ]


def broken_promises(definition: ast.TypeDefinitionNode, schema: GraphQLSchema) -> Iterator[str]:
    """What `schema` lacks or says otherwise than `definition`, one line each."""
    name = definition.name.value
    found = schema.get_type(name)
    if found is None:
        yield f"{name}: no such type"
        return
    if not isinstance(found, KINDS[type(definition)]):
        yield f"{name}: is another kind of type"
        return
    yield from _description(name, definition, found.description)
    if isinstance(definition, ast.EnumTypeDefinitionNode):
        yield from _enum(definition, found)
    elif isinstance(definition, ast.InputObjectTypeDefinitionNode):
        assert isinstance(found, GraphQLInputObjectType)
        for field in definition.fields:
            yield from _input(f"{name}.{field.name.value}", field, found.fields.get(field.name.value))
    elif isinstance(definition, ast.ObjectTypeDefinitionNode):
        yield from _object(definition, found)


def _object(definition: ast.ObjectTypeDefinitionNode, found: GraphQLNamedType) -> Iterator[str]:
    fields = getattr(found, "fields", {})
    for field in definition.fields:
        place = f"{definition.name.value}.{field.name.value}"
        have = fields.get(field.name.value)
        if have is None:
            yield f"{place}: no such field"
            continue
        if str(have.type) != print_ast(field.type):
            yield f"{place}: is {have.type}, promised {print_ast(field.type)}"
        yield from _description(place, field, have.description)
        for argument in field.arguments:
            yield from _input(
                f"{place}({argument.name.value}:)", argument, have.args.get(argument.name.value)
            )
        promised = {argument.name.value for argument in field.arguments}
        for name, extra in have.args.items():
            if name not in promised and str(extra.type).endswith("!") and extra.default_value is Undefined:
                yield f"{place}({name}:): demanded, but not promised"


def _input(place: str, promised: ast.InputValueDefinitionNode, have: GraphQLArgument | None) -> Iterator[str]:
    if have is None:
        yield f"{place}: missing"
        return
    if str(have.type) != print_ast(promised.type):
        yield f"{place}: is {have.type}, promised {print_ast(promised.type)}"
    default = None if have.default_value is Undefined else ast_from_value(have.default_value, have.type)
    ours = print_ast(default) if default is not None else None
    theirs = print_ast(promised.default_value) if promised.default_value is not None else None
    if ours != theirs:
        yield f"{place}: default is {ours}, promised {theirs}"
    yield from _description(place, promised, have.description)


def _enum(definition: ast.EnumTypeDefinitionNode, found: GraphQLNamedType) -> Iterator[str]:
    assert isinstance(found, GraphQLEnumType)
    for value in definition.values:
        place = f"{definition.name.value}.{value.name.value}"
        if value.name.value not in found.values:
            yield f"{place}: no such value"
        else:
            yield from _description(place, value, found.values[value.name.value].description)


def _description(place: str, promised: ast.DefinitionNode, have: str | None) -> Iterator[str]:
    text = getattr(promised, "description", None)
    if text is not None and (have or "").strip() != text.value.strip():
        yield f"{place}: description is {have!r}, promised {text.value!r}"

"""Every GraphQL operation of the pages is valid against the public API."""

import re
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    DocumentNode,
    GraphQLSchema,
    ObjectTypeDefinitionNode,
    OperationDefinitionNode,
    TypeDefinitionNode,
    build_ast_schema,
    parse,
    validate,
)

FRONTEND = Path(__file__).resolve().parents[1]
CONTRACTS = FRONTEND.parent / "contracts"
CONSTANT = re.compile(r"(export )?const (\w+) = /\* GraphQL \*/ `([^`]*)`;")


def operations_in(file: Path) -> dict[str, str]:
    """Exported name → text of the operation, fragments put in as the browser does."""
    constants = {name: (text, bool(exported)) for exported, name, text in CONSTANT.findall(file.read_text())}

    def whole(text: str) -> str:
        return re.sub(r"\$\{(\w+)\}", lambda match: whole(constants[match[1]][0]), text)

    return {name: whole(text) for name, (text, exported) in constants.items() if exported}


def public_schema() -> GraphQLSchema:
    """The API as clients see it: the promised parts of all services put together by name."""
    merged: dict[str, Any] = {}
    for file in sorted((CONTRACTS / "api").glob("*.graphql")):
        for node in parse(file.read_text()).definitions:
            if not isinstance(node, TypeDefinitionNode):
                continue
            known = merged.setdefault(node.name.value, node)
            if known is not node and isinstance(node, ObjectTypeDefinitionNode):
                names = {field.name.value for field in known.fields}
                known.fields += tuple(field for field in node.fields if field.name.value not in names)
    return build_ast_schema(DocumentNode(definitions=tuple(merged.values())), assume_valid_sdl=True)


OPERATIONS = {
    f"{file.parent.name}/{name}": text
    for file in (FRONTEND / "app" / "operations.js", FRONTEND / "app" / "admin" / "operations.js")
    for name, text in operations_in(file).items()
}


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return public_schema()


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_of_the_pages_is_valid_against_the_public_api(name: str, schema: GraphQLSchema) -> None:
    faults = validate(schema, parse(OPERATIONS[name]))

    assert [fault.message for fault in faults] == []


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_constant_is_named_as_the_operation_it_holds(name: str) -> None:
    document = parse(OPERATIONS[name])

    names = [
        node.name.value
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode) and node.name
    ]

    assert names == [name.split("/")[1]]


def test_no_page_holds_an_operation_of_its_own() -> None:
    pages = [file for file in (FRONTEND / "app").rglob("*.js") if file.name != "operations.js"]

    assert [file.name for file in pages if "GraphQL */" in file.read_text()] == []

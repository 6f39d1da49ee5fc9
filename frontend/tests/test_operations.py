"""Every GraphQL operation of the pages is valid against the public API."""

import re
from pathlib import Path

import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, parse, validate

from gateway.composition.api_schema import api_schema

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
    """The API as clients see it: the composed graph without what only services may ask."""
    return api_schema(parse((CONTRACTS / "supergraph.graphql").read_text()))


OPERATIONS = {
    f"{file.parent.name}/{name}": text
    for file in sorted((FRONTEND / "app").rglob("operations.js"))
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

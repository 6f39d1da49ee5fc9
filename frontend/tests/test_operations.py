"""Every GraphQL operation of the pages is valid against the public API."""

import re
from pathlib import Path

import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, parse, validate

from gateway.composition.api_schema import api_schema

FRONTEND = Path(__file__).resolve().parents[1]
CONTRACTS = FRONTEND.parent / "contracts"
CONSTANT = re.compile(r"(export )?const (\w+) = /\* GraphQL \*/ `([^`]*)`;")
IMPORT = re.compile(r'^import \{ [\w, ]+ \} from "(\./[\w-]+\.js)";', re.MULTILINE)


def operations_in(file: Path) -> dict[str, str]:
    """Exported name → text of the operation, fragments put in as the browser does."""
    own = {name: (text, bool(exported)) for exported, name, text in CONSTANT.findall(file.read_text())}
    constants = dict(own)
    for named in IMPORT.findall(file.read_text()):
        imported = CONSTANT.findall((file.parent / named).read_text())
        constants |= {name: (text, False) for exported, name, text in imported if exported}

    def whole(text: str) -> str:
        return re.sub(r"\$\{(\w+)\}", lambda match: whole(constants[match[1]][0]), text)

    return {
        name: whole(text)
        for name, (text, exported) in own.items()
        if exported and not text.lstrip().startswith("fragment")
    }


def files_of_operations() -> list[Path]:
    """The only modules that hold GraphQL: operations.js, and those in a folder called operations."""
    app = FRONTEND / "app"
    return sorted([*app.rglob("operations.js"), *app.rglob("operations/*.js")])


def public_schema() -> GraphQLSchema:
    """The API as clients see it: the composed graph without what only services may ask."""
    return api_schema(parse((CONTRACTS / "supergraph.graphql").read_text()))


OPERATIONS = {
    f"{file.relative_to(FRONTEND / 'app').with_suffix('').as_posix()}/{name}": text
    for file in files_of_operations()
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

    assert names == [name.rsplit("/", 1)[1]]


def test_no_page_holds_an_operation_of_its_own() -> None:
    known = set(files_of_operations())
    pages = [file for file in (FRONTEND / "app").rglob("*.js") if file not in known]

    assert [file.name for file in pages if "GraphQL */" in file.read_text()] == []

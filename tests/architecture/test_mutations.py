"""What changes something is named by a test of the room that does it."""

import re

import pytest
from graphql import ObjectTypeDefinitionNode, ObjectTypeExtensionNode, parse

from tests.architecture.sources import ROOT, SERVICES, files, is_test

EXPORTS = ROOT / "contracts" / "subgraphs"


def mutations_of(service: str) -> list[str]:
    text = (EXPORTS / f"{service}.graphql").read_text(encoding="utf-8")
    roots = (ObjectTypeDefinitionNode, ObjectTypeExtensionNode)
    definitions = [node for node in parse(text).definitions if isinstance(node, roots)]
    return [
        field.name.value for node in definitions if node.name.value == "Mutation" for field in node.fields
    ]


def words_of_tests(folder: str) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in files(folder, ".py") if is_test(path))


def command_of(mutation: str) -> str:
    """applyCoupon → apply_coupon."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", mutation).lower()


@pytest.mark.parametrize("service", SERVICES)
def test_each_mutation_is_named_by_a_test(service):
    told = words_of_tests(service) + words_of_tests("tests/journeys")

    # By the graph's name, or by that of the command behind it.
    untold = [
        name for name in mutations_of(service) if not re.search(rf"\b({name}|{command_of(name)})\b", told)
    ]

    assert not untold

"""contracts/ is written by tools.export_contracts, never by hand."""

from graphql import parse

from tools.export_contracts import CONTRACTS, ROOT, stale


def test_the_exported_contracts_are_what_the_code_says():
    assert [str(path.relative_to(ROOT)) for path in stale()] == []


def test_the_exported_supergraph_can_be_given_to_another_router():
    supergraph = (CONTRACTS / "supergraph.graphql").read_text(encoding="utf-8")

    definitions = {node.name.value for node in parse(supergraph).definitions if hasattr(node, "name")}

    assert {"join__Graph", "join__type", "join__field", "link"} <= definitions

"""Random operations: what the gateway joins from several subgraphs is what one server would have said."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest

from gateway.engine import Engine, Subgraph
from gateway.tests.generated import generated_store
from gateway.tests.mesh import InMemory, Member, Mesh
from gateway.tests.random_operations import RandomOperations
from gateway.tests.shop import shop

CONTRACTS = Path(__file__).parents[2] / "contracts"
OPERATIONS = 1000
PARTS = 4


@lru_cache(maxsize=1)
def own_graph() -> Mesh:
    """The project's own graph: its supergraph as it is exported, and its subgraphs over made-up data."""
    sdl = (CONTRACTS / "supergraph.graphql").read_text()
    plain = Engine.from_supergraph(sdl)
    store = generated_store(plain.supergraph, plain.api_schema)
    subgraphs = [
        Subgraph(path.stem, f"http://{path.stem}/graphql", path.read_text())
        for path in sorted((CONTRACTS / "subgraphs").glob("*.graphql"))
    ]
    members = {one.name: Member(one, store) for one in subgraphs}
    transport = InMemory(members)
    return Mesh(Engine.from_supergraph(sdl, transport), members, transport, store)


def _compare(mesh: Mesh, seed: int, count: int) -> None:
    operations = RandomOperations(mesh.engine.api_schema, seed)
    for query, variables in operations.valid(count):
        assert mesh.ask(query, variables, unmask=True) == mesh.whole_answer(query, variables), (
            f"seed {seed}: {query} {variables}"
        )


@pytest.mark.parametrize("seed", range(4))
def test_random_operations_are_answered_as_by_one_server(seed: int):
    _compare(shop(), seed, 25)


@pytest.mark.parametrize("seed", range(PARTS))
def test_a_thousand_random_operations_on_our_own_graph_are_answered_as_by_one_server(seed: int):
    _compare(own_graph(), seed, OPERATIONS // PARTS)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 105))
def test_ten_thousand_random_operations_are_answered_as_by_one_server(seed: int):
    _compare(shop(), seed, 1000)
    _compare(own_graph(), seed, 1000)

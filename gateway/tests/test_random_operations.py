"""Random operations: what the gateway joins from five subgraphs is what one server would have said."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.engine import Engine, Subgraph
from gateway.tests.generated import generated_store
from gateway.tests.mesh import Mesh
from gateway.tests.random_operations import RandomOperations
from gateway.tests.shop import shop

CONTRACT = Path(__file__).parents[2] / "contracts" / "api"


def own_graph() -> Mesh:
    """The project's own graph, by its public contract, over made-up data."""
    sdls = {path.stem: path.read_text() for path in sorted(CONTRACT.glob("*.graphql"))}
    engine = Engine.compose([Subgraph(name, f"http://{name}", sdl) for name, sdl in sdls.items()])
    return Mesh.of(sdls, generated_store(engine.supergraph, engine.api_schema))


def _compare(mesh: Mesh, seed: int, count: int) -> None:
    operations = RandomOperations(mesh.engine.api_schema, seed)
    for number in range(count):
        query, variables = operations.query(depth=4 + number % 3)

        assert mesh.ask(query, variables, unmask=True) == mesh.whole_answer(query, variables), query


@pytest.mark.parametrize("seed", range(4))
def test_random_operations_are_answered_as_by_one_server(seed: int):
    _compare(shop(), seed, 25)


def test_random_operations_on_the_project_s_own_graph_are_answered_as_by_one_server():
    _compare(own_graph(), 1, 40)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 105))
def test_a_thousand_random_operations_are_answered_as_by_one_server(seed: int):
    _compare(shop(), seed, 200)
    _compare(own_graph(), seed, 200)

"""Random graphs: however a schema is dealt out to subgraphs, the gateway answers as one server would."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from random import Random
from typing import Any

import pytest

from gateway.engine import CompositionFailed, Engine, Subgraph
from gateway.tests.mesh import Mesh
from gateway.tests.random_graphs import RandomGraph
from gateway.tests.random_operations import RandomOperations
from gateway.tests.random_sdl import sdls_of

Place = tuple[str | int, ...]


def meshes(first_seed: int) -> Iterator[tuple[int, Mesh]]:
    """Drawings that make a graph, with their seeds."""
    for seed in range(first_seed, first_seed + 10_000):
        drawn = RandomGraph(seed)
        sdls = sdls_of(drawn)
        try:
            Engine.compose([Subgraph(name, f"http://{name}", sdl) for name, sdl in sdls.items()])
        except CompositionFailed:
            continue
        yield seed, Mesh.of(sdls, drawn.store)


def operations(mesh: Mesh, seed: int, count: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Queries, and some mutations where there are any."""
    drawn = RandomOperations(mesh.engine.api_schema, seed)
    yield from drawn.valid(count)
    if mesh.engine.api_schema.mutation_type is not None:
        yield from drawn.valid(max(1, count // 4), "mutation")


def _compare(first_seed: int, graphs: int, count: int) -> None:
    for seed, mesh in islice(meshes(first_seed), graphs):
        for text, given in operations(mesh, seed, count):
            assert mesh.ask(text, given, unmask=True) == mesh.whole_answer(text, given), (
                f"seed {seed}: {text}"
            )


@pytest.mark.parametrize("first_seed", [0, 1000, 2000, 3000])
def test_any_graph_is_answered_as_by_one_server(first_seed: int):
    _compare(first_seed, graphs=10, count=5)


@pytest.mark.slow
@pytest.mark.parametrize("first_seed", range(100_000, 110_000, 1000))
def test_many_graphs_are_answered_as_by_one_server(first_seed: int):
    _compare(first_seed, graphs=60, count=12)


@pytest.mark.parametrize("first_seed", [5000, 6000])
def test_with_a_member_down_what_is_missing_is_null_and_told(first_seed: int):
    for seed, mesh in islice(meshes(first_seed), 8):
        for text, given in operations(mesh, seed, 5):
            whole = mesh.whole_answer(text, given)["data"]
            mesh.transport.down = {Random(seed).choice(sorted(mesh.members))}

            answer = mesh.ask(text, given)

            errors = answer.get("errors", [])
            for place in _missing(whole, answer["data"], ()):
                assert any(_concerns(error["path"], place) for error in errors), f"seed {seed}: {text}"
            for error in errors:
                assert error["extensions"]["code"] in ("SERVICE_UNAVAILABLE", "INTERNAL")
                assert _leads_to_null(answer["data"], error["path"]), f"seed {seed}: {error} {text}"


def _missing(whole: Any, found: Any, place: Place) -> Iterator[Place]:
    """Places that are null without need; whatever is there must be right."""
    if found is None:
        if whole is not None:
            yield place
    elif isinstance(whole, dict):
        # Nobody may have said which type stands behind an interface object: then fragments have no say.
        assert [name for name in whole if name in found] == list(found), place
        for name in whole:
            yield from _missing(whole[name], found.get(name), (*place, name))
    elif isinstance(whole, list):
        assert len(whole) == len(found), place
        for index, (one, other) in enumerate(zip(whole, found, strict=True)):
            yield from _missing(one, other, (*place, index))
    else:
        assert whole == found, place


def _concerns(path: list[str | int], place: Place) -> bool:
    names, spot = ([part for part in one if isinstance(part, str)] for one in (path, place))
    shorter = min(len(names), len(spot))
    return names[:shorter] == spot[:shorter]


def _leads_to_null(found: Any, path: list[str | int]) -> bool:
    for part in path:
        if found is None:
            return True
        found = found[part]
    return True

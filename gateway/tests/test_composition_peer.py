"""A second opinion: what an independent composer makes of the same subgraphs, read as a router would."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from graphql import build_schema, lexicographic_sort_schema, print_schema

from gateway.composition.supergraph import FieldDef, Resolver, Supergraph
from gateway.engine import CompositionFailed, Engine, Subgraph
from gateway.tests.random_graphs import RandomGraph
from gateway.tests.random_sdl import sdls_of
from gateway.tests.shop import SDLS
from tools import npm_packages

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / "tools" / "composition_peer"
CHOSEN_SEEDS = range(40)

MOVING = {
    "old": 'type Query { t: T } type T @key(fields: "id") { id: ID! x: Int }',
    "new": 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@override"])'
    'type T @key(fields: "id") { id: ID! x: Int @override(from: "old", label: "percent(5)") }',
}
COMPOSED = {
    "a": """
    extend schema
      @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@composeDirective", "@tag", "@cost", "@listSize"])
      @link(url: "https://example.org/house/v1.0", import: ["@house"])
      @composeDirective(name: "@house")
    directive @house(number: Int) on FIELD_DEFINITION
    type Query {
      a(first: Int): [Int] @house(number: 3) @tag(name: "x") @listSize(slicingArguments: ["first"]) @cost(weight: 2)
    }
    """
}


@pytest.fixture(scope="session")
def peer() -> Path:
    """The independent composer, installed from its lock file once."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("no Node.js")
    if not (TOOL / "node_modules").is_dir():
        try:
            npm_packages.install(TOOL)
        except npm_packages.NotInstalled as problem:
            pytest.skip(f"no package index for Node.js: {problem}")
    return TOOL / "compose.mjs"


def opinions(peer: Path, graphs: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """What the peer makes of each graph: {supergraph, errors}."""
    return ask(
        peer,
        [
            [{"name": name, "url": f"http://{name}/graphql", "sdl": sdl} for name, sdl in sdls.items()]
            for sdls in graphs
        ],
    )


def ask(peer: Path, told: list[Any]) -> list[dict[str, Any]]:
    """The peer's answers."""
    ran = subprocess.run(
        ["node", str(peer)], input=json.dumps(told), capture_output=True, text=True, timeout=240, check=True
    )
    found: list[dict[str, Any]] = json.loads(ran.stdout)
    return found


def composed(sdls: Mapping[str, str]) -> Engine | None:
    """Our own composition, None where it makes no graph."""
    try:
        return Engine.compose([Subgraph(name, f"http://{name}/graphql", sdl) for name, sdl in sdls.items()])
    except CompositionFailed:
        return None


def _same(ours: Engine, theirs: Engine) -> None:
    assert _public(ours) == _public(theirs)
    assert _who_resolves(ours.supergraph) == _who_resolves(theirs.supergraph)


def _public(engine: Engine) -> str:
    return print_schema(lexicographic_sort_schema(engine.api_schema))


def _who_resolves(graph: Supergraph) -> dict[str, Any]:
    """Keys, kinds and for every field who gives it and what that takes; what is only known is left out.

    So are interface objects: the peer forgets which of their fields are external.
    """
    return {
        name: (one.kind, one.keys, {field: _givers(told) for field, told in one.fields.items()})
        for name, one in graph.types.items()
        if not one.interface_object_in
    }


def _givers(field: FieldDef) -> dict[str, Resolver]:
    return {
        graph: replace(resolver, provides=None)
        for graph, resolver in field.resolvers.items()
        if not resolver.external
    }


def test_an_independent_composer_makes_the_same_of_our_own_services(peer: Path):
    sdls = {
        path.stem: path.read_text() for path in sorted((ROOT / "contracts" / "subgraphs").glob("*.graphql"))
    }
    (opinion,) = opinions(peer, [sdls])
    ours = composed(sdls)

    assert opinion["errors"] == []
    assert ours is not None
    assert len(sdls) == 7
    _same(ours, Engine.from_supergraph(opinion["supergraph"]))
    assert (
        ours.supergraph.types
        == Engine.from_supergraph((ROOT / "contracts" / "supergraph.graphql").read_text()).supergraph.types
    )


def test_an_independent_composer_makes_the_same_of_the_shop(peer: Path):
    (opinion,) = opinions(peer, [SDLS])
    ours = composed(SDLS)

    assert opinion["errors"] == []
    assert ours is not None
    _same(ours, Engine.from_supergraph(opinion["supergraph"]))


def test_an_independent_composer_takes_and_refuses_the_same_random_graphs(peer: Path):
    graphs = {seed: sdls_of(RandomGraph(seed)) for seed in CHOSEN_SEEDS}

    found = opinions(peer, list(graphs.values()))

    taken = {seed: composed(sdls) is not None for seed, sdls in graphs.items()}
    assert taken == {seed: one["supergraph"] is not None for seed, one in zip(graphs, found, strict=True)}
    assert {True, False} == set(taken.values())


@pytest.mark.parametrize("name", ["shop", "moving", "composed"])
def test_another_reader_shows_the_same_public_schema_of_our_supergraph(peer: Path, name: str):
    sdls = {"shop": SDLS, "moving": MOVING, "composed": COMPOSED}[name]
    ours = composed(sdls)
    assert ours is not None

    (found,) = ask(peer, [{"supergraph": ours.supergraph_sdl}])

    assert found["errors"] == []
    theirs = build_schema(found["public"], assume_valid=True)
    assert {n for n in theirs.type_map if not n.startswith("__")} == {
        n for n in ours.api_schema.type_map if not n.startswith("__")
    }
    for type_name, one in ours.api_schema.type_map.items():
        for field, declared in getattr(one, "fields", {}).items():
            assert str(declared.type) == str(theirs.type_map[type_name].fields[field].type)  # type: ignore[attr-defined]

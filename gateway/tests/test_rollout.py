"""@override with a label: a field that moves bit by bit is asked where the label says."""

from __future__ import annotations

from collections import Counter

import pytest

from gateway.composition.compose import compose
from gateway.composition.read_supergraph import read_supergraph
from gateway.engine import CompositionFailed, Engine, Subgraph
from gateway.planning.rollout import Rollout

LINK = (
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@override"])'
    "type T @key(fields: "
)


def graph(label: str) -> list[Subgraph]:
    """T.x moves from "old" to "new"."""
    old = LINK + '"id") { id: ID! x: Int } type Query { t: T }'
    new = LINK + f'"id") {{ id: ID! x: Int @override(from: "old", label: "{label}") }}'
    return [Subgraph("old", "http://old", old), Subgraph("new", "http://new", new)]


def asked(engine: Engine) -> tuple[str, ...]:
    """Who is asked for T.x."""
    plan = engine.prepare("{ t { x } }", None, {}).plan
    return tuple(request.graph for wave in plan.waves for request in wave)


def test_a_share_of_the_requests_goes_the_new_way():
    drawn = iter([0.04, 0.05, 0.9, 0.01])
    engine = Engine.compose(graph("percent(5)"))
    engine.rollout = Rollout(engine.supergraph, draw=lambda: next(drawn))

    assert [asked(engine) for _ in range(4)] == [("old", "new"), ("old",), ("old",), ("old", "new")]
    assert engine.made["plans"] == 2


def test_a_name_is_in_force_for_all_requests_or_none():
    assert asked(Engine.compose(graph("autumn"))) == ("old",)
    assert asked(Engine.compose(graph("autumn"), labels=frozenset({"autumn"}))) == ("old", "new")


@pytest.mark.parametrize(("label", "way"), [("percent(0)", ("old",)), ("percent(100)", ("old", "new"))])
def test_at_the_ends_of_the_scale_there_is_one_way(label: str, way: tuple[str, ...]):
    engine = Engine.compose(graph(label))

    assert Counter(asked(engine) for _ in range(20)) == {way: 20}


def test_other_routers_are_told_of_the_label():
    sdl = compose(graph("percent(5)"))

    assert '@join__field(graph: NEW, override: "old", overrideLabel: "percent(5)")' in sdl
    assert "https://specs.apollo.dev/join/v0.4" in sdl
    assert read_supergraph(sdl)[0].labels == {"percent(5)"}


def test_once_the_old_field_is_gone_the_label_says_nothing():
    old, new = graph("percent(5)")
    moved = Subgraph("old", "http://old", old.sdl.replace("x: Int ", ""))

    assert asked(Engine.compose([moved, new])) == ("old", "new")


def test_a_label_that_means_nothing_is_a_fault():
    with pytest.raises(CompositionFailed, match=r'the label "percent\(120\)" of the @override of "T.x"'):
        Engine.compose(graph("percent(120)"))

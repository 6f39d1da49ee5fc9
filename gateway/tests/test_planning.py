"""Plans, as text: each file holds a query, a blank line, and the plan that must come of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.engine import Engine, Subgraph
from gateway.planning.plan import print_plan
from gateway.tests.shop import SDLS

PLANS = Path(__file__).parent / "plans"


@pytest.fixture(scope="module", params=["as given", "turned round"])
def engine(request: pytest.FixtureRequest) -> Engine:
    names = list(SDLS) if request.param == "as given" else list(reversed(SDLS))
    return Engine.compose([Subgraph(name, f"http://{name}/graphql", SDLS[name]) for name in names])


@pytest.mark.parametrize("name", sorted(path.stem for path in PLANS.glob("*.txt")))
def test_a_query_is_planned_as_written_down(name: str, engine: Engine):
    query, _, planned = (PLANS / f"{name}.txt").read_text().partition("\n\n")

    assert print_plan(engine.prepare(query, None, {}).plan) == planned


def test_a_plan_depends_on_the_conditions_of_a_run_and_is_kept_for_each(engine: Engine):
    query = "query ($with: Boolean!) { me { name employer @include(if: $with) { name } } }"

    short, long = (engine.prepare(query, None, {"with": met}) for met in (False, True))

    assert (short.plan.requests, long.plan.requests) == (1, 2)
    assert engine.prepare(query, None, {"with": True}) is long


def test_the_same_operation_in_another_layout_has_the_same_plan(engine: Engine):
    assert engine.prepare("{ me { name } }", None, {}) is engine.prepare("{me{\n name # who?\n}}", None, {})


def test_every_stage_can_be_read(engine: Engine):
    text = engine.explain("query Who { me { name employer { name } } }")

    assert [line for line in text.splitlines() if line.startswith(("query", "=="))] == [
        "query Who",
        "== normalised",
        "== chosen",
        "== visits",
        "== plan",
    ]


@pytest.mark.parametrize("count", [9, 30])
def test_fields_that_many_subgraphs_share_are_asked_of_few(count: int):
    """Field n is at subgraphs n and n + 1, so every second subgraph is enough."""
    link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])\n'
    subgraphs = [
        Subgraph("root", "http://root", link + 'type Query { e: E } type E @key(fields: "id") { id: ID! }')
    ]
    for number in range(count + 1):
        fields = " ".join(f"f{n}: Int @shareable" for n in (number - 1, number) if 0 <= n < count)
        sdl = link + f'type E @key(fields: "id") {{ id: ID! {fields} }}'
        subgraphs.append(Subgraph(f"s{number:02}", f"http://s{number}", sdl))

    wanted = " ".join(f"f{n}" for n in range(count))
    plan = Engine.compose(subgraphs).prepare(f"{{ e {{ {wanted} }} }}", None, {}).plan

    assert len(plan.waves) == 2
    assert plan.requests == 1 + (count + 1) // 2

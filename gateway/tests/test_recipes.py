"""The developers' page opens with operations that work: each is within the limits and valid on our own graph."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from graphql import OperationDefinitionNode, parse

from gateway.doorway.limits import DocumentLimits
from gateway.engine import Engine
from gateway.graph_file import read_graph_file
from gateway.graphiql import read_recipes
from gateway.settings import load

ROOT = Path(__file__).resolve().parents[2]
RECIPES = read_recipes(ROOT / "frontend" / "graphiql-recipes")


@pytest.fixture(scope="module")
def engine() -> Engine:
    """Our own graph, as it was composed last."""
    return Engine.from_supergraph((ROOT / "contracts" / "supergraph.graphql").read_text(encoding="utf-8"))


def test_there_is_a_dozen_of_them():
    assert len(RECIPES) >= 12
    assert all(recipe["query"].startswith(f"# {recipe['title']}") for recipe in RECIPES)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe["title"])
def test_each_recipe_may_be_asked_as_it_stands(engine: Engine, recipe: dict[str, str]):
    settings = load()
    rules = read_graph_file(settings.subgraphs_file).documents
    limits = DocumentLimits(engine.api_schema, settings, rules)
    variables = json.loads(recipe.get("variables", "{}"))

    for node in parse(recipe["query"]).definitions:
        assert isinstance(node, OperationDefinitionNode)
        assert node.name is not None
        limits.check(recipe["query"], node.name.value, variables)
        assert engine.prepare(recipe["query"], node.name.value, variables).root_fields


def test_fields_that_need_care_are_fields_of_our_graph(engine: Engine):
    rules = read_graph_file(load().subgraphs_file).documents
    roots = (
        engine.api_schema.query_type,
        engine.api_schema.mutation_type,
        engine.api_schema.subscription_type,
    )
    known = {name for root in roots if root is not None for name in root.fields}

    assert rules.sensitive | rules.shared_streams <= known

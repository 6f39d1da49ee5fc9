"""The short cut for leaves gives the answers of the ordinary path."""

import graphene
import pytest
from graphql import execute, parse

from chassis.executor import LeafExecutor


class Colour(graphene.Enum):
    RED = "RED"


class Thing(graphene.ObjectType):
    name = graphene.String()
    needed = graphene.String(required=True)
    colour = Colour()
    words = graphene.List(graphene.NonNull(graphene.String))
    loose = graphene.List(graphene.String)
    colours = graphene.List(graphene.NonNull(Colour), required=True)
    grid = graphene.List(graphene.List(graphene.Int))


class Query(graphene.ObjectType):
    thing = graphene.Field(Thing)


SCHEMA = graphene.Schema(Query).graphql_schema
ASKED = parse("{ thing { name needed colour words loose colours grid } }")
GOOD = {
    "name": "a",
    "needed": "b",
    "colour": "RED",
    "words": ["x", "y"],
    "loose": ["x", None],
    "colours": ["RED"],
    "grid": [[1, 2], []],
}


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"name": None, "words": None, "loose": None},
        {"name": 5, "words": [1, True], "words_are": "numbers"},
        {"needed": None},
        {"colour": "BLUE"},
        {"words": ["x", None]},
        {"words": ("x", "y")},
        {"words": "xy"},
        {"words": [ValueError("one is broken")]},
        {"colours": ["RED", "BLUE"]},
        {"colours": []},
        {"name": ValueError("broken")},
        {"name": lambda *_: "called"},
    ],
)
def test_both_paths_answer_alike(change):
    root = {"thing": {**GOOD, **change}}

    short = execute(SCHEMA, ASKED, root_value=root, execution_context_class=LeafExecutor)
    ordinary = execute(SCHEMA, ASKED, root_value=root)

    assert short.data == ordinary.data
    assert [error.formatted for error in short.errors or ()] == [
        error.formatted for error in ordinary.errors or ()
    ]

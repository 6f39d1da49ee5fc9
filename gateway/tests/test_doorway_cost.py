"""What a schema says of costs and list sizes is what a document is charged."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import parse

from gateway.composition.api_schema import api_schema
from gateway.composition.compose import compose
from gateway.composition.read_supergraph import read_supergraph
from gateway.composition.sdl import Subgraph
from gateway.doorway.cost import CostModel
from gateway.doorway.limits import DocumentLimits
from gateway.doorway.refusal import Refusal
from gateway.graph_file import DocumentRules
from gateway.settings import GatewaySettings

SDL = """
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@cost", "@listSize", "@shareable"])
type Query {
  plain: [Book]
  known: [Book] @listSize(assumedSize: 7)
  sliced(first: Int, last: Int): [Book] @listSize(slicingArguments: ["first", "last"])
  loose(first: Int, last: Int): [Book]
    @listSize(slicingArguments: ["first", "last"], assumedSize: 4, requireOneSlicingArgument: false)
  page(first: Int = 5): Shelf @listSize(slicingArguments: ["first"], sizedFields: ["books"])
  deep(input: Wish): [Book] @listSize(slicingArguments: ["input.first"])
  dear: Book @cost(weight: 50)
  find(by: String @cost(weight: 9), wish: Wish): Book
}
input Wish { first: Int exact: Boolean @cost(weight: 6) inner: Wish }
type Shelf { books: [Book] others: [Book] }
type Book { title: String scan: Scan mood: Mood }
scalar Scan @cost(weight: 3)
enum Mood @cost(weight: 2) { CALM WILD }
"""
SCHEMA = api_schema(read_supergraph(compose([Subgraph("a", "http://a", SDL)]))[1])


def cost(text: str, **variables: Any) -> int:
    """What the answer is charged."""
    document = parse(text)
    return CostModel(SCHEMA, 10).estimate(document.definitions[0], {}, variables)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "charged"),
    [
        ("{ plain { title } }", 10),
        ("{ known { title } }", 7),
        ("{ sliced(first: 3) { title } }", 3),
        ("{ sliced(last: 4) { title } }", 4),
        ("{ loose { title } }", 4),
        ("{ loose(first: 3, last: 9) { title } }", 9),
        ("{ page { books { title } } }", 1 + 5),
        ("{ page(first: 8) { books { title } others { title } } }", 1 + 8 + 10),
        ("{ deep(input: { first: 6 }) { title } }", 6),
        ("{ dear { title } }", 50),
        ("{ plain { scan mood } }", 10 * (1 + 3 + 2)),
        ('{ find(by: "x") { title } }', 9 + 1),
        ("{ find(wish: { exact: true, inner: { exact: false } }) { title } }", 6 + 6 + 1),
    ],
)
def test_a_field_is_charged_what_the_schema_says(text: str, charged: int):
    assert cost(text) == charged


def test_values_of_variables_are_charged_like_written_ones():
    text = "query($w: Wish, $n: Int) { deep(input: $w) { title } sliced(first: $n) { title } }"

    assert cost(text, w={"first": 20, "exact": True}, n=3) == 20 + 6 + 3


@pytest.mark.parametrize(
    "text",
    ["{ sliced { title } }", "{ sliced(first: 1, last: 1) { title } }", "{ sliced(first: null) { title } }"],
)
def test_where_one_size_must_be_given_none_or_two_are_refused(text: str):
    with pytest.raises(Refusal, match="sliced takes exactly one of first, last"):
        cost(text)


def test_a_cost_is_worked_out_again_for_other_values():
    limits = DocumentLimits(SCHEMA, GatewaySettings(LIMIT_COST=30), DocumentRules())
    text = "query($w: Wish) { deep(input: $w) { title } }"

    limits.check(text, None, {"w": {"first": 30}})

    with pytest.raises(Refusal, match="31"):
        limits.check(text, None, {"w": {"first": 31}})

"""Limits: a document beyond one is refused with 400 before any member is asked; at the limit it passes."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from graphql import build_schema, validate

from gateway.doorway.limits import DocumentLimits, variables_fit
from gateway.doorway.refusal import Refusal
from gateway.graph_file import DocumentRules
from gateway.planning.planner import plan
from gateway.settings import GatewaySettings
from gateway.tests.conftest import OpenGateway
from gateway.tests.small_graph import SmallGateway

SCHEMA = build_schema(
    """
    type Query { item(id: ID): Item items(first: Int = 10): [Item!] page(first: Int = 20, after: String): Page }
    type Mutation { login(name: String): Item pay(id: ID): Item rename(id: ID): Item }
    type Page { nodes: [Item!]! total: Int! }
    type Item { id: ID! tags: [String!] child: Item children(first: Int): [Item!] page(first: Int = 20): Page }
    """
)
RULES = DocumentRules(sensitive=frozenset({"login", "pay"}))


def limits(**settings: int) -> DocumentLimits:
    """Limits on SCHEMA; settings by their environment names."""
    return DocumentLimits(SCHEMA, GatewaySettings(**settings), RULES)  # type: ignore[arg-type]


def nested(depth: int) -> str:
    """A query of so many levels of fields."""
    return "{ item " + "{ child " * (depth - 2) + "{ id }" + " }" * (depth - 1)


BEYOND: dict[str, tuple[dict[str, int], str, str]] = {
    "depth": ({"LIMIT_DEPTH": 5}, nested(5), nested(6)),
    "aliases": ({"LIMIT_ALIASES": 2}, "{ a: item { b: id } }", "{ a: item { b: id c: id } }"),
    "directives": (
        {"LIMIT_DIRECTIVES": 1},
        "{ item @skip(if: false) { id } }",
        "{ item @skip(if: false) { id @skip(if: false) } }",
    ),
    "root fields": (
        {"LIMIT_ROOT_FIELDS": 2},
        "{ item { id } items { id } }",
        "{ item { id } items { id } page { total } }",
    ),
    "tokens": ({"LIMIT_TOKENS": 7}, "{ item { id } }", "{ item { id tags } a: items { id } }"),
    "document": ({"LIMIT_DOCUMENT_BYTES": 15}, "{ item { id } }", "{ item { tags } }"),
    "fields": ({"LIMIT_FIELDS": 2}, "{ item { id } }", "{ item { id tags } }"),
    "repeats": (
        {"LIMIT_REPEATS": 3},
        "{ item { id id ...F } } fragment F on Item { id }",
        "{ item { id id ...F } } fragment F on Item { id id }",
    ),
    "cost": (
        {"LIMIT_COST": 110},
        "{ items { children(first: 10) { id } } }",
        "{ items { children(first: 11) { id } } }",
    ),
}


@pytest.mark.parametrize("what", BEYOND)
def test_at_the_limit_a_document_passes_and_beyond_it_does_not(what: str):
    settings, at_it, beyond_it = BEYOND[what]

    limits(**settings).check(at_it, None, {})
    with pytest.raises(Refusal) as refused:
        limits(**settings).check(beyond_it, None, {})

    assert (refused.value.status, refused.value.code) == (400, "QUERY_TOO_COMPLEX")


def _aliased(count: int) -> str:
    return "{ echo " + " ".join(f"a{number}: echo" for number in range(count)) + " }"


def _deep_list(levels: int) -> object:
    return [] if levels == 1 else [_deep_list(levels - 1)]


def _of_bytes(size: int) -> dict[str, Any]:
    empty = {"query": "query($t: String) { echo(text: $t) }", "variables": {"t": ""}}
    return {**empty, "variables": {"t": "x" * (size - len(json.dumps(empty)))}}


def _asked(text: str) -> dict[str, Any]:
    return {"query": text}


AUTHOR = '{ author(id: "1") { books { title } } }'
# For each limit: the settings, a question at it and one beyond it.
MALICIOUS: dict[str, tuple[dict[str, int], dict[str, Any], dict[str, Any]]] = {
    "body": ({"LIMIT_BODY_BYTES": 2000}, _of_bytes(2000), _of_bytes(2001)),
    "document": ({"LIMIT_DOCUMENT_BYTES": 40}, _asked(f"{'{ echo }':40}"), _asked(f"{'{ echo }':41}")),
    "tokens": ({"LIMIT_TOKENS": 6}, _asked("{ echo a: echo }"), _asked("{ echo a: echo echo }")),
    "depth": (
        {"LIMIT_DEPTH": 3},
        _asked(AUTHOR),
        _asked('{ author(id: "1") { books { author { name } } } }'),
    ),
    "aliases": ({"LIMIT_ALIASES": 3}, _asked(_aliased(3)), _asked(_aliased(4))),
    "directives": (
        {"LIMIT_DIRECTIVES": 1},
        _asked("{ echo @skip(if: false) }"),
        _asked("{ echo @skip(if: false) @include(if: true) }"),
    ),
    "root fields": ({"LIMIT_ROOT_FIELDS": 2}, _asked("{ echo a: echo }"), _asked("{ echo a: echo b: echo }")),
    "fields": ({"LIMIT_FIELDS": 3}, _asked(AUTHOR), _asked('{ author(id: "1") { id books { title } } }')),
    "cost": (
        {"LIMIT_COST": 20},
        _asked("{ authors(first: 20) { id } }"),
        _asked("{ authors(first: 21) { id } }"),
    ),
    "depth of variables": (
        {"LIMIT_VARIABLE_DEPTH": 5},
        {"query": "{ echo }", "variables": {"v": _deep_list(5)}},
        {"query": "{ echo }", "variables": {"v": _deep_list(6)}},
    ),
    "fetches": ({"LIMIT_FETCHES": 1}, _asked("{ echo }"), _asked(AUTHOR)),
}


@pytest.mark.parametrize("what", MALICIOUS)
def test_one_malicious_question_for_each_limit_costs_nothing_and_at_the_limit_it_passes(
    what: str, open_small: OpenGateway, monkeypatch: pytest.MonkeyPatch
):
    settings, at_it, beyond_it = MALICIOUS[what]
    gateway = open_small(**settings)
    worked: list[str] = []
    _watch(monkeypatch, worked)

    refused = gateway.post(beyond_it)

    error = refused.json()["errors"][0]
    assert (refused.status, "data" in refused.json()) == (400, False)
    assert error["extensions"]["code"] == ("PAYLOAD_TOO_LARGE" if what == "body" else "QUERY_TOO_COMPLEX")
    assert gateway.questions() == 0
    # How many fetches a plan makes only the plan can say.
    assert worked == (["validate", "plan"] if what == "fetches" else [])

    passed = gateway.post(at_it)

    assert (passed.status, "errors" in passed.json()) == (200, False)
    assert gateway.questions() >= 1
    assert worked[-2:] == ["validate", "plan"]


def _watch(monkeypatch: pytest.MonkeyPatch, worked: list[str]) -> None:
    """Note whenever a document is validated or planned."""

    def noting(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*given: Any) -> Any:
            worked.append(name)
            return work(*given)

        return noted

    monkeypatch.setattr("gateway.planning.documents.validate", noting("validate", validate))
    monkeypatch.setattr("gateway.engine.plan", noting("plan", plan))


def test_a_graph_may_have_maxima_of_its_own_and_the_environment_replaces_them():
    rules = DocumentRules(maximum_depth=3, maximum_aliases=0)

    for text in (nested(4), "{ a: item { id } }"):
        with pytest.raises(Refusal, match="allowed"):
            DocumentLimits(SCHEMA, GatewaySettings(), rules).check(text, None, {})
        DocumentLimits(SCHEMA, GatewaySettings(LIMIT_DEPTH=4, LIMIT_ALIASES=1), rules).check(text, None, {})


def test_three_nested_lists_cost_the_product_of_their_sizes():
    inner = "children(first: 10) { id }"
    document = f"{{ items {{ a: children(first: 10) {{ x: {inner} y: {inner} }} b: {inner} }} }}"

    with pytest.raises(Refusal, match="2210"):
        limits(LIMIT_COST=2209).check(document, None, {})
    limits(LIMIT_COST=2210).check(document, None, {})


def test_the_page_size_of_a_connection_counts_for_its_nodes():
    with pytest.raises(Refusal, match="51"):
        limits(LIMIT_COST=50).check("{ page(first: 50) { nodes { id } } }", None, {})


def test_a_page_size_in_a_variable_counts_by_its_value_and_by_its_default():
    document = "query($n: Int = 100) { items(first: $n) { id } }"

    found = limits(LIMIT_COST=50)

    found.check(document, None, {"n": 50})
    for variables in ({}, {"n": 51}):
        with pytest.raises(Refusal):
            found.check(document, None, variables)


def test_a_variable_that_is_no_number_is_left_to_validation():
    values: tuple[object, ...] = ("x", None, True, {"deep": []}, -1, 10**30)
    for value in values:
        try:
            limits().check("query($n: Int) { items(first: $n) { id } }", None, {"n": value})
        except Refusal as refusal:
            assert refusal.code == "QUERY_TOO_COMPLEX"  # noqa: PT017  # only the huge number is refused here


def test_fragments_count_wherever_they_are_spread():
    document = "{ item { ...F child { ...F } } } fragment F on Item { a: id b: id }"

    with pytest.raises(Refusal, match="4 aliases"):
        limits(LIMIT_ALIASES=3).check(document, None, {})


def test_fragments_that_double_again_and_again_are_refused_at_once():
    levels = 60
    chain = " ".join(
        f"fragment F{n} on Item {{ child {{ ...F{n + 1} }} a: child {{ ...F{n + 1} }} }}"
        for n in range(levels)
    )
    document = f"{{ item {{ ...F0 }} }} {chain} fragment F{levels} on Item {{ id }}"

    with pytest.raises(Refusal, match=r"levels of fields|aliases"):
        limits(LIMIT_TOKENS=100_000, LIMIT_DOCUMENT_BYTES=100_000).check(document, None, {})


def test_doubling_fragments_without_fields_of_their_own_are_refused_at_once():
    levels = 60
    chain = " ".join(f"fragment F{n} on Item {{ ...F{n + 1} ...F{n + 1} }}" for n in range(levels))
    document = f"{{ item {{ ...F0 }} }} {chain} fragment F{levels} on Item {{ id }}"

    with pytest.raises(Refusal, match="fields"):
        limits(LIMIT_TOKENS=100_000, LIMIT_DOCUMENT_BYTES=100_000).check(document, None, {})


@pytest.mark.parametrize("end", ["fragment F60 on Item { ...F0 }", "fragment F60 on Item { ...Nobody }"])
def test_doubling_fragments_that_never_come_to_a_field_are_refused_at_once(end: str):
    chain = " ".join(f"fragment F{n} on Item {{ ...F{n + 1} ...F{n + 1} }}" for n in range(60))

    with pytest.raises(Refusal, match="fields"):
        limits().check(f"{{ item {{ ...F0 }} }} {chain} {end}", None, {})


def test_a_fragment_that_nobody_spreads_is_looked_at_too():
    # It is validated before anybody is told that it is not used.
    with pytest.raises(Refusal, match="51 times the same field"):
        limits().check(f"{{ item {{ id }} }} fragment F on Item {{ {'id ' * 51} }}", None, {})


def test_fragments_that_all_spread_each_other_cost_no_time(gateway: SmallGateway):
    names = [f"F{n}" for n in range(10)]
    whole = " ".join(
        f"fragment {one} on Author {{ {' '.join(f'...{other}' for other in names if other != one)} }}"
        for one in names
    )
    document = f'{{ author(id: "1") {{ ...F0 }} }} {whole}'

    begun = time.perf_counter()
    assert gateway.code(document) in ("GRAPHQL_VALIDATION_FAILED", "QUERY_TOO_COMPLEX")
    assert time.perf_counter() - begun < 5  # by each order in which they can be spread it is minutes


def test_fragments_that_spread_themselves_are_left_to_validation(gateway: SmallGateway):
    document = '{ author(id: "1") { ...F } } fragment F on Author { id ...F }'

    assert gateway.code(document) == "GRAPHQL_VALIDATION_FAILED"


def test_a_sensitive_mutation_stands_alone_in_its_document():
    found = limits()

    found.check("mutation { login { id } rename { id } }", None, {})
    for document in (
        "mutation { login { id } pay { id } }",
        "mutation { a: login { id } b: login { id } }",
        "mutation { login { id } ...F } fragment F on Mutation { b: login { id } }",
    ):
        with pytest.raises(Refusal, match="a request of its own"):
            found.check(document, None, {})


def test_introspection_is_not_held_to_the_depth():
    document = "{ __schema { types { fields { type { ofType { ofType { ofType { name } } } } } } } }"

    limits(LIMIT_DEPTH=2).check(document, None, {})


def test_deep_variables_are_refused(gateway: SmallGateway):
    def deep(levels: int) -> object:
        return [] if levels == 1 else [deep(levels - 1)]

    assert variables_fit({"v": deep(20)}, 20)
    assert not variables_fit({"v": deep(21)}, 20)
    assert gateway.code("{ echo }", {"v": deep(21)}) == "QUERY_TOO_COMPLEX"


@pytest.mark.parametrize("text", ["{" * 900, "[" * 900, "{ a" * 300 + "}" * 300, "query" * 1000])
def test_garbage_of_any_kind_gets_a_clear_refusal(gateway: SmallGateway, text: str):
    answer = gateway.post({"query": text})

    assert answer.status == 400
    assert answer.json()["errors"][0]["extensions"]["code"] in ("GRAPHQL_PARSE_FAILED", "QUERY_TOO_COMPLEX")


def test_what_is_kept_of_documents_is_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("gateway.doorway.limits.KEPT_DOCUMENTS", 5)
    found = limits()
    check: Callable[..., object] = found.check

    for number in range(20):
        check(f"{{ a{number}: item {{ id }} }}", None, {})

    assert len(found.recent(100)) == 5
    assert found.recent(1)[0][0].startswith("{ a19")


def test_a_document_nested_beyond_what_can_be_read_is_too_complex(gateway: SmallGateway):
    levels = 300
    text = "{ author " * levels + "{ id }" + " }" * levels

    answer = gateway.post({"query": text}, Accept="application/json")

    assert (answer.status, answer.json()["errors"][0]["extensions"]["code"]) == (400, "QUERY_TOO_COMPLEX")
    assert gateway.questions() == 0

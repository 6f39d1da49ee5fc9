"""Execution over a graph in memory: what is sent, what is joined, what the client gets."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from gateway.engine import Refused
from gateway.execution.careful import Careful
from gateway.execution.executor import Executor, Run
from gateway.execution.failures import Failures
from gateway.tests.mesh import Member, Mesh, outgoing
from gateway.tests.shop import shop


@pytest.fixture
def mesh() -> Mesh:
    return shop()


def _sent(member: Member) -> int:
    return len(member.heard)


def test_an_entity_that_is_met_often_is_asked_for_once(mesh: Mesh):
    mesh.ask("{ products(first: 6) { related(first: 3) { inStock } } }")

    assert _sent(mesh.members["catalog"]) == 1
    (asked,) = mesh.members["stock"].bodies
    assert len(asked["variables"]["r0"]) == 6


def test_objects_without_a_key_are_not_asked_for(mesh: Mesh):
    for record in mesh.store.records["Product"].values():
        record["maker"] = None

    answer = mesh.ask("{ products { maker { flagship { id } } } }")

    assert answer == {"data": {"products": [{"maker": None}] * 3}}
    assert _sent(mesh.members["makers"]) == 0


def test_the_requests_of_a_wave_leave_together(mesh: Mesh):
    mesh.ask('{ me { name } makers { id } product(upc: "u1") { inStock } }')

    assert mesh.transport.waves == [3, 1]


def test_a_request_that_can_wait_shares_one_that_must_be_made_anyway(mesh: Mesh):
    mesh.ask('{ warehouses { id } product(upc: "u1") { inStock } }')

    assert mesh.transport.waves == [1, 1]


def test_mutations_run_one_after_the_other_in_the_order_of_the_document(mesh: Mesh):
    answer = mesh.ask(
        """mutation {
          one: restock(upc: "u1", by: 1) { inStock label }
          two: relabel(upc: "u1", label: "New") { label inStock }
          three: restock(upc: "u1", by: 10) { inStock label }
        }"""
    )

    assert answer["data"] == {
        "one": {"inStock": 4, "label": "Product 1"},
        "two": {"label": "New", "inStock": 4},
        "three": {"inStock": 14, "label": "New"},
    }


def test_two_equal_mutations_are_two_mutations(mesh: Mesh):
    answer = mesh.ask(
        'mutation { one: restock(upc: "u1", by: 5) { inStock } two: restock(upc: "u1", by: 5) { inStock } }'
    )

    assert answer["data"] == {"one": {"inStock": 8}, "two": {"inStock": 13}}
    assert _sent(mesh.members["stock"]) == 1


def test_variables_go_only_to_those_who_use_them(mesh: Mesh):
    query = "query ($upc: ID!, $to: Zone!) { product(upc: $upc) { shippingCost(to: $to) } }"

    mesh.ask(query, {"upc": "u1", "to": "FAR"})

    (catalog,), (stock,) = mesh.members["catalog"].bodies, mesh.members["stock"].bodies
    assert catalog["variables"] == {"upc": "u1"}
    assert stock["variables"].keys() == {"r0", "to"}


def test_a_null_where_none_may_be_rises_to_the_next_place_that_may_be_null(mesh: Mesh):
    mesh.store.records["Person"]["2"]["name"] = None

    answer = mesh.ask("{ everyone: people(ids: [1, 2]) { called: name } }", unmask=True)

    assert answer["data"] == {"everyone": [{"called": "Person 1"}, None]}
    (error,) = answer["errors"]
    assert error["path"] == ["everyone", 1, "called"]


def test_an_entity_that_its_owner_does_not_know_is_null_with_one_error(mesh: Mesh):
    mesh.store.records["Review"]["9"]["thing"] = {"__typename": "Thing", "id": "gone"}

    answer = mesh.ask("{ latestReviews(first: 2) { thing { label } stars } }")

    assert answer["data"]["latestReviews"] == [
        {"thing": None, "stars": 4},
        {"thing": {"label": "Bundle 1"}, "stars": 3},
    ]
    assert [error["path"] for error in answer["errors"]] == [["latestReviews", 0, "thing", "label"]]


def test_an_error_of_a_subgraph_is_told_at_every_place_it_concerns_in_the_client_s_names(mesh: Mesh):
    def refuse(**_arguments: Any) -> Any:
        raise RuntimeError("secret words")

    mesh.store.records["Person"]["3"]["employer"] = refuse

    answer = mesh.ask(
        "{ all: people(ids: [1, 3]) { boss: employer { id } } last: people(ids: [3]) { employer { id } } }"
    )

    assert answer["data"]["all"][0] == {"boss": {"id": "1"}}
    assert sorted(error["path"] for error in answer["errors"]) == [
        ["all", 1, "boss"],
        ["last", 0, "employer"],
    ]
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"INTERNAL"}
    assert "secret" not in str(answer)


def test_a_public_code_passes_with_its_words_and_another_is_masked(mesh: Mesh):
    def failing(code: str) -> Any:
        def fail(**_arguments: Any) -> Any:
            from graphql import GraphQLError

            raise GraphQLError(
                "words for people", extensions={"code": code, "retryAfter": 3, "stacktrace": []}
            )

        return fail

    mesh.store.roots["me"], mesh.store.roots["makers"] = failing("RATE_LIMITED"), failing("ODD")
    query = "{ me { name } maker(id: 1) { id } warehouses { id } }"

    (told,) = mesh.ask(query, request_id="r1")["errors"]
    masked = mesh.ask("{ makers { id } }")
    (unmasked,) = mesh.ask("{ makers { id } }", unmask=True)["errors"]

    assert told["message"] == "words for people"
    assert told["extensions"] == {
        "code": "RATE_LIMITED",
        "retryAfter": 3,
        "serviceName": "people",
        "requestId": "r1",
    }
    assert masked["data"] is None
    assert masked["errors"][0]["extensions"] == {"code": "INTERNAL", "serviceName": "makers"}
    assert unmasked["message"] == "words for people"


def test_a_subgraph_that_is_down_leaves_null_at_its_fields_and_one_error(mesh: Mesh):
    mesh.transport.down = {"makers"}

    answer = mesh.ask("{ products(first: 3) { label madeIn } makers { id } me { name } }")

    assert answer["data"] is None  # makers may not be null
    answer = mesh.ask("{ goods: products(first: 3) { label madeIn } one: maker(id: 1) { id } me { name } }")
    assert answer["data"] == {
        "goods": [{"label": f"Product {n}", "madeIn": None} for n in (1, 2, 3)],
        "one": None,
        "me": {"name": "Person 1"},
    }
    assert [error["path"] for error in answer["errors"]] == [["one"], ["goods", 0]]
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"SERVICE_UNAVAILABLE"}
    assert {error["extensions"]["serviceName"] for error in answer["errors"]} == {"makers"}


def test_a_required_field_that_never_came_costs_only_the_fields_that_need_it(mesh: Mesh):
    mesh.transport.down = {"catalog"}

    answer = mesh.ask("{ warehouses { products { inStock shippingCost(to: FAR) } } }")

    assert answer["data"]["warehouses"] is None
    assert len({error["extensions"]["serviceName"] for error in answer["errors"]}) == 2
    answer = mesh.ask("{ warehouses { products { inStock } } }")
    assert answer["data"]["warehouses"][0]["products"][0] == {"inStock": 3}


def test_a_required_field_that_is_null_is_sent_as_null(mesh: Mesh):
    mesh.store.records["Product"]["1"]["size"] = None
    mesh.store.computed["Thing.headline"] = lambda sent, _arguments: f"{sent['label']!r}"
    mesh.store.records["Bundle"]["b1"]["label"] = "x"

    answer = mesh.ask("{ things { headline } }")

    assert answer["data"]["things"][1] == {"headline": "'x'"}


def test_a_breaker_that_is_open_keeps_the_request_back(mesh: Mesh):
    heard: list[tuple[str, bool]] = []

    answer = mesh.ask(
        "{ me { name employer { id } } }",
        before=lambda name: name != "makers",
        after=lambda name, ok: heard.append((name, ok)),
    )

    assert answer["data"] == {"me": {"name": "Person 1", "employer": None}}
    assert answer["errors"][0]["path"] == ["me"]
    assert (heard, _sent(mesh.members["makers"])) == ([("people", True)], 0)


def test_introspection_and_fields_may_stand_side_by_side(mesh: Mesh):
    answer = mesh.ask(
        """{ __typename first: __type(name: "Product") { name fields { name } } me { __typename name }
        __schema { queryType { name } } }"""
    )

    assert answer["data"]["__typename"] == "Query"
    assert "secret" not in [field["name"] for field in answer["data"]["first"]["fields"]]
    assert answer["data"]["me"] == {"__typename": "Person", "name": "Person 1"}
    assert answer["data"]["__schema"] == {"queryType": {"name": "Query"}}
    assert list(answer["data"]) == ["__typename", "first", "me", "__schema"]


def test_an_enum_value_that_is_not_public_is_null_with_an_error(mesh: Mesh):
    mesh.members["catalog"].executable.type_map["Product"].fields["kind"].type = (  # type: ignore[attr-defined]
        mesh.members["catalog"].executable.type_map["String"]
    )
    mesh.store.records["Product"]["1"]["kind"] = "NEW"

    answer = mesh.ask('{ product(upc: "u1") { kind } }')

    assert answer["data"] == {"product": None}
    assert answer["errors"][0]["path"] == ["product", "kind"]


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        ("{ me { name }", {}, "GRAPHQL_PARSE_FAILED"),
        ("{ me { secret } }", {}, "GRAPHQL_VALIDATION_FAILED"),
        ('{ product(upc: "u1") { secret } }', {}, "GRAPHQL_VALIDATION_FAILED"),
        ("query ($n: Int!) { products(first: $n) { id } }", {"n": "many"}, "BAD_USER_INPUT"),
        ("query A { me { id } } query B { me { id } }", {}, "OPERATION_RESOLUTION_FAILURE"),
        ("{ " + "a { " * 3000 + "}" * 3000, {}, "GRAPHQL_PARSE_FAILED"),
    ],
)
def test_a_document_that_cannot_be_run_is_refused_before_anyone_is_asked(
    mesh: Mesh, query: str, variables: dict[str, Any], code: str
):
    with pytest.raises(Refused) as caught:
        mesh.ask(query, variables)

    assert caught.value.status == 400
    assert caught.value.errors[0]["extensions"]["code"] == code
    assert mesh.transport.waves == []


@pytest.mark.parametrize("directive", ["include", "skip"])
def test_a_condition_that_is_null_is_refused(mesh: Mesh, directive: str):
    query = f"query ($if: Boolean = true) {{ me {{ id @{directive}(if: $if) }} }}"

    with pytest.raises(Refused, match="must not be null"):
        mesh.ask(query, {"if": None})


def test_the_quick_and_the_careful_way_shape_the_same_answer(mesh: Mesh):
    query = """{
      things { __typename id ... on Product { size { w: width } kind } ... on Bundle { parts { label related { id } } } }
      search { ... on Product { maker { name } } }
      people { name badge { title ... on Gold { level } } friends { email } }
    }"""
    ready = mesh.engine.prepare(query, None, {}).ready
    run = Run(outgoing(), {})
    Executor(mesh.transport).run(ready.compiled, run)

    careful = Careful(Failures(unmask=False, request_id=None)).answer(ready.shape, run.tree, {})

    assert orjson.dumps(ready.quick(run.tree)) == orjson.dumps(careful)

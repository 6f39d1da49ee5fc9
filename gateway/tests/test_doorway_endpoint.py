"""GraphQL over HTTP: what is asked well is answered across members, everything else is refused in words."""

from __future__ import annotations

import hashlib
import json
import threading

import pytest

from gateway.tests.conftest import OpenGateway
from gateway.tests.small_graph import SmallGateway

JOIN = '{ author(id: "1") { name books { title } } }'


def test_a_query_that_spans_members_is_answered_as_one(gateway: SmallGateway):
    answer = gateway.ask(JOIN)

    assert answer == {"data": {"author": {"name": "Ann", "books": [{"title": "Roads"}]}}}


def test_a_mutation_is_carried_out_once(gateway: SmallGateway):
    answer = gateway.ask('mutation { rename(id: "2", name: "Bo") { name } }')

    assert answer == {"data": {"rename": {"name": "Bo"}}}
    assert gateway.questions() == 1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "BAD_USER_INPUT"),
        (b"\xff\xfe", 400, "BAD_USER_INPUT"),
        (b"null", 400, "BAD_USER_INPUT"),
        (b'"query"', 400, "BAD_USER_INPUT"),
        (b"{}", 400, "BAD_USER_INPUT"),
        (b'{"query": 7}', 400, "BAD_USER_INPUT"),
        (b'{"query": "{ echo }", "variables": []}', 400, "BAD_USER_INPUT"),
        (b'{"query": "{ echo }", "operationName": 7}', 400, "BAD_USER_INPUT"),
        (b'{"query": "{ echo }", "extensions": 7}', 400, "BAD_USER_INPUT"),
        (b'{"query": "{ echo }", "operationName": "Other"}', 400, "BAD_USER_INPUT"),
        (b'[{"query": "{ echo }"}]', 400, "BATCHING_NOT_SUPPORTED"),
        (b'{"query": "{ nothing }"}', 400, "GRAPHQL_VALIDATION_FAILED"),
        (b'{"query": "{ echo("}', 400, "GRAPHQL_PARSE_FAILED"),
        (b'{"query": "\\u0000"}', 400, "GRAPHQL_PARSE_FAILED"),
        (b'{"query": "fragment F on Author { id }"}', 400, "GRAPHQL_VALIDATION_FAILED"),
        (b'{"query": "query($t: Int!) { authors(first: $t) { id } }"}', 400, "BAD_USER_INPUT"),
        (b'{"query": "{ _service { sdl } }"}', 400, "GRAPHQL_VALIDATION_FAILED"),
        (b'{"query": "subscription { ticks(to: 1) }"}', 406, "NOT_ACCEPTABLE"),
    ],
)
def test_what_is_no_question_is_refused_with_a_code(
    gateway: SmallGateway, body: bytes, status: int, code: str
):
    answer = gateway.post(body)

    assert (answer.status, answer.json()["errors"][0]["extensions"]["code"]) == (status, code)
    assert answer.json()["errors"][0]["extensions"]["requestId"] == answer.headers["X-Request-Id"]
    assert gateway.questions() == 0


def test_a_body_of_a_megabyte_is_refused_and_the_client_hears_of_it(gateway: SmallGateway):
    answer = gateway.post({"query": "{ echo }", "variables": {"text": "x" * 1024 * 1024}})

    assert answer.status == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "PAYLOAD_TOO_LARGE"


def test_a_form_of_another_site_cannot_ask(gateway: SmallGateway):
    answer = gateway.send(
        "POST", "/graphql", body=b'{"query":"{echo}"}', headers={"Content-Type": "text/plain"}
    )

    assert answer.status == 415
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNSUPPORTED_MEDIA_TYPE"


def test_other_methods_are_named_as_not_allowed(gateway: SmallGateway):
    answer = gateway.send("PUT", "/graphql", body=b"{}")

    assert answer.status == 405
    assert answer.headers["Allow"] == "GET, HEAD, POST"
    assert answer.json()["errors"][0]["extensions"]["code"] == "METHOD_NOT_ALLOWED"


def test_a_client_that_names_the_older_media_type_hears_of_a_wrong_document_with_200(gateway: SmallGateway):
    older = gateway.post({"query": "{ nothing }"}, Accept="application/json")
    newer = gateway.post({"query": "{ nothing }"}, Accept="application/graphql-response+json")

    assert (older.status, older.headers["Content-Type"]) == (200, "application/json; charset=utf-8")
    assert (newer.status, newer.headers["Content-Type"]) == (
        400,
        "application/graphql-response+json; charset=utf-8",
    )


def test_an_answer_that_nobody_takes_is_refused(gateway: SmallGateway):
    assert gateway.post({"query": "{ echo }"}, Accept="image/png").status == 406


def test_queries_may_be_asked_by_get_but_mutations_never(gateway: SmallGateway):
    query = gateway.send("GET", "/graphql?query=%7B%20echo(text%3A%22hi%22)%20%7D")
    mutation = gateway.send("GET", "/graphql?query=mutation%7BsignIn(name%3A%22x%22)%7D")

    assert query.json() == {"data": {"echo": "hi"}}
    assert (mutation.status, mutation.headers["Allow"]) == (405, "POST")
    assert gateway.questions() == 1


def test_in_production_only_documents_known_by_hash_are_asked_by_get(open_small: OpenGateway):
    gateway = open_small(LOBBYCARD_ENV="production")
    text = "{ echo }"
    extensions = json.dumps(
        {"persistedQuery": {"version": 1, "sha256Hash": hashlib.sha256(text.encode()).hexdigest()}}
    )

    assert gateway.send("GET", "/graphql?query=%7Becho%7D").status == 405
    unknown = gateway.send("GET", "/graphql", fields={"extensions": extensions})
    assert unknown.json()["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"
    # A text that brings its own hash along is not known by it.
    assert gateway.send("GET", "/graphql", fields={"query": text, "extensions": extensions}).status == 405
    assert gateway.questions() == 0

    gateway.post({"query": text, "extensions": json.loads(extensions)})

    assert gateway.send("GET", "/graphql", fields={"extensions": extensions}).json() == {
        "data": {"echo": None}
    }


def test_a_hash_that_is_not_the_documents_is_refused(gateway: SmallGateway):
    wrong = {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}

    answer = gateway.post({"query": "{ echo }", "extensions": wrong})

    assert (answer.status, answer.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_USER_INPUT")


def test_where_only_trusted_documents_are_executed_others_are_not(open_small: OpenGateway, tmp_path):
    known = tmp_path / "known.json"
    known.write_text(json.dumps(["{ echo }"]))
    gateway = open_small(TRUSTED_DOCUMENTS=known, TRUSTED_DOCUMENTS_ONLY=True)
    by_hash = {"persistedQuery": {"version": 1, "sha256Hash": hashlib.sha256(b"{ echo }").hexdigest()}}

    assert gateway.ask("{ echo }") == {"data": {"echo": None}}
    assert gateway.post({"extensions": by_hash}).json() == {"data": {"echo": None}}
    assert gateway.code("{ authors { id } }") == "DOCUMENT_NOT_TRUSTED"


def test_without_introspection_neither_the_schema_nor_hints_at_it_are_given(open_small: OpenGateway):
    gateway = open_small(INTROSPECTION=False)

    assert gateway.code("{ __schema { types { name } } }") == "INTROSPECTION_DISABLED"
    assert "Did you mean" not in json.dumps(gateway.ask("{ autor { id } }"))
    assert gateway.ask("{ __typename }") == {"data": {"__typename": "Query"}}


def test_the_request_id_of_a_client_reaches_the_members_and_comes_back(gateway: SmallGateway):
    answer = gateway.post({"query": "{ echo }"}, X_Request_Id="order-4711-a")

    assert answer.headers["X-Request-Id"] == "order-4711-a"
    assert gateway.members["authors"].questions()[0].headers["X-Request-Id"] == "order-4711-a"


def test_a_malformed_request_id_is_replaced(gateway: SmallGateway):
    answer = gateway.post({"query": "{ echo }"}, X_Request_Id="no spaces, please")

    assert answer.headers["X-Request-Id"] != "no spaces, please"


def test_a_trace_goes_on_and_a_malformed_one_does_not(gateway: SmallGateway):
    trace = f"00-{'a' * 32}-{'b' * 16}-01"
    gateway.post({"query": "{ echo }"}, traceparent=trace)
    gateway.post({"query": "{ echo }"}, traceparent="nonsense")

    first, second = gateway.members["authors"].questions()
    assert first.headers["Traceparent"] == trace
    assert "Traceparent" not in second.headers


def test_cookies_of_an_answer_come_back_and_only_named_ones_go_on(open_small: OpenGateway, tmp_path):
    gateway = open_small()
    gateway.members["authors"].cookies = ["refresh=new; HttpOnly; Path=/graphql"]

    answer = gateway.post({"query": 'mutation { signIn(name: "x") }'}, Cookie="refresh=old; other=1")

    assert answer.headers["Set-Cookie"] == "refresh=new; HttpOnly; Path=/graphql"
    assert "Cookie" not in gateway.members["authors"].questions()[0].headers


def test_a_member_that_is_down_leaves_the_rest_of_the_answer(gateway: SmallGateway):
    gateway.members["books"].served.stop()

    answer = gateway.ask(JOIN)

    assert answer["data"] == {"author": {"name": "Ann", "books": None}}
    error = answer["errors"][0]
    assert error["path"][0] == "author"
    assert error["extensions"]["code"] == "SERVICE_UNAVAILABLE"
    assert error["extensions"]["requestId"]


def test_more_requests_than_there_are_places_are_told_to_come_back(open_small: OpenGateway, until):
    gate = threading.Event()
    gateway = open_small(MAXIMUM_IN_FLIGHT=1)
    gateway.members["authors"].roots["echo"] = lambda text=None: gate.wait(20) and text
    gateway.members["authors"].say(gateway.members["authors"].sdl)
    waiting = threading.Thread(target=lambda: gateway.ask("{ echo }"))
    waiting.start()
    until(lambda: gateway.questions() == 1)

    answer = gateway.post({"query": "{ authors { id } }"})

    gate.set()
    waiting.join()
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    assert answer.json()["errors"][0]["extensions"]["code"] == "OVERLOADED"


def test_when_places_are_scarce_a_mutation_waits_while_a_query_is_told_to_come_back(
    open_small: OpenGateway, until, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("gateway.doorway.admission.MUTATION_WAITS_SECONDS", 20.0)
    gate = threading.Event()
    gateway = open_small(MAXIMUM_IN_FLIGHT=1)
    owner = gateway.members["authors"]
    owner.roots["echo"] = lambda text=None: gate.wait(20) and text
    owner.say(owner.sdl)
    statuses: dict[str, int] = {}
    asking = [
        threading.Thread(target=lambda q=query: statuses.__setitem__(q, gateway.post({"query": q}).status))
        for query in ("{ echo }", 'mutation { signIn(name: "x") }')
    ]
    asking[0].start()
    until(lambda: gateway.questions() == 1)
    asking[1].start()

    refused = gateway.post({"query": "{ authors { id } }"})

    gate.set()
    for one in asking:
        one.join()
    assert refused.status == 503
    assert set(statuses.values()) == {200}


def test_a_head_request_gets_the_headers_of_the_answer_alone(gateway: SmallGateway):
    answer = gateway.send("HEAD", "/graphql?query=%7B%20echo(text%3A%22hi%22)%20%7D")

    assert (answer.status, answer.data) == (200, b"")
    assert int(answer.headers["Content-Length"]) == len(b'{"data":{"echo":"hi"}}')


def test_a_bug_of_ours_is_answered_with_an_id_and_without_its_words(
    gateway: SmallGateway, monkeypatch: pytest.MonkeyPatch
):
    def broken(*_anything: object) -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr("gateway.doorway.persisted.PersistedDocuments.text_of", broken)

    answer = gateway.post({"query": "{ echo }"})

    (error,) = answer.json()["errors"]
    assert (answer.status, error["extensions"]["code"]) == (500, "INTERNAL")
    assert error["extensions"]["requestId"] == answer.headers["X-Request-Id"]
    assert b"secret" not in answer.data

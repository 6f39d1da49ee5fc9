"""Paths that belong to members: handed on whole, but for what identifies the client."""

from __future__ import annotations

import pytest
from flask import Response, request

from chassis.identity import read_caller
from chassis.testing_rooms import KEYS
from gateway.tests.conftest import OpenGateway
from gateway.tests.small_graph import SmallGateway, authors, books

ROUTES = """
[[routes]]
path = "/files/"
subgraph = "books"
methods = ["GET", "POST"]
maximum_body_bytes = 100

[[routes]]
path = "/.well-known/one.json"
subgraph = "authors"

[[routes]]
path = "/dev/mailbox"
subgraph = "authors"
development_only = true
"""


@pytest.fixture
def handed() -> list[dict[str, object]]:
    """What the owner was handed."""
    return []


@pytest.fixture
def gateway(open_small: OpenGateway, handed: list[dict[str, object]]) -> SmallGateway:
    """A gateway that hands paths on."""
    return _open(open_small, handed)


def _open(open_small: OpenGateway, handed: list[dict[str, object]], **settings: str) -> SmallGateway:
    owner, other = books(), authors()

    def take(name: str = "") -> Response:
        handed.append(
            {"path": request.full_path, "headers": dict(request.headers), "body": request.get_data()}
        )
        response = Response(b"%PDF" * 50_000, status=201, mimetype="application/pdf")
        response.headers["X-Own"] = "kept"
        response.headers["Connection"] = "close"
        return response

    owner.app.add_url_rule("/files/<path:name>", "take", take, methods=["GET", "POST"])
    other.app.add_url_rule("/.well-known/one.json", "one", lambda: {"one": 1})
    other.app.add_url_rule("/dev/mailbox", "mail", lambda: {"mail": []})
    other.app.add_url_rule("/page", "page", lambda: "x")
    return open_small(ROUTES, {"authors": other, "books": owner}, **settings)


def test_the_owners_answer_comes_back_whole(gateway: SmallGateway):
    answer = gateway.send("GET", "/files/a%20b.pdf?signature=x%2By")

    assert (answer.status, answer.headers["X-Own"]) == (201, "kept")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.data == b"%PDF" * 50_000


def test_path_query_body_and_headers_reach_the_owner(gateway: SmallGateway, handed: list[dict[str, object]]):
    gateway.send(
        "POST",
        "/files/a%20b?x=1%2B1&y=",
        body=b"raw \x00 bytes",
        headers={"Stripe-Signature": "t=1", "Content-Type": "application/octet-stream"},
    )

    assert handed[0]["path"] == "/files/a b?x=1%2B1&y="
    assert handed[0]["body"] == b"raw \x00 bytes"
    headers = handed[0]["headers"]
    assert isinstance(headers, dict)
    assert headers["Stripe-Signature"] == "t=1"
    assert headers["X-Request-Id"]


def test_what_identifies_the_client_is_replaced_by_our_word(
    gateway: SmallGateway, handed: list[dict[str, object]]
):
    forged = {
        "X-Caller": "forged",
        "X-Client-Address": "1.2.3.4",
        "X-Forwarded-For": "1.2.3.4",
        "X-User-Id": "7",
        "Cookie": "session=1",
    }
    gateway.send("GET", "/files/x", headers=forged)

    headers = handed[0]["headers"]
    assert isinstance(headers, dict)
    assert read_caller(headers["X-Caller"], "books", KEYS).user_id is None
    assert headers["X-Client-Address"] == "127.0.0.1"
    assert not {"X-Forwarded-For", "X-User-Id", "Cookie"} & set(headers)


def test_no_path_leads_out_of_its_route(gateway: SmallGateway, handed: list[dict[str, object]]):
    for path in ("/files/%2e%2e/graphql", "/files/x/../../graphql", "/files/..%2fgraphql", "/files//graphql"):
        assert gateway.status_of_exactly(path) in (308, 404)
    assert handed == []
    assert gateway.questions() == 0


def test_a_body_beyond_the_routes_limit_is_refused(gateway: SmallGateway, handed: list[dict[str, object]]):
    answer = gateway.send("POST", "/files/x", body=b"x" * 101)

    assert answer.status == 413
    assert handed == []


def test_a_method_that_the_route_does_not_have_is_refused(gateway: SmallGateway):
    assert gateway.send("DELETE", "/files/x").status == 405
    assert gateway.send("POST", "/.well-known/one.json").status == 405


def test_an_owner_that_is_down_is_told_of_in_words(gateway: SmallGateway):
    gateway.members["books"].served.stop()

    answer = gateway.send("GET", "/files/x")

    assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
    assert answer.json()["errors"][0]["extensions"]["code"] == "SERVICE_UNAVAILABLE"


def test_paths_for_development_are_not_there_in_production(
    open_small: OpenGateway, gateway: SmallGateway, handed: list[dict[str, object]]
):
    live = _open(open_small, handed, LOBBYCARD_ENV="production")

    assert gateway.send("GET", "/dev/mailbox").json() == {"mail": []}
    assert live.send("GET", "/dev/mailbox").status == 404
    assert live.send("GET", "/.well-known/one.json").json() == {"one": 1}


def test_paths_of_members_that_no_route_names_stay_inside(gateway: SmallGateway):
    assert gateway.send("GET", "/page", headers={"Accept": "application/json"}).status == 404

"""Figures for a scraper nearby, and the plan of a query for those who may see it."""

from __future__ import annotations

import gzip

import pytest

from gateway.tests.conftest import OpenGateway
from gateway.tests.small_graph import TITLES, SmallGateway


def test_requests_fetches_and_breakers_are_counted(gateway: SmallGateway):
    gateway.ask("{ authors { id } }")
    gateway.ask("{ nothing }")
    gateway.members["books"].served.stop()
    for _ in range(5):
        gateway.ask("{ books { id } }")

    told = gateway.send("GET", "/metrics").data.decode().splitlines()

    assert 'gateway_requests_total{kind="query",status="200"} 6.0' in told
    assert 'gateway_fetches_total{outcome="ok",subgraph="authors"} 1.0' in told
    assert 'gateway_fetches_total{outcome="failed",subgraph="books"} 5.0' in told
    assert 'gateway_breaker_state{subgraph="books"} 2.0' in told
    assert 'gateway_breaker_opened_total{subgraph="books"} 1.0' in told
    assert 'gateway_request_seconds_bucket{le="+Inf"} 7.0' in told


def test_documents_and_plans_that_were_not_at_hand_are_counted(gateway: SmallGateway):
    for _ in range(3):
        gateway.ask("{ authors { id } }")
    gateway.ask("query Again { authors { id } }")

    told = gateway.send("GET", "/metrics").data.decode().splitlines()

    assert 'gateway_prepared_total{what="documents"} 2.0' in told
    assert 'gateway_prepared_total{what="plans"} 2.0' in told


def test_the_world_outside_is_not_told(open_small: OpenGateway):
    gateway = open_small(TRUSTED_PROXIES=1)

    assert gateway.send("GET", "/metrics", headers={"X-Forwarded-For": "93.184.216.34"}).status == 404


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_what_comes_through_a_proxy_is_the_world_outside_even_where_no_proxy_was_named(
    gateway: SmallGateway, header: str
):
    """A proxy of ours has a private address; without TRUSTED_PROXIES everybody would seem to be near."""
    assert gateway.send("GET", "/metrics", headers={header: "192.168.1.7"}).status == 404
    assert gateway.send("GET", "/metrics").status == 200


def test_a_plan_comes_with_the_answer_or_alone(gateway: SmallGateway):
    query = '{ author(id: "1") { books { title } } }'

    both = gateway.ask(query, X_Query_Plan="true")
    asked = gateway.questions()
    alone = gateway.ask(query, X_Query_Plan="dry-run")

    assert both["data"] == {"author": {"books": [{"title": "Roads"}]}}
    assert "books" in both["extensions"]["queryPlan"]
    assert alone == {"data": None, "extensions": both["extensions"]}
    assert gateway.questions() == asked


def test_in_production_visitors_see_no_plan(open_small: OpenGateway):
    gateway = open_small(LOBBYCARD_ENV="production")

    assert gateway.ask("{ echo }", X_Query_Plan="true") == {"data": {"echo": None}}


def test_long_answers_to_visitors_travel_compressed(gateway: SmallGateway, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(TITLES, "11", {"id": "11", "title": "Long " * 1000, "author": {"id": "2"}})

    answer = gateway.send(
        "POST",
        "/graphql",
        body=b'{"query": "{ books { title } }"}',
        headers={"Content-Type": "application/json", "Accept-Encoding": "gzip"},
        decode_content=False,
    )

    assert answer.headers["Content-Encoding"] == "gzip"
    assert b"Long Long" in gzip.decompress(answer.data)

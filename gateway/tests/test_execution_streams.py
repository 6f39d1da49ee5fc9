"""Subscriptions as the engine reads them: events joined, silence noticed, broken streams taken up again."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest

from gateway.engine import Engine, Outgoing, Subgraph
from gateway.execution import stream
from gateway.tests.raw_server import Behaviour, RawServer, answer, saying
from gateway.tests.shop import LINK

NEWS = (
    LINK
    + 'type Item @key(fields: "id") { id: ID! } type Subscription { news(of: String): Item } type Query { a: Int }'
)
ITEMS = LINK + 'type Item @key(fields: "id") { id: ID! title: String! }'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\n"
QUERY = 'subscription { it: news(of: "x") { title } }'
Serve = Callable[[Behaviour], RawServer]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """A function that starts a server with a behaviour."""
    started: list[RawServer] = []

    def start(behave: Behaviour) -> RawServer:
        started.append(RawServer(behave))
        return started[-1]

    yield start
    for server in started:
        server.close()


def event(number: int, body: bytes) -> bytes:
    key = orjson.loads(body)["query"].split("news__")[1].split(":")[0]
    said = orjson.dumps({"data": {f"news__{key}": {"id": str(number)}}})
    return b"event: next\ndata: " + said + b"\n\n"


def titled(connection: socket.socket, body: bytes) -> bool:
    ids = [one["id"] for one in orjson.loads(body)["variables"]["r0"]]
    connection.sendall(answer({"data": {"_entities": [{"title": f"Title {one}"} for one in ids]}}))
    return True


def bodies(serve: Serve, news: Behaviour, items: Behaviour = titled) -> Iterator[bytes]:
    engine = Engine.compose(
        [Subgraph("news", serve(news).url, NEWS), Subgraph("items", serve(items).url, ITEMS)]
    )
    prepared = engine.prepare(QUERY, None, {})
    assert (prepared.kind, prepared.root_fields) == ("subscription", ("news",))
    return engine.subscribe(prepared, {}, Outgoing(lambda _name: (), time.monotonic() + 60))


def told(found: Iterator[bytes]) -> Iterator[dict[str, Any]]:
    return (orjson.loads(body) for body in found if body)


def test_each_event_is_joined_with_what_others_know(serve: Serve):
    def news(connection: socket.socket, body: bytes) -> bool:
        connection.sendall(HEAD + b":\n\n" + event(1, body))
        connection.sendall(event(2, body) + b"event: complete\ndata:\n\n")
        return False

    assert list(told(bodies(serve, news))) == [
        {"data": {"it": {"title": "Title 1"}}},
        {"data": {"it": {"title": "Title 2"}}},
    ]


def test_events_may_come_in_pieces_and_chunks(serve: Serve):
    def news(connection: socket.socket, body: bytes) -> bool:
        connection.sendall(HEAD.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n"))
        for one in event(1, body).replace(b"\n", b"\r\n") + b"event: complete\r\n\r\n":
            connection.sendall(b"1\r\n" + bytes([one]) + b"\r\n")
        return False

    assert list(told(bodies(serve, news))) == [{"data": {"it": {"title": "Title 1"}}}]


def test_a_heartbeat_lets_the_reader_look_up(serve: Serve):
    def news(connection: socket.socket, _body: bytes) -> bool:
        connection.sendall(HEAD + b":\n\n:\n\nevent: complete\ndata:\n\n")
        return False

    assert list(bodies(serve, news)) == [b"", b""]


def test_a_stream_that_breaks_off_is_taken_up_again(serve: Serve, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stream, "PAUSES", (0.0,))
    times: list[int] = []

    def news(connection: socket.socket, body: bytes) -> bool:
        times.append(len(times) + 1)
        if len(times) == 2:
            return False  # not even a head
        end = b"event: complete\ndata:\n\n" if len(times) == 3 else b""
        connection.sendall(HEAD + event(times[-1], body) + end)
        return False

    found = [one["data"]["it"]["title"] for one in told(bodies(serve, news))]

    assert found == ["Title 1", "Title 3"]


def test_a_stream_that_stays_away_ends_with_an_error(serve: Serve, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stream, "PAUSES", (0.0,))
    monkeypatch.setattr(stream, "RESUME_SECONDS", 0.05)

    (last,) = told(bodies(serve, saying()))

    assert last["data"] == {"it": None}
    assert last["errors"][0]["extensions"]["code"] == "SERVICE_UNAVAILABLE"


def test_a_subgraph_that_refuses_says_why_and_the_stream_ends(serve: Serve):
    refusal = answer({"errors": [{"message": "Please sign in.", "extensions": {"code": "UNAUTHENTICATED"}}]})

    (only,) = told(bodies(serve, saying(refusal.replace(b"200 OK", b"401 No"))))

    assert only["data"] == {"it": None}
    assert only["errors"][0]["message"] == "Please sign in."


def test_a_subgraph_that_answers_something_else_ends_the_stream(serve: Serve):
    html = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi"

    (only,) = told(bodies(serve, saying(html)))

    assert only["errors"][0]["extensions"]["code"] == "DOWNSTREAM_SERVICE_ERROR"


def test_another_subgraph_that_is_down_costs_its_fields_and_not_the_stream(serve: Serve):
    def news(connection: socket.socket, body: bytes) -> bool:
        connection.sendall(HEAD + event(1, body) + b"event: complete\ndata:\n\n")
        return False

    (only,) = told(bodies(serve, news, saying()))

    assert only["data"] == {"it": None}  # its title may not be null
    assert only["errors"][0]["extensions"]["serviceName"] == "items"

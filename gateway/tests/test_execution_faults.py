"""A subgraph that misbehaves on the wire: a clear partial answer in time, the others unharmed."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest

from gateway.engine import Engine, Outgoing, Subgraph
from gateway.execution import connections
from gateway.tests.raw_server import Behaviour, RawServer, answer, resetting, saying

GOOD = answer({"data": {"good": 1}})
QUERY = "{ good bad }"
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


class Pair:
    """An engine over a good subgraph and one that is told how to behave."""

    def __init__(self, serve: Serve, bad: Behaviour, deadline_seconds: float = 5.0) -> None:
        self.good, self.bad = serve(saying(GOOD, keep=True)), serve(bad)
        self.engine = Engine.compose(
            [
                Subgraph("good", self.good.url, "type Query { good: Int } type Mutation { m: Int }"),
                Subgraph(
                    "bad", self.bad.url, "type Query { bad: Int } type Mutation { n: Int }", deadline_seconds
                ),
            ]
        )

    def ask(self, query: str = QUERY, **send: Any) -> dict[str, Any]:
        prepared = self.engine.prepare(query, None, {})
        lent = {"headers": lambda _name: (), "deadline": time.monotonic() + 20, **send}
        found: dict[str, Any] = orjson.loads(self.engine.execute(prepared, {}, Outgoing(**lent)).body)
        return found


def _code_of(found: dict[str, Any]) -> str:
    assert found["data"] == {"good": 1, "bad": None}
    (error,) = found["errors"]
    assert (error["path"], error["extensions"]["serviceName"]) == (["bad"], "bad")
    return str(error["extensions"]["code"])


HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 15\r\n\r\n<html>hi</html>"
MALFORMED, UNAVAILABLE = "DOWNSTREAM_SERVICE_ERROR", "SERVICE_UNAVAILABLE"


@pytest.mark.parametrize(
    ("behave", "code"),
    [
        pytest.param(saying(), UNAVAILABLE, id="closes without a word"),
        pytest.param(resetting, UNAVAILABLE, id="resets"),
        pytest.param(saying(HTML), MALFORMED, id="answers HTML"),
        pytest.param(saying(HTML.replace(b"200 OK", b"502 No")), UNAVAILABLE, id="answers 502 with HTML"),
        pytest.param(saying(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"), UNAVAILABLE, id="answers 500"),
        pytest.param(saying(GOOD.replace(b"{", b"(")), MALFORMED, id="answers no JSON"),
        pytest.param(saying(answer([1, 2])), MALFORMED, id="answers a list"),
        pytest.param(saying(answer({"data": [1]})), MALFORMED, id="answers data that is a list"),
        pytest.param(saying(answer({"data": None})), MALFORMED, id="answers null without a reason"),
        pytest.param(saying(b"SSH-2.0-OpenSSH\r\n\r\n"), UNAVAILABLE, id="speaks another protocol"),
        pytest.param(saying(GOOD[:-4]), UNAVAILABLE, id="dies in the middle"),
        pytest.param(
            saying(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"),
            UNAVAILABLE,
            id="promises too much",
        ),
        pytest.param(
            saying(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"),
            UNAVAILABLE,
            id="promises a negative length",
        ),
        pytest.param(
            saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
            UNAVAILABLE,
            id="breaks its chunks",
        ),
        pytest.param(saying(b"X" * 70000), UNAVAILABLE, id="has headers without an end"),
    ],
)
def test_a_bad_answer_costs_its_own_field_alone(serve: Serve, behave: Behaviour, code: str):
    assert _code_of(Pair(serve, behave).ask()) == code


def hanging(connection: socket.socket, _body: bytes) -> bool:
    """Say nothing until the other side has had enough."""
    connection.settimeout(30)
    with contextlib.suppress(OSError):
        connection.recv(1)
    return False


def dying(connection: socket.socket, _body: bytes) -> bool:
    """Begin a good answer, then hang."""
    connection.sendall(GOOD[:-4])
    return hanging(connection, _body)


def _saying_500(connection: socket.socket, _body: bytes) -> bool:
    connection.sendall(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")
    return True


@pytest.mark.parametrize(
    "behave",
    [
        pytest.param(hanging, id="hangs"),
        pytest.param(resetting, id="resets"),
        pytest.param(saying(HTML), id="answers HTML"),
        pytest.param(_saying_500, id="answers 500"),
        pytest.param(saying(GOOD.replace(b"{", b"(")), id="answers wrong JSON"),
        pytest.param(dying, id="dies in the middle and hangs"),
        pytest.param(saying(GOOD[:-4]), id="dies in the middle and closes"),
    ],
)
def test_one_bad_subgraph_leaves_a_clear_partial_answer_in_its_time_and_the_others_unharmed(
    serve: Serve, behave: Behaviour
):
    pair = Pair(serve, behave, deadline_seconds=0.3)

    for _ in range(3):
        found = pair.ask(deadline=time.monotonic() + 3600)  # only its own deadline can end it

        assert _code_of(found) in (MALFORMED, UNAVAILABLE)
    assert pair.ask("{ good }") == {"data": {"good": 1}}
    assert pair.good.connections == 1


def test_a_subgraph_that_refuses_the_whole_request_is_heard_at_the_fields_it_was_asked_for(serve: Serve):
    refusal = answer({"errors": [{"message": "Please sign in.", "extensions": {"code": "UNAUTHENTICATED"}}]})
    heard: list[tuple[str, bool]] = []
    pair = Pair(serve, saying(refusal.replace(b"200 OK", b"401 Unauthorized")))

    assert _code_of(pair.ask(after=lambda name, ok: heard.append((name, ok)))) == "UNAUTHENTICATED"
    assert sorted(heard) == [("bad", True), ("good", True)]


def test_an_answer_with_status_500_counts_against_its_subgraph_whatever_it_says(serve: Serve):
    heard: list[tuple[str, bool]] = []
    pair = Pair(serve, saying(answer({"errors": [{"message": "x"}]}).replace(b"200 OK", b"503 No")))

    assert _code_of(pair.ask(after=lambda name, ok: heard.append((name, ok)))) == "INTERNAL"
    assert ("bad", False) in heard


def test_a_subgraph_that_nobody_serves_costs_its_own_field_alone(serve: Serve):
    pair = Pair(serve, saying())
    pair.bad.close()

    assert _code_of(pair.ask()) == UNAVAILABLE


def test_a_subgraph_that_hangs_is_given_up_at_its_deadline(serve: Serve):
    def hang(_connection: socket.socket, _body: bytes) -> bool:
        pair.bad.released.wait(30)
        return False

    pair = Pair(serve, hang, deadline_seconds=0.2)

    assert _code_of(pair.ask()) == UNAVAILABLE


def test_the_deadline_of_the_whole_request_counts_as_well(serve: Serve):
    def hang(_connection: socket.socket, _body: bytes) -> bool:
        pair.bad.released.wait(30)
        return False

    pair = Pair(serve, hang, deadline_seconds=60)

    assert _code_of(pair.ask(deadline=time.monotonic() + 0.2)) == UNAVAILABLE


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
IN_CHUNKS = [CHUNKED, b'5;x=y\r\n{"dat\r\n', b'10\r\na":{"bad":  2 }}\r\n0\r\nA: b\r\n\r\n']


@pytest.mark.parametrize(
    "said",
    [
        IN_CHUNKS,
        [b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", b'{"data":', b'{"bad":2}}'],
        [b"HTTP/1.0 200 OK\r\ncontent-length: 18\r\n\r\n", b'{"data":{"bad":2}}'],
        [b"HTTP/1.1 100 Continue\r\n\r\n", answer({"data": {"bad": 2}})],
        [bytes([one]) for one in answer({"data": {"bad": 2}})],
    ],
    ids=["chunked", "to the end", "HTTP/1.0", "announced", "byte by byte"],
)
def test_every_proper_way_to_send_a_body_is_read(serve: Serve, said: list[bytes]):
    assert Pair(serve, saying(*said)).ask() == {"data": {"good": 1, "bad": 2}}


def test_a_connection_is_used_again(serve: Serve):
    pair = Pair(serve, saying(answer({"data": {"bad": 2}}), keep=True))

    for _ in range(5):
        pair.ask()

    assert (pair.bad.connections, len(pair.bad.requests)) == (1, 5)
    assert pair.engine.transport.connections.counts()[f"127.0.0.1:{pair.bad.port}"] == 1


def test_a_query_on_a_connection_gone_dead_is_sent_once_more(serve: Serve):
    pair = Pair(serve, saying(answer({"data": {"bad": 2}}), keep=False))

    answers = [pair.ask() for _ in range(3)]

    assert answers == [{"data": {"good": 1, "bad": 2}}] * 3
    assert len(pair.bad.requests) == 3


def test_a_mutation_is_never_sent_twice(serve: Serve):
    def take_and_go(_connection: socket.socket, body: bytes) -> bool:
        if b"mutation" in body:
            return False
        _connection.sendall(answer({"data": {"bad": 2}}))
        return True

    pair = Pair(serve, take_and_go)
    pair.ask()  # leaves an idle connection

    found = pair.ask("mutation { n }")

    assert found["data"] == {"n": None}
    assert found["errors"][0]["extensions"]["code"] == UNAVAILABLE
    assert sum(b"mutation" in body for body in pair.bad.requests) == 1


def test_a_mutation_avoids_an_idle_connection_that_its_peer_has_closed(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
):
    closed = threading.Event()

    def once(connection: socket.socket, body: bytes) -> bool:
        connection.sendall(answer({"data": {"bad": 2, "n": 3}}))
        closed.set()
        return False

    pair = Pair(serve, once)
    pair.ask()
    assert closed.wait(10)
    idle = pair.engine.transport.connections._idle["127.0.0.1", pair.bad.port]
    deadline = time.monotonic() + 10
    while not idle[0].is_stale():
        assert time.monotonic() < deadline
    monkeypatch.setattr(connections, "IDLE_SECONDS", 60.0)

    assert pair.ask("mutation { n }") == {"data": {"n": 3}}


def test_the_requests_of_a_wave_are_under_way_at_the_same_time(serve: Serve):
    both = threading.Barrier(2)

    def meet(name: str) -> Behaviour:
        def behave(connection: socket.socket, _body: bytes) -> bool:
            both.wait(20)  # neither answers before both were asked
            connection.sendall(answer({"data": {name: 1}}))
            return True

        return behave

    pair = Pair(serve, meet("bad"))
    pair.good.behave = meet("good")

    assert pair.ask() == {"data": {"good": 1, "bad": 1}}


def test_headers_are_lent_by_subgraph_and_cookies_come_back(serve: Serve):
    pair = Pair(serve, saying(answer({"data": {"bad": 2}}, "Set-Cookie: a=b; HttpOnly\r\n"), keep=True))
    prepared = pair.engine.prepare("{ bad }", None, {})
    send = Outgoing(lambda name: ((b"X-For", name.encode()),), time.monotonic() + 20)

    found = pair.engine.execute(prepared, {}, send)

    assert found.set_cookies == ["a=b; HttpOnly"]


def test_a_header_with_a_line_break_is_never_sent(serve: Serve):
    pair = Pair(serve, saying())

    with pytest.raises(ValueError, match="line break"):
        pair.ask(headers=lambda _name: ((b"X-Id", b"1\r\nX-Caller: me"),))
    assert pair.bad.requests == []

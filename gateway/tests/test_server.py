"""The gateway as it is started from the command line: one process, a few threads, any number of clients."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pytest

from gateway.tests.small_graph import SmallSubgraph, authors, books, free_port, write_graph

ROOT = Path(__file__).parents[2]
ASKED = b'{"query":"{ echo(text: \\"hi\\") }"}'
ANSWERED = b'{"data":{"echo":"hi"}}'
REQUEST = (
    b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
    % (len(ASKED), ASKED)
)


def _start(folder: Path, members: dict[str, SmallSubgraph], port: int) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "LOBBYCARD_HOME": str(folder / "home"),
        "GATEWAY_THREADS": "2",
        "HEARTBEAT_SECONDS": "0.2",
        "REDIS_URL": "",
    }
    command = [sys.executable, "-m", "gateway", "--subgraphs", str(write_graph(folder, members))]
    return subprocess.Popen(
        [*command, "--port", str(port)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


@pytest.fixture
def members() -> Iterator[dict[str, SmallSubgraph]]:
    """Authors and books."""
    found = {"authors": authors(), "books": books()}
    yield found
    for member in found.values():
        member.served.stop()


@pytest.fixture
def server(
    tmp_path: Path, members: dict[str, SmallSubgraph], until: Callable[[Callable[[], object]], None]
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The process and its port, once it answers."""
    port = free_port()
    process = _start(tmp_path, members, port)

    def ready() -> bool:
        assert process.poll() is None, process.stderr and process.stderr.read()
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/ready")
            return connection.getresponse().status == 200
        except OSError:
            time.sleep(0.05)
            return False

    until(ready)
    yield process, port
    process.kill()
    process.wait()


def _ask(connection: http.client.HTTPConnection) -> bytes:
    connection.request("POST", "/graphql", ASKED, {"Content-Type": "application/json"})
    return connection.getresponse().read()


def test_more_clients_than_threads_stay_connected_and_all_are_answered(
    server: tuple[subprocess.Popen[bytes], int],
):
    connections = [http.client.HTTPConnection("127.0.0.1", server[1], timeout=20) for _ in range(9)]

    answers = [_ask(connection) for _ in range(4) for connection in connections]

    assert answers == [ANSWERED] * 36
    assert all(connection.sock is not None for connection in connections)  # not one had to connect again


def test_questions_sent_in_one_go_are_answered_one_after_the_other(
    server: tuple[subprocess.Popen[bytes], int],
):
    with socket.create_connection(("127.0.0.1", server[1]), timeout=20) as client:
        client.sendall(REQUEST * 5)
        heard = b""
        while heard.count(ANSWERED) < 5:
            more = client.recv(65536)
            assert more, heard
            heard += more

    assert heard.count(b"HTTP/1.1 200 OK") == 5


@pytest.mark.parametrize("chunk", [b"2\r\n{}and more", b"zz\r\n{}\r\n0\r\n\r\n"])
def test_a_body_in_broken_chunks_is_the_client_s_fault(
    server: tuple[subprocess.Popen[bytes], int], chunk: bytes
):
    head = b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server[1]), timeout=20) as client:
        client.sendall(head + chunk)

        assert client.recv(65536).startswith(b"HTTP/1.1 400 ")


def test_it_ends_when_told_although_somebody_listens_to_a_stream(
    server: tuple[subprocess.Popen[bytes], int], members: dict[str, SmallSubgraph]
):
    process, port = server
    listener = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    body = orjson.dumps({"query": "subscription { ticks(to: 1000000) }"})
    listener.request(
        "POST", "/graphql", body, {"Content-Type": "application/json", "Accept": "text/event-stream"}
    )
    assert listener.getresponse().status == 200

    process.send_signal(signal.SIGTERM)

    assert process.wait(timeout=30) == 0


def test_a_graph_that_can_not_be_is_told_in_words_with_every_fault(
    tmp_path: Path, members: dict[str, SmallSubgraph]
):
    members["books"].sdl = (
        members["books"]
        .sdl.replace("title: String!", "title: Titel")
        .replace("book(id: ID!): Book ", "book(id: ID!): Buch ")
    )

    process = _start(tmp_path, members, free_port())
    _, told = process.communicate(timeout=60)

    assert process.returncode == 1
    assert b"Titel" in told
    assert b"Buch" in told
    assert b"Traceback" not in told

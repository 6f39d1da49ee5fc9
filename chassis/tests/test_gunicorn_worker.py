"""The worker stays with a client that asks again, and never at the cost of another."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

THREADS = 3
APP = """
import threading
opened = threading.Event()
def app(environ, start_response):
    if environ["PATH_INFO"] == "/held":
        opened.wait(60)
    if environ["PATH_INFO"] == "/open":
        opened.set()
    body = environ["wsgi.input"].read() or environ["PATH_INFO"].encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
"""


WORKER = """
from chassis.gunicorn_worker import StayingWorker
class Impatient(StayingWorker):
    patience_seconds = 1.0
"""


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """Where gunicorn serves APP with this worker."""
    (tmp_path / "small_app.py").write_text(APP)
    (tmp_path / "small_worker.py").write_text(WORKER)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        command = [
            sys.executable, "-m", "gunicorn", "-k", "small_worker.Impatient",
            "--threads", str(THREADS), "--keep-alive", "30", "--no-control-socket", "--pythonpath", str(tmp_path),
            "--bind", f"fd://{listener.fileno()}", "small_app:app",
        ]  # fmt: skip
        gunicorn = subprocess.Popen(
            command, cwd=Path(__file__).parents[2], pass_fds=[listener.fileno()], stderr=subprocess.DEVNULL
        )
        yield int(listener.getsockname()[1])
        gunicorn.terminate()
        gunicorn.wait(60)


def _client(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=60)


def _ask(client: http.client.HTTPConnection, path: str, body: bytes | None = None) -> bytes:
    client.request("POST", path, body)
    return client.getresponse().read()


def test_clients_that_ask_again_and_again_are_all_answered_on_their_connections(port: int):
    clients = [_client(port) for _ in range(3 * THREADS)]

    for turn in range(5):
        for number, client in enumerate(clients):
            assert _ask(client, "/", b"%d of %d" % (number, turn)) == b"%d of %d" % (number, turn)

    assert all(client.sock is not None for client in clients)


def test_where_others_hold_all_threads_but_one_that_one_serves_everybody(port: int):
    holding = [_client(port) for _ in range(THREADS - 1)]
    for client in holding:
        client.request("POST", "/held")
    clients = [_client(port) for _ in range(4)]

    assert [_ask(client, "/next") for client in clients * 3] == [b"/next"] * 12

    assert _ask(clients[0], "/open") == b"/open"
    assert [client.getresponse().read() for client in holding] == [b"/held"] * len(holding)


def test_questions_sent_before_the_answer_has_come_are_answered_in_order(port: int):
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.sendall(b"".join(b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n" % number for number in range(6)))
        heard, until = b"", time.monotonic() + 60
        while b"\r\n\r\n/5" not in heard:
            assert time.monotonic() < until
            heard += client.recv(65536)

    assert [line for line in heard.split(b"\r\n") if line.startswith(b"/")] == [
        b"/%dHTTP/1.1 200 OK" % number if number < 5 else b"/5" for number in range(6)
    ]


@pytest.mark.parametrize(
    "sent", [b"POST /slo", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhal"]
)
def test_clients_that_never_say_the_rest_of_what_they_began_keep_nobody_waiting(port: int, sent: bytes):
    hanging = [socket.create_connection(("127.0.0.1", port), timeout=60) for _ in range(2 * THREADS)]
    for client in hanging:
        client.sendall(sent)

    assert _ask(_client(port), "/next") == b"/next"

    for client in hanging:
        while client.recv(65536):  # whatever it was told, its line is closed in the end
            pass
        client.close()


def test_an_answer_that_takes_longer_than_a_question_may_take_arrives_whole(port: int):
    slow, other = _client(port), _client(port)
    slow.request("POST", "/held")
    until = time.monotonic() + 2.5  # longer than the question itself may take
    while time.monotonic() < until:
        assert _ask(other, "/next") == b"/next"

    assert _ask(other, "/open") == b"/open"
    assert slow.getresponse().read() == b"/held"

"""Five hundred open streams on one gateway process, as it starts without a word about threads."""

from __future__ import annotations

import os
import queue
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import urllib3

from gateway.tests.small_graph import authors, books, free_port, write_graph

ROOT = Path(__file__).parents[2]
STREAMS = 500
BODY = orjson.dumps({"query": "subscription { ticks(to: 9) }"})
REQUEST = (
    b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAccept: text/event-stream\r\n"
    b"Content-Length: %d\r\n\r\n%b" % (len(BODY), BODY)
)
EVENT = b'data: {"data":{"ticks":7}}'


def test_five_hundred_streams_hear_each_event_while_queries_are_answered(
    tmp_path: Path, until: Callable[[Callable[[], object]], None]
):
    said: queue.Queue[int] = queue.Queue()
    owner = authors()
    owner.streams["ticks"] = lambda **_given: _by_hand(said)
    members = {"authors": owner, "books": books()}
    path = write_graph(tmp_path, members, '[documents]\nshared_streams = ["ticks"]\n')
    port = free_port()
    process = _started(tmp_path, path, port)
    pool = urllib3.PoolManager(retries=False)
    lines: list[socket.socket] = []
    try:
        until(lambda: _ready(pool, port))
        for _ in range(STREAMS):
            line = socket.create_connection(("127.0.0.1", port), timeout=60)
            line.sendall(REQUEST)
            lines.append(line)
        heard = _Heard(lines)
        until(lambda: heard.lines_with(b"text/event-stream") == STREAMS)

        said.put(7)
        answer = pool.request(
            "POST",
            f"http://127.0.0.1:{port}/graphql",
            body=b'{"query":"{ echo(text: \\"hi\\") }"}',
            headers={"Content-Type": "application/json"},
            timeout=20,
        )

        assert answer.json() == {"data": {"echo": "hi"}}
        until(lambda: heard.lines_with(EVENT) == STREAMS)
        assert sum(b"ticks" in one.body for one in owner.questions()) == 1
    finally:
        process.kill()
        process.wait()
        for line in lines:
            line.close()
        for member in members.values():
            member.served.stop()


class _Heard:
    """What has come on many lines."""

    def __init__(self, lines: list[socket.socket]) -> None:
        self._texts = dict.fromkeys(lines, b"")
        self._selector = selectors.DefaultSelector()
        for line in lines:
            self._selector.register(line, selectors.EVENT_READ)

    def lines_with(self, text: bytes) -> int:
        """How many lines have told this by now."""
        for key, _ in self._selector.select(timeout=0.2):
            line: Any = key.fileobj
            self._texts[line] += line.recv(65536)
        return sum(text in told for told in self._texts.values())


def _by_hand(said: queue.Queue[int]) -> Iterator[Any]:
    while True:
        try:
            yield said.get(timeout=0.2)
        except queue.Empty:
            yield None


def _started(folder: Path, graph: Path, port: int) -> subprocess.Popen[bytes]:
    environment = {key: value for key, value in os.environ.items() if not key.endswith("_THREADS")}
    environment |= {"LOBBYCARD_HOME": str(folder / "home"), "REDIS_URL": ""}
    return subprocess.Popen(
        [sys.executable, "-m", "gateway", "--subgraphs", str(graph), "--port", str(port)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
    )


def _ready(pool: urllib3.PoolManager, port: int) -> bool:
    try:
        return bool(pool.request("GET", f"http://127.0.0.1:{port}/ready", timeout=5).status == 200)
    except urllib3.exceptions.HTTPError:
        time.sleep(0.05)
        return False

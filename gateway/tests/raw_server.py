"""A server that does to each request what a test tells it: byte by byte, or not at all."""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
from collections.abc import Callable

import orjson

FIRST_PORT, LAST_PORT = 4600, 4649
_ports = itertools.cycle(range(FIRST_PORT, LAST_PORT + 1))

Behaviour = Callable[[socket.socket, bytes], bool | None]  # True keeps the connection for another request


class RawServer:
    """Listens until closed. `requests` are the bodies it got, `connections` how many came."""

    def __init__(self, behave: Behaviour) -> None:
        self.behave = behave
        self.requests: list[bytes] = []
        self.connections = 0
        self.released = threading.Event()  # set at the end, for behaviours that wait for it
        self._open: list[socket.socket] = []
        self._listener = self._listen()
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/graphql"

    def _listen(self) -> socket.socket:
        for port in itertools.islice(_ports, LAST_PORT - FIRST_PORT):
            listener = socket.socket()
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                listener.bind(("127.0.0.1", port))
                listener.listen(16)
                return listener
            listener.close()
        raise AssertionError("no free port")

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                self._open.append(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection, connection.makefile("rb") as incoming:
            while (body := _read(incoming.readline, incoming.read)) is not None:
                self.requests.append(body)
                if not self.behave(connection, body):
                    return

    def close(self) -> None:
        """Stop listening and drop every connection."""
        self.released.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()


def _read(readline: Callable[[], bytes], read: Callable[[int], bytes]) -> bytes | None:
    length = 0
    if not readline():
        return None
    while (line := readline().strip()) != b"":
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return read(length)


def answer(data: object, extra: str = "") -> bytes:
    """A plain good answer."""
    body = orjson.dumps(data)
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{extra}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def saying(*parts: bytes, keep: bool = False) -> Behaviour:
    """Send these bytes to every request."""

    def behave(connection: socket.socket, _body: bytes) -> bool:
        for part in parts:
            connection.sendall(part)
        return keep

    return behave


def resetting(connection: socket.socket, _body: bytes) -> bool:
    """Break the connection off with a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    return False

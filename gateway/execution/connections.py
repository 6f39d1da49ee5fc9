"""Keep-alive HTTP/1.1 connections to subgraphs, pooled by address.

One connection carries one request at a time. Idle ones wait in a stack, so that the busiest stay
warm; one that has become readable while idle was closed by its peer and is thrown away.
"""

from __future__ import annotations

import select
import socket
import ssl
import struct
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

IDLE_SECONDS = 55.0
IDLE_PER_ADDRESS = 128
# How long a receive may wait in the kernel by itself, and the same as the socket option takes it (struct timeval).
FIRST_WAIT_SECONDS = 0.25
_FIRST_WAIT = struct.pack("@ll", 0, int(FIRST_WAIT_SECONDS * 1_000_000))


@dataclass(frozen=True, slots=True)
class Address:
    """Where a subgraph answers; `head` is the fixed beginning of every request to it."""

    host: str
    port: int
    secure: bool
    head: bytes

    @classmethod
    def of(cls, url: str) -> Address:
        """The address of an http or https URL. Raises ValueError for anything else."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"not an http address: {url!r}")
        secure = parts.scheme == "https"
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        port = parts.port or (443 if secure else 80)
        named = host if port == (443 if secure else 80) else f"{host}:{port}"
        # No User-Agent here: the client's own is passed on, and two of them would be read as one.
        head = f"POST {path} HTTP/1.1\r\nHost: {named}\r\nContent-Type: application/json\r\n"
        return cls(parts.hostname, port, secure, head.encode("ascii"))


class Connection:
    """One socket with what has been read ahead from it.

    Most answers come within the first wait, which the kernel itself measures: one system call for one answer. Each
    one spared counts twice, because around it a thread gives up the interpreter and has to win it back. For longer
    waits there is a poller; Python's own timeouts would cost two system calls more for each send and receive.
    """

    __slots__ = ("_poller", "address", "buffer", "fresh", "idle_since", "socket")

    def __init__(self, address: Address, connected: socket.socket) -> None:
        if address.secure:
            connected.setblocking(False)
        else:
            connected.setblocking(True)
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _FIRST_WAIT)
        self.address = address
        self.socket = connected
        self.buffer = bytearray()
        self.fresh = True
        self.idle_since = 0.0
        self._poller = select.poll()
        self._poller.register(connected, select.POLLIN)

    def is_stale(self) -> bool:
        """Whether the peer has closed it, or said something nobody asked for."""
        return self.readable(0)

    def readable(self, seconds: float) -> bool:
        """Whether there is something to read (or an end) within the time."""
        return bool(self._poller.poll(seconds * 1000 if seconds > 0 else 0))

    def receive(self, size: int, seconds: float) -> bytes | None:
        """What has come, b"" at the end, None when nothing came in time. Raises OSError."""
        if self.address.secure:
            return self._receive_secure(size, seconds)
        if seconds > FIRST_WAIT_SECONDS:
            try:
                return self.socket.recv(size)
            except BlockingIOError:
                seconds -= FIRST_WAIT_SECONDS
        while self.readable(seconds):
            try:
                return self.socket.recv(size, socket.MSG_DONTWAIT)
            except BlockingIOError:
                continue
        return None

    def _receive_secure(self, size: int, seconds: float) -> bytes | None:
        until = time.monotonic() + seconds
        while True:
            try:
                return self.socket.recv(size)
            except ssl.SSLWantReadError:
                if not self.readable(until - time.monotonic()):
                    return None

    def send(self, content: bytes, deadline: float) -> None:
        """Send all of it. Raises OSError; TimeoutError when the peer does not take it in time."""
        sent = self._send(content)
        while sent < len(content):
            self._wait_until_writable(deadline)
            sent += self._send(memoryview(content)[sent:])

    def _send(self, content: bytes | memoryview) -> int:
        """How many bytes of it could be sent without waiting."""
        try:
            return self.socket.send(content, 0 if self.address.secure else socket.MSG_DONTWAIT)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return 0

    def _wait_until_writable(self, deadline: float) -> None:
        poller = select.poll()
        poller.register(self.socket, select.POLLOUT)
        if not poller.poll(max(deadline - time.monotonic(), 0) * 1000):
            raise TimeoutError

    def close(self) -> None:
        """Close the socket; what was read ahead is lost."""
        self.socket.close()


class Connections:
    """The pool. Safe for threads: a connection is in the hands of one at a time."""

    def __init__(self) -> None:
        self._idle: dict[tuple[str, int], list[Connection]] = {}
        self._lock = threading.Lock()
        self._tls = ssl.create_default_context()

    def idle(self, address: Address) -> Connection | None:
        """A connection that waits for work, or None."""
        stack = self._idle.get((address.host, address.port))
        while stack:
            try:
                connection = stack.pop()
            except IndexError:
                return None
            if time.monotonic() - connection.idle_since < IDLE_SECONDS:
                connection.fresh = False
                return connection
            connection.close()
        return None

    def begin(self, address: Address) -> socket.socket:
        """A socket on its way to the address; it is connected once it is writable. Raises OSError."""
        family, kind, protocol, _, where = socket.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM
        )[0]
        started = socket.socket(family, kind, protocol)
        try:
            started.setblocking(False)
            started.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            started.connect_ex(where)
        except OSError:
            started.close()
            raise
        return started

    def finish(self, address: Address, started: socket.socket, seconds: float) -> Connection:
        """The connection over a socket that has become writable. Raises OSError."""
        fault = started.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if fault:
            started.close()
            raise OSError(fault, "connection failed")
        started.settimeout(max(seconds, 0.001))
        if address.secure:
            started = self._tls.wrap_socket(started, server_hostname=address.host)
        return Connection(address, started)

    def release(self, connection: Connection) -> None:
        """Hand back a connection whose answer was read to the end."""
        stack = self._idle.get((connection.address.host, connection.address.port))
        if stack is None:
            with self._lock:
                stack = self._idle.setdefault((connection.address.host, connection.address.port), [])
        if len(stack) >= IDLE_PER_ADDRESS:
            connection.close()
            return
        connection.idle_since = time.monotonic()
        stack.append(connection)

    def counts(self) -> Mapping[str, int]:
        """Idle connections by address, for metrics."""
        return {f"{host}:{port}": len(stack) for (host, port), stack in list(self._idle.items())}

    def close(self) -> None:
        """Drop every idle connection."""
        for stack in list(self._idle.values()):
            while stack:
                stack.pop().close()

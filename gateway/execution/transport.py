"""The only I/O of the engine: many requests written, then their answers read.

Writing all before reading any gives parallel requests without threads or an event loop: while one
answer is read, the others gather in the sockets' buffers.
"""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.execution.connections import Address, Connection, Connections
from gateway.execution.http_answer import Broken, HttpAnswer, Reader, TimedOut

MAXIMUM_ANSWER = 32 * 1024 * 1024


@dataclass(slots=True)
class Call:
    """One request to one subgraph. `headers` end with a line break each; `repeatable` is for queries."""

    address: Address
    headers: bytes
    body: bytes
    deadline: float
    repeatable: bool

    def bytes(self) -> bytes:
        """The request as it goes over the wire."""
        length = b"Content-Length: %d\r\n\r\n" % len(self.body)
        return b"".join((self.address.head, self.headers, length, self.body))


Outcome = HttpAnswer | Broken


class Transport:
    """Sends calls. Threads may share one: only the pool is shared."""

    def __init__(self, connections: Connections | None = None, maximum: int = MAXIMUM_ANSWER) -> None:
        self.connections = connections or Connections()
        self._maximum = maximum

    def exchange(self, calls: Sequence[Call]) -> list[Outcome]:
        """The outcome of every call, in order; a failed one never disturbs the others."""
        open_: list[Connection | Broken | None] = [self._sent_on_idle(call) for call in calls]
        if any(connection is None for connection in open_):
            self._send_on_new(calls, open_)
        return [self._read(call, connection) for call, connection in zip(calls, open_, strict=True)]

    def open(self, call: Call) -> Connection:
        """A connection with the call written to it, for an answer without an end. Raises Broken."""
        found: list[Connection | Broken | None] = [None]
        self._send_on_new([call], found)
        connection = found[0]
        if isinstance(connection, Connection):
            return connection
        raise connection or Broken("it cannot be reached")

    def _sent_on_idle(self, call: Call) -> Connection | Broken | None:
        while (connection := self.connections.idle(call.address)) is not None:
            # A mutation is never sent twice: look before sending it into a connection gone dead.
            if not call.repeatable and connection.is_stale():
                connection.close()
                continue
            try:
                connection.send(call.bytes(), call.deadline)
                return connection
            except OSError:
                connection.close()
                if not call.repeatable:  # the peer may have taken it; without an answer nobody knows
                    return Broken("it broke the connection")
        return None

    def _send_on_new(self, calls: Sequence[Call], open_: list[Connection | Broken | None]) -> None:
        """Connect for all calls that found no idle connection, side by side, and send."""
        started: dict[int, tuple[int, socket.socket]] = {}
        poller = select.poll()
        for index, call in enumerate(calls):
            if open_[index] is not None:
                continue
            try:
                begun = self.connections.begin(call.address)
            except OSError:
                open_[index] = Broken("it cannot be reached")
                continue
            started[begun.fileno()] = index, begun
            poller.register(begun, select.POLLOUT)
        while started:
            left = min(calls[index].deadline for index, _ in started.values()) - time.monotonic()
            for descriptor, _event in poller.poll(max(left, 0) * 1000):
                index, begun = started.pop(descriptor)
                poller.unregister(descriptor)
                open_[index] = self._send_first(calls[index], begun)
            self._give_up(calls, started, poller, open_)

    def _send_first(self, call: Call, begun: socket.socket) -> Connection | Broken:
        try:
            connection = self.connections.finish(call.address, begun, call.deadline - time.monotonic())
        except OSError:
            begun.close()
            return Broken("it cannot be reached")
        try:
            connection.send(call.bytes(), call.deadline)
        except OSError:
            connection.close()
            return Broken("it broke the connection")
        return connection

    def _give_up(
        self,
        calls: Sequence[Call],
        started: dict[int, tuple[int, socket.socket]],
        poller: select.poll,
        open_: list[Connection | Broken | None],
    ) -> None:
        now = time.monotonic()
        for descriptor, (index, begun) in list(started.items()):
            if now >= calls[index].deadline:
                poller.unregister(descriptor)
                del started[descriptor]
                begun.close()
                open_[index] = TimedOut("it cannot be reached in time")

    def _read(self, call: Call, connection: Connection | Broken | None) -> Outcome:
        if not isinstance(connection, Connection):
            return connection or Broken("it cannot be reached")
        try:
            answer = Reader(connection, call.deadline, self._maximum).answer()
        except Broken as fault:
            connection.close()
            if fault.before_answer and not connection.fresh and call.repeatable:
                return self._again(call)
            return fault
        if answer.keep and not connection.buffer:
            self.connections.release(connection)
        else:
            connection.close()
        return answer

    def _again(self, call: Call) -> Outcome:
        """Once more on a new connection: the idle one had been closed by its peer."""
        found: list[Connection | Broken | None] = [None]
        self._send_on_new([call], found)
        return self._read(call, found[0])


def joined_headers(pairs: Sequence[tuple[bytes, bytes]]) -> bytes:
    """Header lines as they go over the wire; a line break inside a header is refused."""
    lines = b"".join([b"%b: %b\r\n" % pair for pair in pairs])
    if not lines.count(b"\n") == lines.count(b"\r") == len(pairs):
        raise ValueError("a header holds a line break")
    return lines

"""Reads one HTTP/1.1 answer from a connection: strict, within a deadline, up to a size."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.execution.connections import Connection

MAXIMUM_HEAD = 64 * 1024
READ_SIZE = 64 * 1024
NO_BODY = frozenset({204, 304})
HEXADECIMAL = re.compile(rb"[0-9a-fA-F]{1,8}")


class Broken(Exception):
    """The answer cannot be had. `before_answer`: the peer closed without a byte of it."""

    def __init__(self, reason: str, *, before_answer: bool = False) -> None:
        super().__init__(reason)
        self.before_answer = before_answer


class TimedOut(Broken):
    """The deadline passed."""


@dataclass(slots=True)
class HttpAnswer:
    """Status, body and the headers that matter; `keep` says whether the connection lives on."""

    status: int
    body: bytes
    content_type: str
    cookies: list[str] = field(default_factory=list)
    keep: bool = True


class Reader:
    """Reads from one connection until `deadline` (an instant of time.monotonic)."""

    def __init__(self, connection: Connection, deadline: float, maximum: int) -> None:
        self._connection = connection
        self._buffer = connection.buffer
        self._deadline = deadline
        self._maximum = maximum
        self._any = False
        self._endless: float | None = None

    def answer(self) -> HttpAnswer:
        """The whole answer. Raises Broken, TimedOut."""
        if not self._buffer:
            received = self._received()
            body = usual_body(received)
            if body is not None:
                return HttpAnswer(200, body, "application/json")
            self._buffer += received
        while True:
            found, length, chunked = self.head()
            if found.status >= 200:  # 1xx only announce the real one
                break
        if found.status not in NO_BODY:
            found.keep = found.keep and (chunked or length is not None)
            found.body = self.body(length, chunked=chunked)
        return found

    def body(self, length: int | None, *, chunked: bool) -> bytes:
        """The body that the headers announced."""
        if chunked:
            return b"".join(self._chunks())
        return self._to_the_end() if length is None else self._exactly(length)

    def pieces(self, silence_seconds: float, *, chunked: bool) -> Iterator[bytes]:
        """A body without an end, as it comes. Raises TimedOut after a silence."""
        self._endless = silence_seconds
        if chunked:
            yield from self._chunks()
            return
        while True:
            if not self._buffer:
                self._more()
            taken = bytes(self._buffer)
            self._buffer.clear()
            yield taken

    def head(self) -> tuple[HttpAnswer, int | None, bool]:
        """Status and headers, the content length if told, and whether the body comes in chunks."""
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            if len(self._buffer) > MAXIMUM_HEAD:
                raise Broken("its headers have no end")
            self._more()
        whole = bytes(self._buffer[:end])
        del self._buffer[: end + 4]
        lines = whole.split(b"\r\n")
        version, status = self._status(lines[0])
        found = HttpAnswer(status, b"", "", keep=version == b"HTTP/1.1")
        length: int | None = None
        chunked = False
        for line in lines[1:]:
            name, colon, raw = line.partition(b":")
            if not colon:
                raise Broken("its headers are malformed")
            name = name.lower()
            if name == b"content-length":
                length = self._length(raw, length)
            elif name == b"transfer-encoding":
                chunked = raw.strip().lower() == b"chunked"
                if not chunked:
                    raise Broken("its transfer encoding is unknown")
            elif name == b"connection":
                found.keep = b"close" not in raw.lower()
            elif name == b"content-type":
                found.content_type = raw.strip().decode("latin-1").lower()
            elif name == b"set-cookie":
                found.cookies.append(raw.strip().decode("latin-1"))
        return found, length, chunked

    def _status(self, line: bytes) -> tuple[bytes, int]:
        parts = line.split(b" ", 2)
        if len(parts) < 2 or not parts[0].startswith(b"HTTP/1.") or not parts[1].isdigit():
            raise Broken("it does not speak HTTP/1.1")
        return parts[0], int(parts[1])

    def _length(self, raw: bytes, known: int | None) -> int:
        text = raw.strip()
        if not text.isdigit() or (known is not None and known != int(text)):
            raise Broken("its content length is malformed")
        if int(text) > self._maximum:
            raise Broken("its answer is too large")
        return int(text)

    def _exactly(self, length: int) -> bytes:
        while len(self._buffer) < length:
            self._more()
        body = bytes(self._buffer[:length])
        del self._buffer[:length]
        return body

    def _chunks(self) -> Iterator[bytes]:
        total = 0
        while True:
            size = self._chunk_size()
            total += size
            if total > self._maximum and self._endless is None:
                raise Broken("its answer is too large")
            if size == 0:
                while self._line():  # trailers
                    pass
                return
            yield self._exactly(size)
            if self._exactly(2) != b"\r\n":
                raise Broken("its chunks are malformed")

    def _chunk_size(self) -> int:
        line = self._line().split(b";", 1)[0].strip()
        if not HEXADECIMAL.fullmatch(line):
            raise Broken("its chunks are malformed")
        return int(line, 16)

    def _line(self) -> bytes:
        while (end := self._buffer.find(b"\r\n")) < 0:
            if len(self._buffer) > MAXIMUM_HEAD:
                raise Broken("its chunks are malformed")
            self._more()
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        return line

    def _to_the_end(self) -> bytes:
        while True:
            try:
                self._more()
            except Broken as fault:
                if isinstance(fault, TimedOut):
                    raise
                break
            if len(self._buffer) > self._maximum:
                raise Broken("its answer is too large")
        body = bytes(self._buffer)
        self._buffer.clear()
        return body

    def _more(self) -> None:
        self._buffer += self._received()

    def _received(self) -> bytes:
        left = self._endless if self._endless is not None else self._deadline - time.monotonic()
        # Bytes that came in time are read even if another answer was waited for meanwhile.
        try:
            received = self._connection.receive(READ_SIZE, left)
        except OSError as error:
            raise Broken("it broke the connection", before_answer=not self._any) from error
        if received is None:
            raise TimedOut("it did not answer in time")
        if not received:
            raise Broken("it closed the connection", before_answer=not self._any and not self._buffer)
        self._any = True
        return received


def usual_body(received: bytes) -> bytes | None:
    """The body of what nearly every answer is: one piece, status 200, one content length, kept open.

    None for anything else, which is then read step by step.
    """
    end = received.find(b"\r\n\r\n")
    head = received[: end + 2].lower()
    if end < 0 or not head.startswith(b"http/1.1 200 "):
        return None
    if b"\r\ntransfer-encoding:" in head or b"\r\nset-cookie:" in head:
        return None
    connection = head.find(b"\r\nconnection:")
    if connection >= 0 and not head.startswith(b" keep-alive\r\n", connection + 13):
        return None
    at = head.find(b"\r\ncontent-length:")
    if at < 0 or head.find(b"\r\ncontent-length:", at + 2) >= 0:
        return None
    digits = head[at + 17 : head.find(b"\r\n", at + 2)].strip()
    if not digits.isdigit() or len(received) != end + 4 + int(digits):
        return None
    return received[end + 4 :]

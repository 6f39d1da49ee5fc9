"""Subscriptions: the root field streams from its subgraph, the rest of each event is planned like a query.

Upstream speaks server-sent events in graphql-sse's distinct connections mode: `next` events carry an
answer each, `complete` ends the stream. A stream that breaks off is taken up again for a while, so
that a restart of the subgraph goes unnoticed but for what was said meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from gateway.execution.compiled import CompiledRequest, Entered
from gateway.execution.executor import Executor, Outgoing, Run, Trouble, read_answer
from gateway.execution.http_answer import Broken, HttpAnswer, Reader
from gateway.execution.prepared import Ready
from gateway.execution.transport import Call, Transport, joined_headers

SILENCE_SECONDS = 45.0  # three missed heartbeats
RESUME_SECONDS = 60.0
PAUSES = (0.1, 0.3, 1.0, 2.0)
MAXIMUM_EVENT = 4 * 1024 * 1024


class NoStream(Exception):
    """The subgraph answered, but not with a stream: `answer` is what it said, if it was GraphQL."""

    def __init__(self, answer: dict[str, Any] | None, kind: str) -> None:
        super().__init__(kind)
        self.answer = answer
        self.kind = kind


class Subscriber:
    """Turns the events of one upstream into response bodies."""

    def __init__(self, executor: Executor, transport: Transport) -> None:
        self._executor = executor
        self._transport = transport

    def bodies(self, ready: Ready, variables: Mapping[str, Any], send: Outgoing) -> Iterator[bytes]:
        """One response body per event. Ends when the subgraph completes or stays away too long.

        An empty body is no event: a heartbeat came or a try to reconnect failed, and whoever reads
        may look whether anybody still listens.
        """
        request = ready.compiled.waves[0][0]
        lost_at: float | None = None
        attempt = 0
        while True:
            try:
                for event in self._events(request, variables, send):
                    lost_at, attempt = None, 0
                    yield b"" if event is None else self._body(ready, request, event, variables, send)
                return
            except NoStream as refusal:
                if refusal.kind != "unavailable":
                    yield self._refused(ready, request, refusal, variables, send)
                    return
            except Broken:
                pass
            now = time.monotonic()
            lost_at = lost_at or now
            if now - lost_at > RESUME_SECONDS:
                yield self._refused(ready, request, NoStream(None, "unavailable"), variables, send)
                return
            yield b""
            time.sleep(PAUSES[min(attempt, len(PAUSES) - 1)])
            attempt += 1

    def _events(
        self, request: CompiledRequest, variables: Mapping[str, Any], send: Outgoing
    ) -> Iterator[dict[str, Any] | None]:
        run = Run(send, variables)
        built = request.build(run.tree, variables)
        assert built is not None
        now = time.monotonic()
        headers = b"Accept: text/event-stream\r\n" + joined_headers(send.headers(request.service))
        call = Call(request.address, headers, built[0], now + request.deadline_seconds, repeatable=True)
        connection = self._transport.open(call)
        try:
            # Servers may hold the headers back until there is a first event.
            reader = Reader(connection, now + SILENCE_SECONDS, MAXIMUM_EVENT)
            found, length, chunked = reader.head()
            if found.status != 200 or not found.content_type.startswith("text/event-stream"):
                raise self._no_stream(reader, found, length, chunked=chunked)
            yield from _messages(reader, chunked=chunked)
        finally:
            connection.close()

    def _no_stream(self, reader: Reader, found: HttpAnswer, length: int | None, *, chunked: bool) -> NoStream:
        found.body = reader.body(length, chunked=chunked)
        answer, kind = read_answer(found)
        return NoStream(answer, "answered" if answer is not None else kind)

    def _body(
        self,
        ready: Ready,
        request: CompiledRequest,
        event: dict[str, Any],
        variables: Mapping[str, Any],
        send: Outgoing,
    ) -> bytes:
        run = self._run(variables, send, ready)
        entered = [Entered(visit, [[run.tree]]) for visit in request.visits]
        self._executor.accept(request, entered, event, run)
        self._executor.run(ready.compiled, run, first_wave=1)
        return ready.answer(run).body

    def _refused(
        self,
        ready: Ready,
        request: CompiledRequest,
        refusal: NoStream,
        variables: Mapping[str, Any],
        send: Outgoing,
    ) -> bytes:
        run = self._run(variables, send, ready)
        entered = [Entered(visit, [[run.tree]]) for visit in request.visits]
        if refusal.answer is not None:
            self._executor.accept(request, entered, refusal.answer, run)
        else:
            run.troubles.append(Trouble(request, entered, refusal.kind))
        return ready.answer(run).body

    def _run(self, variables: Mapping[str, Any], send: Outgoing, ready: Ready) -> Run:
        """A run for one event: the stream has no end, each event has the deadline of its requests."""
        longest = sum(max(one.deadline_seconds for one in wave) for wave in ready.compiled.waves)
        own = Outgoing(
            headers=send.headers,
            deadline=time.monotonic() + longest,
            before=send.before,
            after=send.after,
            unmask=send.unmask,
            request_id=send.request_id,
        )
        return Run(own, variables)


def _messages(reader: Reader, *, chunked: bool) -> Iterator[dict[str, Any] | None]:
    """The answers in a stream of events, None for a comment. Raises Broken when it breaks off or falls silent."""
    waiting = bytearray()
    for piece in reader.pieces(SILENCE_SECONDS, chunked=chunked):
        waiting += piece
        if b"\r\n" in waiting:
            waiting = waiting.replace(b"\r\n", b"\n")
        while (end := waiting.find(b"\n\n")) >= 0:
            block = bytes(waiting[:end])
            del waiting[: end + 2]
            name, content = _fields(block)
            if name == b"complete":
                return
            yield _decoded(content) if content else None
        if len(waiting) > MAXIMUM_EVENT:
            raise Broken("its event is too large")
    raise Broken("it ended the stream")


def _fields(block: bytes) -> tuple[bytes, bytes]:
    """Name and data of one event; comments have neither."""
    name, content = b"", []
    for line in block.split(b"\n"):
        label, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if label == b"event":
            name = value
        elif label == b"data":
            content.append(value)
    return name, b"\n".join(content)


def _decoded(content: bytes) -> dict[str, Any]:
    try:
        event = orjson.loads(content)
    except orjson.JSONDecodeError:
        event = None
    return event if isinstance(event, dict) else {"data": []}  # taken for malformed further on

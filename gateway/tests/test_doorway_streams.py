"""Subscriptions to the client: server-sent events, one upstream for all who watch the same, an end when allowed."""

from __future__ import annotations

import json
import queue
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
import urllib3

from chassis.revocations import Revocations
from chassis.testing import REDIS_URL
from gateway.doorway.admission import Admission
from gateway.doorway.streams import EventStreams
from gateway.tests.conftest import OpenGateway
from gateway.tests.small_graph import SmallGateway, authors, books
from gateway.tests.tokens import IDENTITY, Signer

TICKS = "subscription($to: Int!) { ticks(to: $to) }"
SHARED = '[documents]\nshared_streams = ["ticks"]\n'
Until = Callable[[Callable[[], object]], None]


class Line:
    """An open stream as a client reads it."""

    def __init__(self, gateway: SmallGateway, query: str, variables: dict[str, Any], **headers: str) -> None:
        named = {"Content-Type": "application/json", "Accept": "text/event-stream", **headers}
        self.response = urllib3.PoolManager(retries=False).request(
            "POST",
            gateway.served.url + "/graphql",
            body=json.dumps({"query": query, "variables": variables}),
            headers=named,
            preload_content=False,
            timeout=20,
        )
        self._text = b""

    def read(self) -> str:
        """The next event or comment."""
        while b"\n\n" not in self._text:
            piece = self.response.read1()
            if not piece:
                return "(end)"
            self._text += piece
        block, _, self._text = self._text.partition(b"\n\n")
        return block.decode()

    def event(self) -> str:
        """The next event, comments passed over."""
        while (block := self.read()).startswith(":"):
            pass
        return block

    def leave(self) -> None:
        """Close the connection, as a page that is left."""
        self.response.close()


def _next(value: int) -> str:
    return f'event: next\ndata: {{"data":{{"ticks":{value}}}}}'


@pytest.fixture
def said() -> queue.Queue[int | None]:
    """What the subgraph is to say next; None ends its stream."""
    return queue.Queue()


def _by_hand(said: queue.Queue[int | None]) -> Callable[..., Iterator[Any]]:
    def ticks(to: int = 0) -> Iterator[Any]:
        while True:
            try:
                value = said.get(timeout=0.05)
            except queue.Empty:
                yield None
                continue
            if value is None:
                return
            yield value

    return ticks


def test_events_come_as_they_happen_and_the_end_is_told(gateway: SmallGateway):
    line = Line(gateway, TICKS, {"to": 2})

    assert line.response.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert line.response.headers["Cache-Control"] == "no-store"
    assert [line.event() for _ in range(4)] == [_next(1), _next(2), "event: complete\ndata:", "(end)"]


def test_fields_of_other_members_are_joined_to_each_event(open_small: OpenGateway):
    owner = authors()
    owner.streams["renamed"] = lambda: iter([{"id": "1", "__typename": "Author"}])
    gateway = open_small(members={"authors": owner, "books": books()})

    line = Line(gateway, "subscription { renamed { books { title } } }", {})

    assert line.event() == 'event: next\ndata: {"data":{"renamed":{"books":[{"title":"Roads"}]}}}'


def test_a_query_may_be_answered_as_a_stream_of_one(gateway: SmallGateway):
    line = Line(gateway, '{ echo(text: "x") }', {})

    assert line.event() == 'event: next\ndata: {"data":{"echo":"x"}}'
    assert line.event() == "event: complete\ndata:"


def test_a_wrong_subscription_is_refused_as_json(gateway: SmallGateway):
    answer = gateway.post({"query": "subscription { nothing }"}, Accept="text/event-stream")

    assert (answer.status, answer.headers["Content-Type"]) == (400, "application/json; charset=utf-8")


def test_silence_is_filled_with_comments(open_small: OpenGateway, said: queue.Queue[int | None]):
    gateway = open_small(HEARTBEAT_SECONDS=0.05)
    gateway.members["authors"].streams["ticks"] = _by_hand(said)

    line = Line(gateway, TICKS, {"to": 0})

    assert [line.read() for _ in range(3)] == [":", ":", ":"]
    said.put(7)
    assert line.event() == _next(7)


def test_a_stream_that_is_equal_for_all_is_opened_once_upstream(
    open_small: OpenGateway, said: queue.Queue[int | None], until: Until
):
    gateway = open_small(SHARED)
    member = gateway.members["authors"]
    member.streams["ticks"] = _by_hand(said)

    lines = [Line(gateway, TICKS, {"to": 0}) for _ in range(5)]
    other = Line(gateway, TICKS, {"to": 9})
    assert [line.read() for line in [*lines, other]] == [":"] * 6
    until(lambda: len(member.questions()) == 2)
    said.put(1)
    said.put(1)

    heard = [line for line in lines if line.event() == _next(1)]
    assert len(heard) == 5
    assert len(member.questions()) == 2


def test_a_shared_stream_is_asked_for_as_a_visitor(open_small: OpenGateway, said: queue.Queue[int | None]):
    signer = Signer()
    owner = authors()
    owner.app.add_url_rule("/keys", "keys", lambda: {"keys": [signer.published()]})
    owner.streams["ticks"] = _by_hand(said)
    gateway = open_small(IDENTITY + SHARED, {"authors": owner, "books": books()})

    line = Line(gateway, TICKS, {"to": 0}, Authorization=f"Bearer {signer.token()}")
    said.put(1)
    line.event()

    import jwt

    statement = owner.questions()[-1].headers["X-Caller"]
    assert "sub" not in jwt.decode(statement, options={"verify_signature": False})


def test_the_upstream_is_closed_when_the_last_listener_leaves(
    open_small: OpenGateway, said: queue.Queue[int | None], until: Until
):
    gateway = open_small(SHARED, HEARTBEAT_SECONDS=0.05)
    closed: list[bool] = []

    def ticks(to: int = 0) -> Iterator[Any]:
        try:
            yield from _by_hand(said)()
        finally:
            closed.append(True)

    gateway.members["authors"].streams["ticks"] = ticks
    line = Line(gateway, TICKS, {"to": 0})
    line.read()

    line.leave()

    until(lambda: closed == [True])


def test_a_restart_of_the_member_is_a_pause_and_not_an_end(
    open_small: OpenGateway, said: queue.Queue[int | None], until: Until
):
    gateway = open_small()
    member = gateway.members["authors"]
    starts: list[int] = []

    def breaks_off_once(to: int = 0) -> Iterator[Any]:
        starts.append(1)
        yield len(starts)
        if len(starts) == 1:
            raise ConnectionError("the process dies")
        yield from _by_hand(said)()

    member.streams["ticks"] = breaks_off_once
    line = Line(gateway, TICKS, {"to": 0})

    assert [line.event(), line.event()] == [_next(1), _next(2)]


@pytest.mark.real("redis")
@pytest.mark.parametrize("heartbeat", [0.05, 600])
def test_a_stream_ends_with_its_session_though_nothing_happens_in_it(
    open_small: OpenGateway, said: queue.Queue[int | None], redis_client: redis.Redis, heartbeat: float
):
    signer = Signer()
    owner = authors()
    owner.app.add_url_rule("/keys", "keys", lambda: {"keys": [signer.published()]})
    owner.streams["ticks"] = _by_hand(said)
    gateway = open_small(
        IDENTITY, {"authors": owner, "books": books()}, REDIS_URL=REDIS_URL, HEARTBEAT_SECONDS=heartbeat
    )
    Revocations(redis_client).revoke("another", 60)
    line = Line(gateway, TICKS, {"to": 0}, Authorization=f"Bearer {signer.token()}")
    line.read()

    Revocations(redis_client).revoke("session-1", 60)

    assert '"code":"UNAUTHENTICATED"' in line.event()
    assert line.event() == "event: complete\ndata:"


def test_streams_beyond_the_places_for_them_are_told_to_come_back(
    open_small: OpenGateway, said: queue.Queue[int | None], until: Until
):
    gateway = open_small(MAXIMUM_STREAMS=1, HEARTBEAT_SECONDS=0.05)
    gateway.members["authors"].streams["ticks"] = _by_hand(said)
    first = Line(gateway, TICKS, {"to": 0})
    first.read()

    second = Line(gateway, TICKS, {"to": 0})
    assert (second.response.status, second.response.headers["Retry-After"]) == (503, "1")

    first.leave()
    until(lambda: Line(gateway, TICKS, {"to": 0}).response.status == 200)


def test_a_listener_that_falls_behind_is_let_go_and_the_others_stay(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("gateway.doorway.streams.WAITING_EVENTS", 3)
    streams = EventStreams(Admission(1, 10), heartbeat_seconds=5)
    go: queue.Queue[None] = queue.Queue()

    def source() -> Iterator[bytes]:
        go.get()
        for number in range(10):
            yield b"%d" % number
        go.get()

    events: Iterator[Any] = iter(streams.open(source, shared_as="all").pieces())
    next(events)
    go.put(None)

    deadline = time.monotonic() + 20
    text = b""
    while b"complete" not in text:
        assert time.monotonic() < deadline
        text += next(events)
    go.put(None)

    assert text.startswith(b"event: next\ndata: 0")
    assert text.count(b"event: next") < 10

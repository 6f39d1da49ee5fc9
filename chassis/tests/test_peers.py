"""Asking a sibling: side by side, with a deadline, and not at all while it is known to be away."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
import pytest
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from chassis.breaker import FAILURES, OPEN_SECONDS, WITHIN_SECONDS, Breaker
from chassis.errors import Unavailable
from chassis.identity import CALLER_HEADER, Caller, read_caller
from chassis.peers import NeverAsked, PeerError, Peers
from chassis.testing_rooms import KEYS, SECRET


class Sibling:
    """A server on a port of its own that answers as `answer` says."""

    def __init__(self) -> None:
        self.answer: Callable[[Request], Any] = lambda _request: {"data": {"name": "Faust"}}
        self.asked = 0
        self.alive = True
        self._door = _free_port()
        self.server = make_server("127.0.0.1", 0, self._answer, threaded=True, fd=self._door.fileno())
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}"

    def _answer(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        self.asked += request.path == "/graphql"
        told = (
            Response(status=200 if self.alive else 503) if request.path == "/live" else self.answer(request)
        )
        response = told if isinstance(told, Response) else Response(orjson.dumps(told))
        return response(environ, start_response)


def _free_port() -> socket.socket:
    for port in range(4560, 4600):
        door = socket.socket()
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind(("127.0.0.1", port))
            door.listen(16)
            return door
        except OSError:
            door.close()
    raise AssertionError("no free port")


@pytest.fixture
def sibling() -> Iterator[Sibling]:
    running = Sibling()
    yield running
    running.server.shutdown()
    running.server.server_close()


@pytest.fixture
def peers(sibling: Sibling) -> Peers:
    return Peers("asking", {"sibling": sibling.url}, SECRET)


def test_the_sibling_learns_who_asks_and_for_whom(sibling, peers):
    callers = []

    def answer(request):
        callers.append(read_caller(request.headers[CALLER_HEADER], "sibling", KEYS))
        return {"data": {"name": "Faust"}}

    sibling.answer = answer

    told = peers.call("sibling", "{ name }", caller=Caller("ana"))

    assert told == {"name": "Faust"}
    assert [(caller.user_id, caller.issuer) for caller in callers] == [("ana", "asking")]


def test_one_slow_answer_keeps_nobody_else_waiting(sibling, peers):
    all_there = threading.Barrier(6, timeout=20)

    def answer(_request):
        all_there.wait()  # passes only when six are asked at the same time
        return {"data": {"name": "Faust"}}

    sibling.answer = answer

    with ThreadPoolExecutor(6) as threads:
        told = list(threads.map(lambda _: peers.call("sibling", "{ name }", deadline_seconds=20), range(6)))

    assert told == [{"name": "Faust"}] * 6


def test_errors_keep_their_codes(sibling, peers):
    sibling.answer = lambda _: {
        "data": None,
        "errors": [{"message": "no", "extensions": {"code": "NOT_FOUND"}}],
    }

    with pytest.raises(PeerError) as caught:
        peers.call("sibling", "{ name }")

    assert caught.value.codes == ["NOT_FOUND"]


def test_a_sibling_whose_own_parts_are_away_is_away(sibling, peers):
    away = {"message": "database", "extensions": {"code": "SERVICE_UNAVAILABLE"}}
    sibling.answer = lambda _: {"data": None, "errors": [away]}

    with pytest.raises(Unavailable):
        peers.call("sibling", "{ name }")


@pytest.mark.parametrize("body", [Response(b"<html>", 200), Response(b"{}", 200), Response(b"{}", 502)])
def test_what_is_no_answer_counts_as_none(sibling, peers, body):
    sibling.answer = lambda _: body

    with pytest.raises(Unavailable):
        peers.call("sibling", "{ name }")


def test_after_five_failures_the_sibling_is_left_alone_until_it_is_alive_again(sibling, peers):
    sibling.alive, sibling.answer = False, lambda _: Response(b"", 503)
    for _ in range(FAILURES + 3):
        with pytest.raises(Unavailable):
            peers.call("sibling", "{ name }")
    asked_while_away, state = sibling.asked, peers.states()["sibling"]
    sibling.alive, sibling.answer = True, lambda _: {"data": {"name": "Faust"}}

    told = _ask_until_answered(peers)

    assert (asked_while_away, state) == (FAILURES, "open")
    assert (told, peers.states()["sibling"]) == ({"name": "Faust"}, "closed")


def _ask_until_answered(peers: Peers) -> dict[str, Any]:
    deadline = time.monotonic() + 20
    while True:
        try:
            return peers.call("sibling", "{ name }")
        except Unavailable:
            assert time.monotonic() < deadline


def test_a_breaker_opens_at_the_fifth_failure_within_a_minute():
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    for _ in range(FAILURES - 1):
        breaker.failed()
    before = breaker.allows()
    now[0] = WITHIN_SECONDS + 1
    breaker.failed()
    after_a_pause = breaker.allows()

    for _ in range(FAILURES):
        breaker.failed()

    assert (before, after_a_pause, breaker.allows()) == (True, True, False)


def test_an_open_breaker_lets_one_caller_try_when_its_time_is_over():
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    for _ in range(FAILURES):
        breaker.failed()
    now[0] = OPEN_SECONDS

    tries = [breaker.state, breaker.allows(), breaker.allows()]
    breaker.succeeded()

    assert tries == ["half-open", True, False]
    assert (breaker.state, breaker.allows()) == ("closed", True)


def test_an_open_breaker_is_probed_once_a_second():
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    never = breaker.may_probe()
    for _ in range(FAILURES):
        breaker.failed()

    turns = [breaker.may_probe()]
    now[0] = 1.0
    turns += [breaker.may_probe(), breaker.may_probe()]

    assert never is False
    assert turns == [False, True, False]


def test_a_sibling_that_takes_no_connection_was_never_asked():
    door = _free_port()
    peers = Peers("asking", {"sibling": f"http://127.0.0.1:{door.getsockname()[1]}"}, SECRET)
    door.close()

    for _ in range(FAILURES + 1):  # at last by the open breaker
        with pytest.raises(NeverAsked):
            peers.call("sibling", "{ name }")


def test_a_sibling_that_hangs_up_may_have_heard_the_question():
    door = _free_port()
    peers = Peers("asking", {"sibling": f"http://127.0.0.1:{door.getsockname()[1]}"}, SECRET)

    def hang_up() -> None:
        connection, _ = door.accept()
        connection.recv(65536)
        connection.close()

    threading.Thread(target=hang_up, daemon=True).start()
    with pytest.raises(Unavailable) as caught:
        peers.call("sibling", "{ name }")
    door.close()

    assert not isinstance(caught.value, NeverAsked)

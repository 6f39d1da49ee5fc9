"""Equal questions of visitors share one execution; nobody's own answer is ever shared."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from gateway.doorway.coalescing import Coalescing
from gateway.engine import Answer
from gateway.tests.conftest import OpenGateway
from gateway.tests.small_graph import SmallGateway, authors, books
from gateway.tests.tokens import IDENTITY, Signer


class Gate:
    """A root field that answers once it is opened."""

    def __init__(self, gateway: SmallGateway) -> None:
        self.open = threading.Event()
        owner = gateway.members["authors"]
        owner.roots["echo"] = lambda text=None: self.open.wait(20) and text
        owner.roots["signIn"] = lambda name: self.open.wait(20) and name
        owner.say(owner.sdl)


def _ask_all(gateway: SmallGateway, asked: list[tuple[str, dict[str, str]]], until: Any, meet: int) -> Any:
    """Ask all at once; the member's gate opens when `meet` requests have reached it."""
    gate = Gate(gateway)
    answers: list[Any] = []
    threads = [
        threading.Thread(target=lambda q=query, h=headers: answers.append(gateway.ask(q, **h)))
        for query, headers in asked
    ]
    for thread in threads:
        thread.start()
    until(lambda: len(gateway.members["authors"].questions()) >= meet)
    gate.open.set()
    for thread in threads:
        thread.join()
    return answers


def test_equal_questions_that_meet_are_executed_once():
    coalescing, landed = Coalescing(), threading.Event()
    executed: list[int] = []
    answers: list[Answer] = []

    def execute() -> Answer:
        executed.append(1)
        assert landed.wait(20)
        return Answer(b"{}", 0, [], 1)

    threads = [
        threading.Thread(target=lambda: answers.append(coalescing.run("key", execute))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 20
    while coalescing.joined < 5:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    landed.set()
    for thread in threads:
        thread.join()

    assert (len(executed), answers) == (1, [Answer(b"{}", 0, [], 1)] * 6)


@pytest.mark.parametrize("answer", [Answer(b"{}", 1, [], 1), Answer(b"{}", 0, ["a=1"], 1)])
def test_errors_and_cookies_are_for_the_one_who_got_them(answer: Answer):
    coalescing, landed = Coalescing(), threading.Event()
    executed: list[int] = []

    def execute() -> Answer:
        executed.append(1)
        assert landed.wait(20)
        return answer

    threads = [threading.Thread(target=lambda: coalescing.run("key", execute)) for _ in range(2)]
    for thread in threads:
        thread.start()
    landed.set()
    for thread in threads:
        thread.join()

    assert len(executed) == 2


def test_visitors_questions_go_through_it(gateway: SmallGateway):
    assert gateway.ask("{ echo }") == gateway.ask("{ echo }")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (('{ echo(text: "a") }', {}), ('{ echo(text: "b") }', {})),
        (("{ echo }", {"Accept_Language": "de"}), ("{ echo }", {"Accept_Language": "en"})),
        (("{ echo }", {"Cookie": "a=1"}), ("{ echo }", {"Cookie": "a=1"})),
        (('mutation { signIn(name: "x") }', {}), ('mutation { signIn(name: "x") }', {})),
    ],
)
def test_what_may_be_answered_otherwise_is_asked_twice(
    open_small: OpenGateway, until: Any, one: tuple[str, dict[str, str]], other: tuple[str, dict[str, str]]
):
    answers = _ask_all(open_small(), [one, other], until, meet=2)

    assert len(answers) == 2


def test_people_who_are_signed_in_never_share(open_small: OpenGateway, until: Any):
    signer, owner = Signer(), authors()
    owner.app.add_url_rule("/keys", "keys", lambda: {"keys": [signer.published()]})
    gateway = open_small(IDENTITY, {"authors": owner, "books": books()})
    bearer = {"Authorization": f"Bearer {signer.token()}"}

    answers = _ask_all(gateway, [("{ echo }", bearer), ("{ echo }", bearer)], until, meet=2)

    assert len(answers) == 2


def test_a_header_that_a_member_may_hear_keeps_questions_apart(open_small: OpenGateway, until: Any):
    owner = authors()
    owner.more = 'headers = ["X-Tenant"]'
    gateway = open_small(members={"authors": owner, "books": books()})
    asked = [("{ echo }", {"X_Tenant": "north"}), ("{ echo }", {"X_Tenant": "south"})]

    answers = _ask_all(gateway, asked, until, meet=2)

    assert len(answers) == 2

"""Changes by other paths than /graphql, with a person's token, are held to what changes there are held to."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import redis
from flask import request

from chassis.testing import REDIS_URL
from gateway.tests.conftest import OpenGateway
from gateway.tests.small_graph import SmallGateway, authors, books
from gateway.tests.tokens import IDENTITY, Signer

ROUTE = """
[[routes]]
path = "/imports/"
subgraph = "books"
methods = ["GET", "POST"]
"""
DEAD_REDIS = "redis://127.0.0.1:4799/7"
pytestmark = pytest.mark.real("redis")


@pytest.fixture
def signer() -> Signer:
    """The key of the owner of identities."""
    return Signer()


def _open(open_small: OpenGateway, signer: Signer, redis_url: str) -> SmallGateway:
    owner, other = authors(), books()
    owner.app.add_url_rule("/keys", "keys", lambda: {"keys": [signer.published()]})
    other.app.add_url_rule(
        "/imports/<name>",
        "take",
        lambda name: {"method": request.method, "name": name},
        methods=["GET", "POST"],
    )
    return open_small(
        IDENTITY + ROUTE,
        {"authors": owner, "books": other},
        REDIS_URL=redis_url,
        PUBLIC_URL="https://tickets.test",
    )


@pytest.mark.parametrize(
    ("method", "origin", "status"),
    [
        ("POST", "https://evil.test", 403),
        ("POST", "null", 403),
        ("POST", "https://tickets.test", 200),
        ("POST", None, 200),
        ("GET", "https://evil.test", 200),
    ],
)
def test_a_file_sent_with_a_token_comes_from_our_own_pages(
    open_small: OpenGateway,
    signer: Signer,
    redis_client: redis.Redis,
    method: str,
    origin: str | None,
    status: int,
):
    gateway = _open(open_small, signer, REDIS_URL)
    headers = {"Authorization": f"Bearer {signer.token()}"} | ({"Origin": origin} if origin else {})

    assert gateway.send(method, "/imports/films", headers=headers).status == status


def test_staff_send_no_file_while_nobody_can_tell_whether_their_session_ended(
    open_small: OpenGateway,
    signer: Signer,
    redis_client: redis.Redis,
    monkeypatch: pytest.MonkeyPatch,
    until: Callable[[Callable[[], object]], None],
):
    """As at /graphql: staff still read, by the copy; what they change fails closed."""
    gateway = _open(open_small, signer, REDIS_URL)
    sessions = gateway.app.extensions["gateway"].sessions
    until(lambda: sessions.copied)
    monkeypatch.setattr(sessions._client, "connection_pool", redis.ConnectionPool.from_url(DEAD_REDIS))

    def status(method: str, role: str) -> int:
        headers = {"Authorization": f"Bearer {signer.token(role=role)}"}
        found: int = gateway.send(method, "/imports/films", headers=headers).status
        return found

    assert status("GET", "MANAGER") == 200
    assert status("POST", "CUSTOMER") == 200
    assert status("POST", "MANAGER") == 503

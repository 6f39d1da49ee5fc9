"""People for tests, and what the service told the world about them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import orjson
from sqlalchemy import select

from chassis.identity import Caller, Role
from chassis.ids import new_id
from chassis.tables import OUTBOX
from chassis.testing import ServiceClient
from user_service.accounts import search_text
from user_service.models import UserRow

PEPPER = "a test's own pepper, 0123456789 abcdef"
PASSWORD = "velvet curtain rises"
AUTH_PARTS = """tokens { accessToken refreshToken accessTokenExpiresAt }
    user { id name email emailVerified role } userErrors { code field }"""
REGISTER = f"mutation ($input: RegisterInput!) {{ register(input: $input) {{ {AUTH_PARTS} }} }}"
LOGIN = f"mutation ($input: LoginInput!) {{ login(input: $input) {{ {AUTH_PARTS} }} }}"
REFRESH = f"mutation ($token: String) {{ refreshTokens(refreshToken: $token) {{ {AUTH_PARTS} }} }}"


@dataclass(frozen=True)
class Signed:
    """Somebody who is signed in."""

    id: str
    email: str
    access_token: str
    refresh_token: str

    @property
    def session_id(self) -> str:
        """The session that the token belongs to."""
        return str(claims_of(self.access_token)["sid"])

    @property
    def caller(self) -> Caller:
        """As the gateway tells of them, from the claims of the token."""
        claims = claims_of(self.access_token)
        return Caller(claims["sub"], Role[claims["role"]], frozenset(claims["scope"]), claims["sid"])


class People:
    """Makes people by the service's own API."""

    def __init__(self, service: ServiceClient) -> None:
        self.service = service
        self.runtime = service.runtime

    def register(self, email: str = "ana@example.org", **changes: Any) -> Signed:
        """Somebody new, signed in."""
        answer = self.try_register(email, **changes)
        assert answer["userErrors"] == [], answer
        return signed(answer)

    def try_register(self, email: str = "ana@example.org", **changes: Any) -> dict[str, Any]:
        """The payload of a registration."""
        wanted = {"email": email, "password": PASSWORD, "name": "Ana Costa", **changes}
        payload: dict[str, Any] = self.service.data(REGISTER, {"input": wanted})["register"]
        return payload

    def try_login(self, email: str, password: str = PASSWORD, **more: Any) -> dict[str, Any]:
        """The payload of a sign-in."""
        wanted = {"email": email, "password": password, **more}
        payload: dict[str, Any] = self.service.data(LOGIN, {"input": wanted})["login"]
        return payload

    def login(self, email: str, password: str = PASSWORD) -> Signed:
        """Somebody known, signed in once more."""
        return signed(self.try_login(email, password))

    def an_admin(self, email: str = "root@example.org") -> Caller:
        """An administrator, straight into the database."""
        user_id = new_id()

        def store(session: Any) -> None:
            user = UserRow(
                id=user_id, email=email, name="Rita Root", locale="en", role="ADMIN", cinema_ids=[], active=True
            )  # fmt: skip
            user.search_text = search_text(user)
            session.add(user)

        self.runtime.database.transact(store)
        return Caller(user_id, Role.ADMIN, frozenset(), "admin-session")

    def published(self, name: str) -> list[dict[str, Any]]:
        """Payloads of the events called `name`, oldest first."""
        rows = select(OUTBOX.c.payload).where(OUTBOX.c.name == name).order_by(OUTBOX.c.seq)
        texts = self.runtime.database.read(lambda session: list(session.scalars(rows)))
        return [orjson.loads(text) for text in texts]

    def audited(self) -> list[str]:
        """Actions of the audit trail, oldest first."""
        return [entry["action"] for entry in self.published("audit.recorded")]

    def mailed_token(self, name: str) -> str:
        """The token in the newest link that was sent by an event called `name`."""
        return parse_qs(urlsplit(self.published(name)[-1]["link"]).query)["token"][0]


def at_once(*actions: Callable[[], Any]) -> list[Any]:
    """What the actions answer when all of them begin at the same moment, each in a thread of its own."""
    start = threading.Barrier(len(actions))

    def run(action: Callable[[], Any]) -> Any:
        start.wait(20)
        return action()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def signed(payload: dict[str, Any]) -> Signed:
    """Who a payload signed in."""
    tokens, user = payload["tokens"], payload["user"]
    return Signed(user["id"], user["email"], tokens["accessToken"], tokens["refreshToken"])


def claims_of(access_token: str) -> dict[str, Any]:
    """What a token says, unverified."""
    claims: dict[str, Any] = jwt.decode(access_token, options={"verify_signature": False})
    return claims


def codes(payload: dict[str, Any]) -> list[str]:
    """Codes of a payload's refusals."""
    return [error["code"] for error in payload["userErrors"]]

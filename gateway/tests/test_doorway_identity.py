"""Who asks: good tokens become signed statements for each member, everything else is refused with 401."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
import redis

from chassis.identity import Caller, Role, read_caller
from chassis.revocations import Revocations
from chassis.testing import REDIS_URL
from chassis.testing_rooms import KEYS
from gateway.doorway.sessions import COPY_LASTS_SECONDS, Sessions, Standing
from gateway.tests.conftest import OpenGateway
from gateway.tests.small_graph import SmallGateway, authors, books
from gateway.tests.tokens import IDENTITY, Signer

RENAME = 'mutation { rename(id: "1", name: "X") { id } }'
DEAD_REDIS = "redis://127.0.0.1:4799/7"
pytestmark = pytest.mark.real("redis")


@pytest.fixture
def signer() -> Signer:
    """The key of the owner of identities."""
    return Signer()


@pytest.fixture
def guarded(open_small: OpenGateway, signer: Signer, redis_client: redis.Redis) -> SmallGateway:
    """A gateway that checks tokens."""
    return _guarded(open_small, [signer], REDIS_URL)


def _guarded(open_small: OpenGateway, signers: list[Signer], redis_url: str) -> SmallGateway:
    owner = authors()
    owner.app.add_url_rule("/keys", "keys", lambda: {"keys": [signer.published() for signer in signers]})
    return open_small(IDENTITY, {"authors": owner, "books": books()}, REDIS_URL=redis_url)


def _told(gateway: SmallGateway, member: str = "authors") -> Caller:
    """The caller that `member` was told of last."""
    return read_caller(gateway.members[member].questions()[-1].headers["X-Caller"], member, KEYS)


def _status(gateway: SmallGateway, token: str, query: str = "{ echo }") -> int:
    status: int = gateway.post({"query": query}, Authorization=f"Bearer {token}").status
    return status


def test_a_visitor_is_told_as_one(guarded: SmallGateway):
    guarded.ask("{ echo }")

    assert _told(guarded) == Caller()


def test_a_person_is_told_to_each_member_in_a_statement_for_it_alone(guarded: SmallGateway, signer: Signer):
    token = signer.token(role="MANAGER", scope=["place-1"])

    guarded.ask('{ author(id: "1") { books { id } } }', Authorization=f"Bearer {token}")

    expected = Caller("user-1", Role.MANAGER, frozenset({"place-1"}), "session-1")
    assert (_told(guarded), _told(guarded, "books")) == (expected, expected)
    with pytest.raises(Exception, match="gateway"):
        read_caller(guarded.members["books"].questions()[-1].headers["X-Caller"], "authors", KEYS)


def test_what_a_client_says_of_itself_goes_no_further(guarded: SmallGateway):
    guarded.post(
        {"query": "{ echo }"}, X_Caller="forged", X_Client_Address="1.2.3.4", X_User_Id="7", Authorization=""
    )

    headers = guarded.members["authors"].questions()[-1].headers
    assert _told(guarded) == Caller()
    assert headers["X-Client-Address"] == "127.0.0.1"
    assert not {"X-User-Id", "Authorization"} & set(headers)


def _none(signer: Signer, alg: str) -> str:
    _head, body, _signature = signer.token().split(".")
    forged = base64.urlsafe_b64encode(json.dumps({"alg": alg, "kid": signer.key_id}).encode()).rstrip(b"=")
    return f"{forged.decode()}.{body}."


def _tampered(signer: Signer) -> str:
    head, _, signature = signer.token().split(".")
    claims = jwt.decode(signer.token(), options={"verify_signature": False})
    body = base64.urlsafe_b64encode(json.dumps({**claims, "role": "ADMIN"}).encode()).rstrip(b"=").decode()
    return f"{head}.{body}.{signature}"


def _symmetric(signer: Signer) -> str:
    """Signed by the public key's text, as if it were a shared secret."""
    claims = jwt.decode(signer.token(), options={"verify_signature": False})
    header = base64.urlsafe_b64encode(json.dumps({"alg": "HS256", "kid": signer.key_id}).encode())
    body = base64.urlsafe_b64encode(json.dumps(claims).encode())
    signed = header.rstrip(b"=") + b"." + body.rstrip(b"=")
    signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(
        signed, signer.public_pem()
    )
    return (signed + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


ATTACKS: dict[str, Callable[[Signer], str]] = {
    "not a token": lambda signer: "x.y.z",
    "empty": lambda signer: "",
    "very long": lambda signer: "x" * 5000,
    "no algorithm": lambda signer: _none(signer, "none"),
    "no algorithm, in other letters": lambda signer: _none(signer, "nOnE"),
    "public key as secret": _symmetric,
    "tampered role": _tampered,
    "another's key under our id": lambda signer: Signer(signer.key_id).token(),
    "unknown key id": lambda signer: signer.token(header={"kid": "other"}),
    "path as key id": lambda signer: signer.token(header={"kid": "../../etc/passwd"}),
    "query as key id": lambda signer: signer.token(header={"kid": "' OR 1=1 --"}),
    "expired": lambda signer: signer.token(exp=int(time.time()) - 60),
    "not yet": lambda signer: signer.token(nbf=int(time.time()) + 600),
    "issued in the future": lambda signer: signer.token(iat=int(time.time()) + 600),
    "another's issuer": lambda signer: signer.token(iss="elsewhere"),
    "another's audience": lambda signer: signer.token(aud="elsewhere"),
    "a refresh token": lambda signer: signer.token(typ="refresh"),
    "an unknown role": lambda signer: signer.token(role="KING"),
    "no role": lambda signer: signer.token(without="role"),
    "a scope that is no list": lambda signer: signer.token(scope="everything"),
    **{
        f"without {claim}": lambda signer, claim=claim: signer.token(without=claim)  # type: ignore[misc]
        for claim in ("exp", "iat", "iss", "aud", "sub", "jti", "sid", "typ")
    },
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_token_that_is_not_ours_is_refused(guarded: SmallGateway, signer: Signer, attack: str):
    answer = guarded.post({"query": "{ echo }"}, Authorization=f"Bearer {ATTACKS[attack](signer)}")

    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert guarded.questions() == 0


def test_another_scheme_than_bearer_is_refused(guarded: SmallGateway):
    assert guarded.post({"query": "{ echo }"}, Authorization="Basic YTpi").status == 401


def test_a_session_that_ends_is_refused_within_a_second(
    guarded: SmallGateway, signer: Signer, redis_client: redis.Redis, until: Any
):
    token = signer.token()
    assert _status(guarded, token) == 200

    Revocations(redis_client).revoke("session-1", 60)

    until(lambda: _status(guarded, token) == 401)


def test_a_new_key_is_found_as_soon_as_a_token_names_it(open_small: OpenGateway, signer: Signer, until: Any):
    signers = [signer]
    gateway = _guarded(open_small, signers, REDIS_URL)
    assert _status(gateway, signer.token()) == 200

    signers.append(Signer("key-2"))

    until(lambda: _status(gateway, signers[1].token()) == 200)


def test_tokens_pass_while_the_owner_of_the_keys_is_down(guarded: SmallGateway, signer: Signer):
    assert _status(guarded, signer.token()) == 200

    guarded.members["authors"].served.stop()

    answer = guarded.ask('{ book(id: "10") { title } }', Authorization=f"Bearer {signer.token(jti='2')}")
    assert answer["data"] == {"book": {"title": "Roads"}}


def test_without_any_key_a_token_is_neither_good_nor_bad(open_small: OpenGateway, signer: Signer):
    gateway = _guarded(open_small, [signer], REDIS_URL)
    gateway.members["authors"].served.stop()

    answer = gateway.post({"query": "{ echo }"}, Authorization=f"Bearer {signer.token()}")

    assert (answer.status, answer.headers["Retry-After"]) == (503, "2")


def test_without_redis_people_read_and_guests_write_but_staff_do_not_write(
    guarded: SmallGateway, signer: Signer, monkeypatch: pytest.MonkeyPatch, until: Any
):
    sessions = guarded.app.extensions["gateway"].sessions
    until(lambda: sessions.copied)
    monkeypatch.setattr(sessions._client, "connection_pool", redis.ConnectionPool.from_url(DEAD_REDIS))

    assert _status(guarded, signer.token(role="ADMIN")) == 200
    assert _status(guarded, signer.token(), RENAME) == 200
    assert _status(guarded, signer.token(role="STAFF"), RENAME) == 503


def test_where_ended_sessions_were_never_known_staff_wait_and_guests_go_on(
    open_small: OpenGateway, signer: Signer
):
    gateway = _guarded(open_small, [signer], DEAD_REDIS)

    assert _status(gateway, signer.token(), RENAME) == 200
    assert _status(gateway, signer.token(role="STAFF")) == 503


def test_the_local_copy_knows_ended_sessions_when_redis_has_gone(
    redis_client: redis.Redis, monkeypatch: pytest.MonkeyPatch
):
    moment = 0.0
    Revocations(redis_client).revoke("session-1", 60)
    sessions = Sessions(redis_client, lambda: moment)
    sessions.copy_once()

    monkeypatch.setattr(redis_client, "connection_pool", redis.ConnectionPool.from_url(DEAD_REDIS))

    assert sessions.standing("session-1") is Standing.ENDED
    assert sessions.standing("session-2") is Standing.UNSURE
    moment = COPY_LASTS_SECONDS + 1
    assert sessions.standing("session-2") is Standing.UNKNOWN
    monkeypatch.undo()


def test_behind_a_trusted_proxy_the_address_it_tells_is_believed(open_small: OpenGateway):
    behind = open_small(TRUSTED_PROXIES=1)

    behind.post({"query": "{ echo }"}, X_Forwarded_For="6.6.6.6, 203.0.113.9")

    assert behind.members["authors"].questions()[-1].headers["X-Client-Address"] == "203.0.113.9"


@pytest.mark.parametrize(
    ("told", "believed"),
    [
        ("203.0.113.9:51234", "203.0.113.9"), ("[2001:db8::7]:443", "2001:db8::7"), ("2001:DB8:0::7", "2001:db8::7"),
        ("::ffff:203.0.113.9", "203.0.113.9"), ("unknown", "127.0.0.1"), ("_hidden", "127.0.0.1"),
        ("x" * 300, "127.0.0.1"),
    ],
)  # fmt: skip
def test_an_address_is_written_in_one_way_and_what_is_none_is_not_believed(
    open_small: OpenGateway, told: str, believed: str
):
    """With a port behind it each connection would be a source of its own."""
    behind = open_small(TRUSTED_PROXIES=1)

    behind.post({"query": "{ echo }"}, X_Forwarded_For=told)

    assert behind.members["authors"].questions()[-1].headers["X-Client-Address"] == believed


def test_what_was_known_of_a_session_before_others_ended_counts_no_more(redis_client: redis.Redis):
    moment = 100.0
    sessions = Sessions(redis_client, lambda: moment)
    assert sessions.standing("session-1") is Standing.GOOD
    before = sessions.news()

    Revocations(redis_client).revoke("session-1", 60)
    moment += 0.3
    assert sessions.standing("session-1") is Standing.GOOD  # asked a moment ago
    moment += 0.3
    assert sessions.news() != before
    moment += 0.001

    assert sessions.standing("session-1") is Standing.ENDED

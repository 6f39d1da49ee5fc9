"""A room speaks for itself alone: its key is its own, and what others are told of is kept no longer than it lives."""

from __future__ import annotations

import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from chassis.errors import Unauthenticated
from chassis.identity import GATEWAY, VISITOR, Caller, Role, read_caller, sign_caller
from chassis.room_keys import RoomKeys, private_half, public_half, told
from chassis.settings import SettingsError, refuse_foreign_keys
from chassis.statements import CallerReader, Statements

DOOR, THING, NEWER = "the gateway's own secret, 012345", "the thing's own secret, 67890123", "newer" * 8
KEYS = RoomKeys.read(told({GATEWAY: DOOR, "thing_service": THING}))
ADMIN = Caller("ana", Role.ADMIN)


def test_a_room_is_believed_in_its_own_name_and_in_no_other() -> None:
    own = Caller("ana", issuer="thing_service")
    assert read_caller(sign_caller(own, "other_service", THING), "other_service", KEYS) == own

    for name in (GATEWAY, "other_service", ""):
        forged = sign_caller(Caller("ana", Role.ADMIN, issuer=name), "other_service", THING)
        with pytest.raises(Unauthenticated):
            read_caller(forged, "other_service", KEYS)


def test_the_name_in_the_header_is_the_one_in_the_words() -> None:
    """A good key, and another room's name inside."""
    now = int(time.time())
    claims = {"iss": GATEWAY, "aud": "x", "iat": now, "exp": now + 60, "sub": "ana", "role": "ADMIN"}
    for header in ({"kid": "thing_service"}, {}, {"kid": "nobody"}):
        token = jwt.encode(claims, private_half(THING), algorithm="EdDSA", headers=header)
        with pytest.raises(Unauthenticated):
            read_caller(token, "x", KEYS)


def test_a_public_half_signs_nothing() -> None:
    claims = {"iss": GATEWAY, "aud": "x", "iat": 0, "exp": 2**40}
    for key in (public_half(DOOR), DOOR):
        with pytest.raises(Unauthenticated):
            read_caller(jwt.encode(claims, key, algorithm="HS256", headers={"kid": GATEWAY}), "x", KEYS)


def test_while_a_secret_changes_the_older_and_the_newer_are_good() -> None:
    keys = RoomKeys.read(f"{told({GATEWAY: NEWER})}, {told({GATEWAY: DOOR})}")

    for secret in (DOOR, NEWER):
        assert read_caller(sign_caller(ADMIN, "x", secret), "x", keys) == ADMIN
        refuse_foreign_keys(GATEWAY, secret, keys)


def test_a_room_whose_key_is_not_the_one_that_is_told_does_not_start() -> None:
    for name, secret in ((GATEWAY, THING), ("nobody", DOOR)):
        with pytest.raises(SettingsError, match="ROOM_KEYS"):
            refuse_foreign_keys(name, secret, KEYS)


@pytest.mark.parametrize(
    "text", ["gateway", "gateway=", "gateway=short", "gateway=!", f"a={public_half(DOOR)}x"]
)
def test_a_list_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="base64 of 32 bytes"):
        RoomKeys.read(text)


def test_a_statement_is_used_again_for_the_same_words_only_and_not_for_long() -> None:
    now = [0.0]
    statements = Statements(DOOR, clock=lambda: now[0])
    first = statements.of(ADMIN, "x")

    others = {
        statements.of(ADMIN, "y"), statements.of(VISITOR, "x"), statements.of(Caller("ana", Role.STAFF), "x"),
        statements.of(Caller("ana", Role.ADMIN, session_id="other"), "x"),
    }  # fmt: skip
    assert statements.of(ADMIN, "x") is first
    assert first not in others
    assert len(others) == 4

    now[0] = 21.0
    assert statements.of(ADMIN, "x") is not first


def test_a_statement_that_was_read_is_looked_at_anew_once_it_has_expired() -> None:
    asked: list[object] = []

    class Watched(RoomKeys):
        def of(self, name: object) -> tuple[Ed25519PublicKey, ...]:
            asked.append(name)
            return KEYS.of(name)

    now = [time.time()]
    reader = CallerReader("x", Watched({}), clock=lambda: now[0])
    statement = sign_caller(ADMIN, "x", DOOR)

    assert reader.read(statement) == reader.read(statement) == ADMIN
    assert asked == [GATEWAY]
    now[0] += 66
    reader.read(statement)
    assert asked == [GATEWAY, GATEWAY]
    with pytest.raises(Unauthenticated):
        reader.read(sign_caller(ADMIN, "x", DOOR, now=time.time() - 66))

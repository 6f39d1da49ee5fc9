"""Tokens: signed ones that say who somebody is, and random ones of which only a hash is kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt

from chassis.ids import new_id, new_token
from user_service.keys import signing_keys
from user_service.models import UserRow
from user_service.settings import UserRuntime

ISSUER = AUDIENCE = "lobbycard"
ACCESS = "access"


@dataclass(frozen=True)
class Tokens:
    """What a signed-in client holds."""

    access_token: str
    refresh_token: str
    access_token_expires_at: datetime


def issue(runtime: UserRuntime, user: UserRow, session_id: str, refresh_token: str) -> Tokens:
    """An access token for `user` in the session, beside the given refresh token."""
    now = runtime.clock.now().replace(microsecond=0)
    expires_at = now + timedelta(minutes=runtime.settings.access_token_minutes)
    key_id, key = signing_keys(runtime.settings.jwt_keys_dir).current(now)
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "typ": ACCESS,
        "sub": user.id,
        "sid": session_id,
        "role": user.role,
        "scope": list(user.cinema_ids),
        "jti": new_id(),
        "iat": int(now.timestamp()),
        "exp": int(expires_at.timestamp()),
    }
    text = jwt.encode(claims, key, algorithm="EdDSA", headers={"kid": key_id})
    return Tokens(text, refresh_token, expires_at)


def random_token() -> str:
    """An opaque token of 256 bits."""
    return new_token(256)


def fingerprint(token: str) -> str:
    """What is stored of an opaque token. It is random, so a plain hash can't be guessed back."""
    return hashlib.sha256(token.encode()).hexdigest()

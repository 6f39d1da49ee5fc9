"""Identifiers: ordered ones for rows, unguessable ones for secrets."""

from __future__ import annotations

import secrets
import uuid

import uuid_utils

_SAMPLE = uuid.uuid5(uuid.NAMESPACE_URL, "https://lobbycard.example/sample")


def new_id() -> str:
    """A UUIDv7 as text: unique, and ascending in time so that indexes stay compact. Not a secret."""
    return str(uuid_utils.uuid7())


def new_token(bits: int = 256) -> str:
    """URL-safe random text of at least `bits` bits (never under 128), for links, sessions and holds."""
    return secrets.token_urlsafe(max(bits, 128) // 8)


def fixed_id(kind: str, name: str) -> str:
    """The same UUID for the same name, everywhere: for sample data that several rooms refer to."""
    return str(uuid.uuid5(_SAMPLE, f"{kind}:{name}"))

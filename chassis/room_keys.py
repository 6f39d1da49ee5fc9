"""A key pair for each room, so that one that is taken over cannot speak in another's name.

Each room has a secret that no other room knows (INTERNAL_SECRET); its private key is derived from it. The public
halves, one a room, are no secret: every room is given the same list of them (ROOM_KEYS). Ed25519 (RFC 8032).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PURPOSE = b"speaks for a room"


@lru_cache(maxsize=64)
def private_half(secret: str) -> Ed25519PrivateKey:
    """The key that a room with `secret` signs with; the secret itself never signs anything of this kind."""
    return Ed25519PrivateKey.from_private_bytes(hmac.digest(secret.encode(), PURPOSE, hashlib.sha256))


def public_half(secret: str) -> str:
    """What the others verify it with: base64 of 32 bytes."""
    raw = private_half(secret).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return base64.b64encode(raw).decode()


@dataclass(frozen=True)
class RoomKeys:
    """Public halves by the name of the room; a room that changes its secret has two for a while."""

    by_name: Mapping[str, tuple[Ed25519PublicKey, ...]]

    @classmethod
    def read(cls, text: str) -> RoomKeys:
        """The list as a setting has it: name=base64, separated by commas. Raises ValueError, naming what is wrong."""
        found: dict[str, tuple[Ed25519PublicKey, ...]] = {}
        for entry in filter(None, (part.strip() for part in text.split(","))):
            name, _, half = (part.strip() for part in entry.partition("="))
            try:
                key = Ed25519PublicKey.from_public_bytes(base64.b64decode(half, validate=True))
            except ValueError:
                raise ValueError(f"{name!r} has no key: name=base64 of 32 bytes is needed") from None
            found[name] = (*found.get(name, ()), key)
        return cls(found)

    def of(self, name: object) -> tuple[Ed25519PublicKey, ...]:
        """The keys that speak for `name`; none for a room that nobody has named."""
        return self.by_name.get(name, ()) if isinstance(name, str) else ()

    def belong(self, name: str, secret: str) -> bool:
        """Whether what the list says of `name` fits the room that has `secret`."""
        return private_half(secret).public_key() in self.of(name)

    def verifies(self, name: str, signature: bytes, content: bytes) -> bool:
        """Whether `name` signed `content`."""
        for key in self.of(name):
            try:
                key.verify(signature, content)
            except InvalidSignature:
                continue
            return True
        return False


def told(secrets: Mapping[str, str] | Iterable[tuple[str, str]]) -> str:
    """The list for rooms with these secrets, as ROOM_KEYS takes it."""
    pairs = secrets.items() if isinstance(secrets, Mapping) else secrets
    return ",".join(f"{name}={public_half(secret)}" for name, secret in pairs)

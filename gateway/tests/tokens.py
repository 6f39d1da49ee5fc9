"""Access tokens as their owner would sign them, and as attackers would."""

from __future__ import annotations

import json
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

IDENTITY = """
[identity]
subgraph = "authors"
path = "/keys"
issuer = "lobbycard"
audience = "lobbycard"
"""


class Signer:
    """A signing key and what it publishes."""

    def __init__(self, key_id: str = "key-1") -> None:
        self.key_id = key_id
        self.key = Ed25519PrivateKey.generate()

    def published(self) -> dict[str, Any]:
        """The public key as a JWK."""
        return {
            **json.loads(jwt.algorithms.OKPAlgorithm.to_jwk(self.key.public_key())),
            "kid": self.key_id,
            "alg": "EdDSA",
            "use": "sig",
        }

    def public_pem(self) -> bytes:
        """The public key as text."""
        return self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def token(self, *, without: str = "", header: dict[str, Any] | None = None, **claims: Any) -> str:
        """A good access token, but for what is said otherwise."""
        now = int(time.time())
        full = {
            "iss": "lobbycard",
            "aud": "lobbycard",
            "sub": "user-1",
            "sid": "session-1",
            "role": "CUSTOMER",
            "scope": [],
            "jti": "token-1",
            "iat": now,
            "exp": now + 900,
            "typ": "access",
            **claims,
        }
        full.pop(without, None)
        return jwt.encode(full, self.key, algorithm="EdDSA", headers={"kid": self.key_id, **(header or {})})

"""Ed25519-signed ticket text: checkable at the door without the server, with the published key.

Form: `LC1.<key name>.<base64url JSON>.<base64url signature>`, the signature over all that stands before it. JSON:
t ticket, r reference, s showtime, p seat, y ticket type.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PREFIX = "LC1"


@dataclass(frozen=True)
class TicketText:
    """What a ticket's signed text says."""

    ticket_id: str
    reference: str
    showtime_id: str
    seat_id: str
    ticket_type: str


class TicketKeys:
    """The keys that sign tickets: the first signs, all verify (so that a key can be replaced)."""

    def __init__(self, text: str) -> None:
        """`text`: name:base64 of 32 bytes, separated by commas. Raises ValueError for anything else."""
        self._private: dict[str, Ed25519PrivateKey] = {}
        for entry in text.split(","):
            name, _, encoded = entry.strip().partition(":")
            raw = base64.b64decode(encoded, validate=True)
            if not name or len(raw) != 32:
                raise ValueError("a ticket key is name:base64 of 32 bytes")
            self._private[name] = Ed25519PrivateKey.from_private_bytes(raw)
        self._public = {name: key.public_key() for name, key in self._private.items()}
        self._first = next(iter(self._private))

    def sign(self, ticket: TicketText) -> str:
        """The text for the QR code."""
        claims = {
            "t": ticket.ticket_id,
            "r": ticket.reference,
            "s": ticket.showtime_id,
            "p": ticket.seat_id,
            "y": ticket.ticket_type,
        }
        body = f"{PREFIX}.{self._first}.{_encode(orjson.dumps(claims))}"
        return f"{body}.{_encode(self._private[self._first].sign(body.encode()))}"

    def sign_lines(self, lines: Sequence[str]) -> str:
        """`<key name>.<base64url signature>` over the lines joined by line feeds."""
        signature = self._private[self._first].sign("\n".join(lines).encode())
        return f"{self._first}.{_encode(signature)}"

    def read(self, text: str) -> TicketText | None:
        """What a signed text says; None unless one of these keys signed it."""
        try:
            body, _, signature = text.strip().rpartition(".")
            prefix, name, claims = body.split(".")
            if prefix != PREFIX:
                return None
            self._public[name].verify(_decode(signature), body.encode())
            said = orjson.loads(_decode(claims))
            return TicketText(said["t"], said["r"], said["s"], said["p"], said["y"])
        except (ValueError, KeyError, TypeError, InvalidSignature):
            return None

    def published(self) -> dict[str, object]:
        """The public keys as /.well-known/tickets.json tells them."""
        return {
            "format": f"{PREFIX}.<key name>.<base64url JSON>.<base64url Ed25519 signature over the text before it>",
            "keys": [
                {"kid": name, "kty": "OKP", "crv": "Ed25519", "x": _encode(_raw(key))}
                for name, key in self._public.items()
            ],
        }


def _raw(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes_raw()


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

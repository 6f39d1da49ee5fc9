"""Signatures of webhooks: HMAC-SHA256 over "timestamp.body", good for five minutes, two secrets while they change."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

from payment_service.errors import BadSignature

SIGNATURE_HEADER = "Lobbycard-Signature"
WINDOW_SECONDS = 300


def sign_body(body: bytes, secret: str, at: datetime) -> str:
    """The header's text for `body` sent at `at`, e.g. "t=1795262400,v1=6f0c…"."""
    timestamp = int(at.timestamp())
    return f"t={timestamp},v1={_digest(body, secret, timestamp)}"


def check_signature(body: bytes, header: str | None, secrets: Sequence[str], now: datetime) -> None:
    """Raises BadSignature unless one of `secrets` signed this very body within the last five minutes."""
    parts = [part.partition("=") for part in (header or "").split(",")]
    stamps = [value for name, _, value in parts if name.strip() == "t"]
    given = [value for name, _, value in parts if name.strip() == "v1"]
    if len(stamps) != 1 or not stamps[0].isascii() or not stamps[0].isdigit() or len(stamps[0]) > 12:
        raise BadSignature
    timestamp = int(stamps[0])
    known = [_digest(body, secret, timestamp) for secret in secrets]
    fits = any(hmac.compare_digest(mine.encode(), theirs.encode()) for mine in known for theirs in given)
    if not fits or abs(now.timestamp() - timestamp) > WINDOW_SECONDS:
        raise BadSignature


def _digest(body: bytes, secret: str, timestamp: int) -> str:
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()

"""Short-lived signed addresses: for files that a browser opens without a token."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from urllib.parse import quote, urlencode

from chassis.errors import NotFound


def sign(base_url: str, path: str, secret: str, *, expires_at: datetime, subject: str = "") -> str:
    """`base_url` + `path` with an expiry and a signature; `subject` binds it to somebody or something more."""
    expires = int(expires_at.timestamp())
    query = urlencode(
        {"expires": expires, "subject": subject, "signature": _signature(path, secret, expires, subject)}
    )
    return f"{base_url.rstrip('/')}{quote(path)}?{query}"


def verify(
    path: str, secret: str, *, expires: str | None, subject: str | None, signature: str | None, now: datetime
) -> None:
    """Raises NotFound unless the address is one of ours and still good."""
    try:
        instant = int(expires or "")
    except ValueError:
        raise NotFound("This link is not valid.") from None
    expected = _signature(path, secret, instant, subject or "")
    if not hmac.compare_digest(expected, signature or "") or now.timestamp() > instant:
        raise NotFound("This link has expired. Please ask for a new one.")


def _signature(path: str, secret: str, expires: int, subject: str) -> str:
    text = f"link\n{path}\n{expires}\n{subject}".encode()
    return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()

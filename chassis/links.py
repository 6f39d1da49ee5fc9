"""Short-lived signed addresses: for files that a browser opens without a token."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

from chassis.errors import NotFound
from chassis.identity import Caller

OWN_LIFE = timedelta(
    minutes=10
)  # of a link that an ended session takes along: marks of sessions live as long


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


def sign_own(
    base_url: str, path: str, secret: str, caller: Caller, *, alone_until: datetime, expires_at: datetime
) -> str:
    """As `sign`, for one person: without their token it opens until `alone_until`, and as long as the session lives that
    they ask in. Raises Unauthenticated for a visitor.
    """
    subject = f"{caller.require_user()} {int(alone_until.timestamp())} {caller.session_id or ''}"
    return sign(base_url, path, secret, expires_at=expires_at, subject=subject)


def owner(
    path: str, secret: str, caller: Caller, given: Mapping[str, str], *, now: datetime
) -> tuple[str, str]:
    """Whose an address with the parameters `given` is, and the session that must still live; "" for who is signed in.

    Raises NotFound unless the address is good, for who is signed in as somebody else, and for who is not signed in once
    it doesn't open alone any more.
    """
    subject = given.get("subject")
    verify(
        path, secret, expires=given.get("expires"), subject=subject, signature=given.get("signature"), now=now
    )
    user_id, alone_until, session_id = (subject or "").split(" ", 2)
    if caller.user_id not in (None, user_id):
        raise NotFound("This file was made for somebody else.")
    if caller.user_id is not None:
        return user_id, ""
    if now.timestamp() > int(alone_until):
        raise NotFound("This link has expired. Please sign in and ask for a new one.")
    return user_id, session_id


def _signature(path: str, secret: str, expires: int, subject: str) -> str:
    text = f"link\n{path}\n{expires}\n{subject}".encode()
    return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()

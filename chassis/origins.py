"""Origins of other sites that may ask from a visitor's browser, as a setting names them."""

from __future__ import annotations

from urllib.parse import urlsplit

LOOPBACK = ("localhost", "127.0.0.1", "::1")


def origins_of(text: str) -> frozenset[str]:
    """The origins in a list separated by commas, as browsers write them. Raises ValueError for what is none.

    There is no word for "everybody": whoever is listed may ask with a person's cookies.
    """
    found = (entry.strip() for entry in text.split(","))
    return frozenset(_origin(entry) for entry in found if entry)


def _origin(entry: str) -> str:
    parts = urlsplit(entry)
    fits = (
        parts.scheme in ("https", "http") and parts.hostname and entry == f"{parts.scheme}://{parts.netloc}"
    )
    if not fits or "@" in parts.netloc or "*" in parts.netloc or parts.netloc != parts.netloc.lower():
        raise ValueError(f"{entry!r} is no origin; one looks like https://www.example.org, without a path")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ValueError(f"{entry!r} must begin with https://: over http anybody on the way could ask")
    return entry

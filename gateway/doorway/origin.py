"""Whether a change comes from our own pages: a browser says where a request begins, other programs say nothing."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from gateway.doorway.refusal import Refusal


def guard_origin(environ: dict[str, Any], public_url: str, listed: frozenset[str] = frozenset()) -> None:
    """Raises Refusal (403) for a request that a browser sends from a page of another origin that is not `listed`.

    JSON alone already keeps forms out, and without CORS no foreign script may ask; this holds even where one of the
    two is ever loosened.
    """
    origin = environ.get("HTTP_ORIGIN")
    if not origin or origin in listed:
        return
    # Compared with the address people are given and the one they used: a proxy may stand between the two.
    own = {urlsplit(public_url).netloc, environ.get("HTTP_HOST", "")}
    if urlsplit(origin).netloc not in own - {""}:
        raise Refusal(403, "FORBIDDEN", "This request did not come from our own pages.")

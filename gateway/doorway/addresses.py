"""A client's address as proxies write it, in one way of writing: limits count by it."""

from __future__ import annotations

import ipaddress
from functools import lru_cache


@lru_cache(maxsize=1024)
def plain_address(text: str) -> str | None:
    """The address in `text`, without a port; None where there is none (`unknown`, a made-up name).

    Written with a port (1.2.3.4:5678, [2001:db8::7]:443), each connection would be a source of its own.
    """
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)

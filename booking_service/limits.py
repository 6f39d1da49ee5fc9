"""How often one source may hold: many accounts at one address must not keep a house's seats from everybody else."""

from __future__ import annotations

import ipaddress

from booking_service.settings import BookingSettings
from chassis.identity import Caller, Role
from chassis.limits import shared_limiter
from chassis.runtime import Runtime

WINDOW_SECONDS = 600
# So much of an IPv6 address is one household's; the rest it chooses itself.
IPV6_PREFIX = 64


def hold(runtime: Runtime[BookingSettings], caller: Caller, address: str | None) -> None:
    """Count a hold by its source. Raises RateLimited.

    Staff aren't counted: a box office sells for a whole queue from one address. Without an address nobody is: the
    gateway always tells one.
    """
    source = source_of(address)
    if source is None or caller.has_role(Role.STAFF):
        return
    settings = runtime.settings
    is_local = source.is_loopback and not settings.is_production
    limit = settings.local_holds_per_address if is_local else settings.holds_per_address
    limiter = shared_limiter(settings.redis_url, settings.prefix)
    limiter.hit("holds_per_address", str(source), limit=limit, per_seconds=WINDOW_SECONDS)


def source_of(address: str | None) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """What counts as one source: an IPv4 address, the half of an IPv6 address that a provider gives out."""
    try:
        known = ipaddress.ip_address(address or "")
    except ValueError:
        return None
    if isinstance(known, ipaddress.IPv6Address):
        known = known.ipv4_mapped or known
    return ipaddress.ip_network((known, IPV6_PREFIX if known.version == 6 else 32), strict=False)

"""How often one source or one person may ask for what costs us mail or memory."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

from chassis.limits import RateLimiter, source_of
from user_service.settings import UserRuntime, UserSettings

MINUTE_SECONDS, HOUR_SECONDS = 60, 3600


def registration(runtime: UserRuntime, address: str | None) -> None:
    """Count a registration. Raises RateLimited."""
    settings = runtime.settings
    usual, local = settings.registrations_per_hour, settings.local_registrations_per_hour
    _hit(settings, "register", source_of(address), local if _is_local(settings, address) else usual)


def reset_request(runtime: UserRuntime, address: str | None) -> None:
    """Count a request for a new password by one source. Raises RateLimited."""
    settings = runtime.settings
    usual, local = settings.resets_per_hour, settings.local_resets_per_hour
    _hit(settings, "reset", source_of(address), local if _is_local(settings, address) else usual)


def sign_in(runtime: UserRuntime, address: str | None) -> None:
    """Count a sign-in by one source, whatever comes of it: each costs a hash, a right password too. Raises RateLimited."""
    settings = runtime.settings
    usual, local = settings.sign_ins_per_minute, settings.local_sign_ins_per_minute
    limit = local if _is_local(settings, address) else usual
    _hit(settings, "sign-in", source_of(address), limit, MINUTE_SECONDS)


def failures_of_source(settings: UserSettings, address: str | None) -> int:
    """How many sign-ins may fail from one source before it has to wait."""
    return settings.local_failures_of_source if _is_local(settings, address) else settings.failures_of_source


def mail(runtime: UserRuntime, purpose: str, user_id: str) -> None:
    """Count a mail of one kind to one person. Raises RateLimited."""
    _hit(runtime.settings, f"mail-{purpose}", user_id, runtime.settings.mails_per_hour)


def _hit(settings: UserSettings, name: str, key: str, limit: int, per_seconds: int = HOUR_SECONDS) -> None:
    limiter = _limiter(settings.redis_url, f"{settings.prefix}:user")
    limiter.hit(name, key, limit=limit, per_seconds=per_seconds)


def _is_local(settings: UserSettings, address: str | None) -> bool:
    """Whether a developer's own machine asks; in production that is a proxy, which nobody may hide behind."""
    if settings.is_production:
        return False
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False


@lru_cache(maxsize=4)
def _limiter(redis_url: str, prefix: str) -> RateLimiter:
    return RateLimiter(redis_url, prefix)

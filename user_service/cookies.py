"""The refresh token of a browser: in a cookie that scripts can't read and other sites can't send."""

from __future__ import annotations

from urllib.parse import urlsplit

from werkzeug.http import dump_cookie

from chassis.endpoint import Context
from chassis.errors import Forbidden
from chassis.origins import origins_of
from user_service.settings import UserSettings

MODE_HEADER, COOKIE_MODE = "X-Session", "cookie"
PLAIN_NAME, HOST_NAME = "lobbycard_refresh", "__Host-lobbycard_refresh"
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


def wants_cookie(context: Context) -> bool:
    """Whether the client is a browser that keeps its refresh token in the cookie."""
    return context.headers.get(MODE_HEADER, "").lower() == COOKIE_MODE


def name_of(settings: UserSettings) -> str:
    """The cookie's name: over https the prefix binds it to this very host."""
    return HOST_NAME if _is_https(settings) else PLAIN_NAME


def give(context: Context, refresh_token: str) -> None:
    """Set the cookie with the answer."""
    _set(context, refresh_token, context.runtime.settings.refresh_token_days * 86_400)


def clear(context: Context) -> None:
    """Take the cookie away, from a client that has or may have one."""
    if wants_cookie(context) or name_of(context.runtime.settings) in context.cookies:
        _set(context, "", 0)


def read(context: Context) -> str | None:
    """The refresh token in the request's cookie, None without one.

    Raises Forbidden when a page of another origin makes the browser send it.
    """
    token = context.cookies.get(name_of(context.runtime.settings))
    if token and context.headers.get("Origin") not in own_origins(context.runtime.settings):
        raise Forbidden("This request did not come from our own pages.")
    return token or None


def own_origins(settings: UserSettings) -> frozenset[str]:
    """Where our pages live, and the sites that are listed; outside production this machine's other names count too."""
    parts = urlsplit(settings.public_url)
    own = {f"{parts.scheme}://{parts.netloc}", *origins_of(settings.allowed_origins)}
    if not settings.is_production and (parts.hostname or "") in ("localhost", "127.0.0.1", "::1"):
        port = f":{parts.port}" if parts.port else ""
        own |= {f"{parts.scheme}://{host}{port}" for host in _LOOPBACK}
    return frozenset(own)


def _set(context: Context, value: str, max_age: int) -> None:
    settings: UserSettings = context.runtime.settings
    context.response_cookies.append(
        dump_cookie(
            name_of(settings),
            value,
            max_age=max_age,
            path="/",
            secure=_is_https(settings),
            httponly=True,
            samesite="Strict",
        )
    )


def _is_https(settings: UserSettings) -> bool:
    return settings.public_url.startswith("https://")

"""What a live installation must not start with: secrets that others know, and sign-ins over plain HTTP."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

EXAMPLE_MARKS = ("change-me", "changeme", "example", "secret-secret", "password", "curtain-up", "0123456789")
SECRET_PARTS = ("secret", "key", "pepper", "password")
NO_SECRETS = ("_file", "_dir", "_minutes", "_days", "publishable_key", "_url", "room_keys")
SHORTEST_SECRET, SHORTEST_PASSWORD, FEWEST_CHARACTERS = 32, 12, 8
DEFAULT_PASSWORDS = frozenset(
    {"", "root", "guest", "admin", "mysql", "redis", "rabbitmq", "secret", "lobbycard", "changeme", "letmein"}
)


def faults_of(fields: dict[str, tuple[str, Any]], public_url: str) -> list[str]:
    """What is wrong with settings (name → name in the environment, value) for production, each in words."""
    found = []
    for name, (told, value) in fields.items():
        if isinstance(value, str):
            found += [f"{told}: {fault}" for fault in _faults(name, value)]
    if not public_url.startswith("https://"):
        found.append("PUBLIC_URL: production needs https://, or cookies and tokens travel in the clear")
    return found


def _faults(name: str, value: str) -> Iterator[str]:
    if name.endswith("_url") and "://" in value:
        fault = _fault_of_address(value)
        if fault:
            yield fault
    elif any(part in name for part in SECRET_PARTS) and not name.endswith(NO_SECRETS):
        for part in _parts(name, value):
            fault = fault_of_secret(part)
            if fault:
                yield fault


def _parts(name: str, value: str) -> list[str]:
    """The secrets in a setting: of a list, each, without the name that may stand before it."""
    if not name.endswith(("secrets", "keys")):
        return [value] if value else []
    pieces = [piece.strip() for piece in value.split(",")]
    return [piece.partition(":")[2] or piece for piece in pieces if piece]


def fault_of_secret(secret: str) -> str | None:
    """Why a text is no secret; None when it may be one."""
    if any(mark in secret.lower() for mark in EXAMPLE_MARKS):
        return "is an example value; production needs a secret of its own"
    if len(secret) < SHORTEST_SECRET:
        return f"is too short; production needs {SHORTEST_SECRET} characters or more"
    if len(set(secret)) < FEWEST_CHARACTERS:
        return "has too few different characters to be a secret"
    return None


def _fault_of_address(address: str) -> str | None:
    """Why the password in an engine's address won't do; None without an engine that asks for one."""
    parts = urlsplit(address)
    scheme = parts.scheme.partition("+")[0]
    if scheme not in ("mysql", "mariadb", "redis", "rediss", "amqp", "amqps"):
        return None
    # RabbitMQ lets its guest in from this machine alone, and the launcher's own Redis listens nowhere else.
    if scheme not in ("mysql", "mariadb") and _is_this_machine(parts.hostname or ""):
        return None
    password = unquote(parts.password or "")
    if password.lower() in DEFAULT_PASSWORDS or password == (parts.username or ""):
        return "has no password, or one that everybody knows"
    if any(mark in password.lower() for mark in EXAMPLE_MARKS):
        return "has an example password; production needs one of its own"
    if len(password) < SHORTEST_PASSWORD:
        return f"has a password under {SHORTEST_PASSWORD} characters"
    return None


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

"""What somebody who has got hold of a secret could make: tokens with the true key, callers with the true secret.

Used to show that the next lock holds, and as the control: a good one of each is let in.
"""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import jwt
import requests
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from chassis.identity import CALLER_HEADER, GATEWAY, Caller, sign_caller
from tests.system import RunningSystem
from tools.launcher.fleet import SERVICES, fleet_from, secret_name

FAR_AHEAD = 3600


def true_key(system: RunningSystem) -> tuple[str, Any]:
    """Id and private half of the key that signs access tokens."""
    path = max((system.home / "files" / "user_service" / "keys").glob("[0-9]*.pem"))
    return path.stem, load_pem_private_key(path.read_bytes(), password=None)


def public_pem(system: RunningSystem) -> bytes:
    """The public half, as anybody can build it from the published keys."""
    key: bytes = (
        true_key(system)[1].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    return key


def claims_of(token: str) -> dict[str, Any]:
    """What a token says."""
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def signed_truly(system: RunningSystem, claims: dict[str, Any], **header: Any) -> str:
    """`claims` under the true key."""
    key_id, key = true_key(system)
    return jwt.encode(claims, key, algorithm="EdDSA", headers={"kid": key_id, **header})


def by_hand(header: dict[str, Any], claims: dict[str, Any], signature: bytes = b"") -> str:
    """A token no library would make."""
    parts = [json.dumps(part).encode() for part in (header, claims)] + [signature]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def fresh(claims: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """`claims`, good for a while, with some changed and those set to ... left out."""
    now = int(time.time())
    whole = {**claims, "iat": now, "exp": now + 600, **changes}
    return {name: value for name, value in whole.items() if value is not ...}


def address_of(system: RunningSystem, service: str) -> str:
    """Where a service listens, past the gateway."""
    found = next(known for known in SERVICES if known.name == service)
    return fleet_from({"PORT": str(system.port), "LOBBYCARD_HOME": str(system.home)}).url_of(found)


def secret_of(system: RunningSystem, room: str = GATEWAY) -> str:
    """The secret that `room` signs callers with."""
    lines = (system.home / "secrets.env").read_text().splitlines()
    return next(line.partition("=")[2] for line in lines if line.startswith(f"{secret_name(room)}="))


def ask_directly(
    system: RunningSystem,
    service: str,
    query: str,
    variables: dict[str, Any] | None = None,
    *,
    caller: Caller | None = None,
    **headers: str,
) -> requests.Response:
    """Ask a service past the gateway: as `caller` when one is given, else with `headers` alone."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    if caller is not None:
        given[CALLER_HEADER] = sign_caller(caller, service, secret_of(system, caller.issuer))
    body = {"query": query, "variables": variables or {}}
    return requests.post(f"{address_of(system, service)}/graphql", json=body, headers=given, timeout=20)

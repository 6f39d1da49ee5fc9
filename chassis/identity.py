"""Who is calling: a short-lived signed statement that travels between rooms.

The gateway (or a sibling service) signs it with a key of its own, the receiving service verifies it with the public
half. What the client itself sends under the same header never arrives: the gateway drops it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

import jwt

from chassis.errors import Forbidden, NotFound, Unauthenticated
from chassis.room_keys import RoomKeys, private_half

CALLER_HEADER = "X-Caller"
LIFETIME_SECONDS = 60
LEEWAY_SECONDS = 5
GATEWAY = "gateway"


class Role(IntEnum):
    """What a person may do; a higher one may do all of a lower one, within its scope."""

    CUSTOMER = 1
    STAFF = 2
    MANAGER = 3
    ADMIN = 4


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. `user_id` None is a visitor; `scope` holds the places a STAFF or MANAGER works for."""

    user_id: str | None = None
    role: Role | None = None
    scope: frozenset[str] = frozenset()
    session_id: str | None = None
    issuer: str = GATEWAY

    @property
    def is_peer(self) -> bool:
        """Whether a sibling service asks, not the gateway."""
        return self.issuer != GATEWAY

    def require_user(self) -> str:
        """The person's id. Raises Unauthenticated for a visitor."""
        if self.user_id is None:
            raise Unauthenticated
        return self.user_id

    def has_role(self, role: Role, *, scope: str | None = None) -> bool:
        """Whether the caller has `role` or a higher one, and, below ADMIN, works for `scope` if one is given."""
        if self.user_id is None or self.role is None or self.role < role:
            return False
        return scope is None or self.role is Role.ADMIN or scope in self.scope

    def require_role(self, role: Role, *, scope: str | None = None) -> str:
        """The person's id. Raises Unauthenticated for a visitor, Forbidden without the role or outside the scope."""
        user_id = self.require_user()
        if not self.has_role(role, scope=scope):
            raise Forbidden
        return user_id

    def require_peer(self, *names: str) -> None:
        """Raises NotFound unless a sibling service asks (one of `names` if any are given)."""
        if not self.is_peer or (names and self.issuer not in names):
            raise NotFound("There is no such operation.")

    def sees_all(self) -> bool:
        """Whether no scope narrows what the caller sees: ADMIN, or a sibling service."""
        return self.is_peer or self.role is Role.ADMIN


VISITOR = Caller()


def sign_caller(caller: Caller, audience: str, secret: str, *, now: float | None = None) -> str:
    """A statement of `caller` for the service named `audience`, valid for LIFETIME_SECONDS.

    Signed with the key of the room that has `secret`, which must be the one that `caller.issuer` names.
    """
    issued = int(now if now is not None else time.time())
    claims: dict[str, Any] = {
        "iss": caller.issuer,
        "aud": audience,
        "iat": issued,
        "exp": issued + LIFETIME_SECONDS,
        "role": caller.role.name if caller.role else None,
        "scope": sorted(caller.scope),
        "sid": caller.session_id,
    }
    if caller.user_id is not None:
        claims["sub"] = caller.user_id
    return jwt.encode(claims, private_half(secret), algorithm="EdDSA", headers={"kid": caller.issuer})


def read_caller(token: str, audience: str, keys: RoomKeys) -> Caller:
    """The caller stated by `token`. Raises Unauthenticated when it is missing, forged, stale or for someone else."""
    return read_statement(token, audience, keys)[0]


def read_statement(token: str, audience: str, keys: RoomKeys) -> tuple[Caller, float]:
    """As `read_caller`, with the time (seconds since 1970) at which the statement expires."""
    try:
        claims = _claims(token, audience, keys)
        role = claims.get("role")
        caller = Caller(
            user_id=claims.get("sub"),
            role=Role[role] if role else None,
            scope=frozenset(claims.get("scope") or ()),
            session_id=claims.get("sid"),
            issuer=str(claims["iss"]),
        )
        return caller, float(claims["exp"])
    except (jwt.InvalidTokenError, KeyError, TypeError):
        raise Unauthenticated("This service answers only to its gateway and its siblings.") from None


def _claims(token: str, audience: str, keys: RoomKeys) -> dict[str, Any]:
    """What a statement says; whoever signs in the name of a room must have that room's key."""
    name = jwt.get_unverified_header(token).get("kid")
    for key in keys.of(name):
        try:
            claims: dict[str, Any] = jwt.decode(
                token, key, algorithms=["EdDSA"], audience=audience, issuer=name, leeway=LEEWAY_SECONDS,
                options={"require": ["iss", "aud", "iat", "exp"]},
            )  # fmt: skip
        except jwt.InvalidSignatureError:
            continue  # a room that changes its secret has an older key beside the new one
        return claims
    raise jwt.InvalidTokenError


def as_peer(caller: Caller, service: str) -> Caller:
    """The same person, spoken for by `service`."""
    return replace(caller, issuer=service)

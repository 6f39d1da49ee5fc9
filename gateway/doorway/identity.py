"""Who asks: the bearer token is verified once, here, and told to the members in a statement signed for each.

What a client itself sends about identity never goes further than this.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jwt

from chassis.identity import VISITOR, Caller, Role
from gateway.doorway.access_keys import ALGORITHM, AccessKeys
from gateway.doorway.refusal import Refusal
from gateway.doorway.sessions import Sessions, Standing
from gateway.graph_file import TokenIssuer

REQUIRED_CLAIMS = ["exp", "iat", "iss", "aud", "sub", "jti", "sid", "typ"]
LEEWAY_SECONDS = 5
KEPT_TOKENS = 10_000
LONGEST_TOKEN = 4096


@dataclass(frozen=True, slots=True)
class Asker:
    """The caller, and whether it is certain that the session still stands."""

    caller: Caller
    certain: bool = True

    @property
    def is_staff(self) -> bool:
        """Whether the person may do more than a guest."""
        return self.caller.role is not None and self.caller.role >= Role.STAFF

    def guard_writes(self) -> None:
        """Raises Refusal for staff whose session can't be confirmed: their writes fail closed."""
        if self.is_staff and not self.certain:
            raise _unsure("Changes by staff wait until sessions can be checked again.")


ANYONE = Asker(VISITOR)


class Identity:
    """Turns an Authorization header into an Asker."""

    def __init__(
        self,
        issuer: TokenIssuer | None,
        keys: AccessKeys | None,
        sessions: Sessions,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._issuer = issuer
        self._keys = keys
        self._sessions = sessions
        self._wall_clock = wall_clock
        self._verified: dict[str, tuple[Caller, float]] = {}

    def of(self, authorization: str | None) -> Asker:
        """Who asks; a visitor without a header. Raises Refusal (401, or 503 when no key is known yet)."""
        if not authorization or self._issuer is None or self._keys is None:
            return ANYONE
        scheme, _, token = authorization.partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token or len(token) > LONGEST_TOKEN:
            raise _refused()
        caller = self._caller(token, self._issuer, self._keys)
        standing = self._sessions.standing(caller.session_id or "")
        if standing is Standing.ENDED:
            raise _refused("This session has ended. Please sign in again.")
        asker = Asker(caller, certain=standing is Standing.GOOD)
        if asker.is_staff and standing is Standing.UNKNOWN:
            raise _unsure("Staff wait until sessions can be checked again.")
        return asker

    def news(self) -> int:
        """A number that changes when sessions have ended."""
        return self._sessions.news()

    def _caller(self, token: str, issuer: TokenIssuer, keys: AccessKeys) -> Caller:
        now = self._wall_clock()
        known = self._verified.get(token)
        if known is not None and now < known[1]:
            return known[0]
        claims = _claims(token, issuer, keys)
        caller = _caller_of(claims)
        if len(self._verified) >= KEPT_TOKENS:
            self._verified.clear()
        # Verified again after a minute at most, so that a key withdrawn by its owner stops working.
        self._verified[token] = (caller, min(float(claims["exp"]), now + 60.0))
        return caller


def _claims(token: str, issuer: TokenIssuer, keys: AccessKeys) -> dict[str, Any]:
    try:
        header = jwt.get_unverified_header(token)
        key_id = header.get("kid")
        # Named here once more: the algorithm is ours to fix, never the token's to choose.
        if header.get("alg") != ALGORITHM or not isinstance(key_id, str):
            raise _refused()
        key = keys.find(key_id)
        if key is None:
            raise _refused() if keys.known else _unknown_keys()
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            issuer=issuer.issuer,
            audience=issuer.audience,
            leeway=LEEWAY_SECONDS,
            options={"require": REQUIRED_CLAIMS},
        )
    except jwt.ExpiredSignatureError:
        raise _refused("The access token has expired.") from None
    except (jwt.PyJWTError, ValueError):
        raise _refused() from None
    if claims.get("typ") != "access":
        raise _refused()
    return claims


def _caller_of(claims: dict[str, Any]) -> Caller:
    scope = claims.get("scope") or ()
    role = claims.get("role")
    well_formed = isinstance(scope, list | tuple) and all(isinstance(item, str) for item in scope)
    if not well_formed or not isinstance(role, str) or role not in Role.__members__:
        raise _refused()
    return Caller(
        user_id=str(claims["sub"]), role=Role[role], scope=frozenset(scope), session_id=str(claims["sid"])
    )


def _refused(message: str = "The access token is not valid.") -> Refusal:
    return Refusal(401, "UNAUTHENTICATED", message, headers={"WWW-Authenticate": "Bearer"})


def _unsure(message: str) -> Refusal:
    return Refusal(503, "SERVICE_UNAVAILABLE", message, headers={"Retry-After": "5"})


def _unknown_keys() -> Refusal:
    message = "Tokens can't be checked right now. Please try again in a moment."
    return Refusal(503, "SERVICE_UNAVAILABLE", message, headers={"Retry-After": "2"})

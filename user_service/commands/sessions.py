"""Sessions: open, refresh, end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import redis
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from chassis import audit
from chassis.database import utc_now
from chassis.errors import NotFound
from chassis.identity import Caller
from chassis.ids import new_id
from chassis.links import OWN_LIFE
from chassis.logs import log
from chassis.revocations import Revocations
from user_service import errors, tokens
from user_service.models import RefreshTokenRow, SessionRow, UserRow
from user_service.settings import UserRuntime
from user_service.tokens import Tokens

SPARE_SECONDS = 60  # clocks differ; a mark may outlive the token, never the other way round
TOLD_AT_ONCE = 500


@dataclass(frozen=True)
class Client:
    """Where a request comes from, as the gateway sees it."""

    address: str | None = None
    user_agent: str | None = None


@dataclass(frozen=True)
class SignedIn:
    """Somebody with tokens; without, when one more proof is asked for at the next sign-in."""

    user: UserRow
    tokens: Tokens | None


@dataclass(frozen=True)
class _Opened:
    user: UserRow
    session_id: str
    refresh_token: str


def open_session(session: Session, runtime: UserRuntime, user: UserRow, client: Client) -> _Opened:
    """A new session of `user` in the caller's transaction; `with_tokens` completes it."""
    expires_at = utc_now(session) + timedelta(days=runtime.settings.refresh_token_days)
    row = SessionRow(
        id=new_id(),
        user_id=user.id,
        user_agent=(client.user_agent or "")[:255] or None,
        ip_address=(client.address or "")[:45] or None,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    return _Opened(user, row.id, _new_refresh_token(session, runtime, row.id))


def with_tokens(runtime: UserRuntime, opened: _Opened) -> SignedIn:
    """The signed-in person, once the session is stored."""
    signed = tokens.issue(runtime, opened.user, opened.session_id, opened.refresh_token)
    return SignedIn(opened.user, signed)


def refresh(runtime: UserRuntime, token: str, client: Client) -> SignedIn:
    """New tokens for a refresh token, which is used up by it.

    A token that comes a second time was stolen, or its successor was: the session ends. Raises
    RefreshTokenInvalid, RefreshTokenReused.
    """
    fingerprint = tokens.fingerprint(token)
    outcome = runtime.database.transact(lambda session: _rotate(session, runtime, fingerprint, client))
    if isinstance(outcome, _Opened):
        return with_tokens(runtime, outcome)
    if isinstance(outcome, errors.RefreshTokenReused):
        log().warning("refresh token reused: session ended")
        tell_ended(runtime)
    raise outcome


def end_current(runtime: UserRuntime, caller: Caller) -> None:
    """Sign out here. Raises Unauthenticated for a visitor."""
    user_id = caller.require_user()
    _sign_out(runtime, user_id, caller.session_id or "")


def _sign_out(runtime: UserRuntime, user_id: str, session_id: str) -> None:
    def end(session: Session) -> None:
        if end_sessions(session, user_id, "signed out", only=session_id):
            audit.record(session, Caller(user_id), "session.close", "Session", session_id)

    runtime.database.transact(end)
    tell_ended(runtime)


def end_by_refresh_token(runtime: UserRuntime, token: str) -> None:
    """Sign out with what is left when the access token has expired; no word when the token is unknown."""

    def find(session: Session) -> SessionRow | None:
        row = session.get(RefreshTokenRow, tokens.fingerprint(token))
        return session.get(SessionRow, row.session_id) if row else None

    owner = runtime.database.read(find)
    if owner is not None:
        _sign_out(runtime, owner.user_id, owner.id)


def end_all(runtime: UserRuntime, caller: Caller) -> None:
    """Sign out everywhere; a change of address that was not proved yet falls away. Raises Unauthenticated for a visitor."""
    user_id = caller.require_user()

    def end(session: Session) -> None:
        # Asked for by whoever is shut out now, its link would give them the account.
        session.execute(update(UserRow).where(UserRow.id == user_id).values(pending_email=None))
        end_sessions(session, user_id, "signed out everywhere")
        audit.record(session, caller, "user.sign_out_everywhere", "User", user_id)

    runtime.database.transact(end)
    tell_ended(runtime)


def end_one(runtime: UserRuntime, caller: Caller, session_id: str) -> None:
    """Sign out on another device. Raises NotFound unless it is a living session of the caller."""
    user_id = caller.require_user()

    def end(session: Session) -> None:
        if not end_sessions(session, user_id, "revoked", only=session_id):
            raise NotFound
        audit.record(session, caller, "session.revoke", "Session", session_id)

    runtime.database.transact(end)
    tell_ended(runtime)


def end_sessions(
    session: Session, user_id: str, reason: str, *, only: str | None = None, but: str | None = None
) -> int:
    """End living sessions of `user_id` in the caller's transaction; how many. Call `tell_ended` afterwards."""
    living = update(SessionRow).where(SessionRow.user_id == user_id, SessionRow.ended_at.is_(None))
    if only is not None:
        living = living.where(SessionRow.id == only)
    if but is not None:
        living = living.where(SessionRow.id != but)
    result = session.execute(living.values(ended_at=utc_now(session), end_reason=reason))
    return int(result.rowcount)  # type: ignore[attr-defined]  # an update's result has it


def tell_ended(runtime: UserRuntime) -> int:
    """Have every room refuse the access tokens of sessions that ended; how many were told.

    Called right after a session ends, and by a timer for those that could not be told then.
    """
    untold = (
        select(SessionRow.id)
        .where(SessionRow.told_at.is_(None), SessionRow.ended_at.is_not(None))
        .limit(TOLD_AT_ONCE)
    )
    ended = runtime.database.read(lambda session: list(session.scalars(untold)))
    if not ended:
        return 0
    revocations = Revocations(runtime.redis)
    longest = max(runtime.settings.access_token_seconds, int(OWN_LIFE.total_seconds()))
    try:
        for session_id in ended:
            revocations.revoke(session_id, longest + SPARE_SECONDS)
    except redis.RedisError as error:
        log().warning("ended sessions are told later", error=repr(error))
        return 0
    told = update(SessionRow).where(SessionRow.id.in_(ended))
    runtime.database.transact(lambda session: session.execute(told.values(told_at=utc_now(session))))
    return len(ended)


def purge(session: Session) -> None:
    """Forget sessions a while after they ended or ran out; their refresh tokens go with them."""
    long_ago = utc_now(session) - timedelta(days=7)
    old = (SessionRow.ended_at < long_ago) & SessionRow.told_at.is_not(None)
    gone = select(SessionRow.id).where(old | (SessionRow.expires_at < long_ago)).limit(TOLD_AT_ONCE)
    ids = list(session.scalars(gone))
    session.execute(delete(RefreshTokenRow).where(RefreshTokenRow.session_id.in_(ids)))
    session.execute(delete(SessionRow).where(SessionRow.id.in_(ids)))


def _rotate(
    session: Session, runtime: UserRuntime, fingerprint: str, client: Client
) -> _Opened | errors.RefreshTokenInvalid | errors.RefreshTokenReused:
    now = utc_now(session)
    fresh = update(RefreshTokenRow).where(
        RefreshTokenRow.token_hash == fingerprint,
        RefreshTokenRow.used_at.is_(None),
        RefreshTokenRow.expires_at > now,
    )
    was_fresh = session.execute(fresh.values(used_at=now)).rowcount == 1  # type: ignore[attr-defined]  # see above
    token = session.get(RefreshTokenRow, fingerprint)
    row = session.get(SessionRow, token.session_id, with_for_update=True) if token else None
    user = session.get(UserRow, row.user_id) if row else None
    if token is None or row is None or user is None or row.ended_at is not None or not user.active:
        return errors.RefreshTokenInvalid()
    if not was_fresh:
        if token.used_at is None:
            return errors.RefreshTokenInvalid()
        end_sessions(session, user.id, "token reused", only=row.id)
        return errors.RefreshTokenReused()
    row.last_seen_at = now
    row.expires_at = now + timedelta(days=runtime.settings.refresh_token_days)
    row.ip_address = (client.address or "")[:45] or row.ip_address
    return _Opened(user, row.id, _new_refresh_token(session, runtime, row.id))


def _new_refresh_token(session: Session, runtime: UserRuntime, session_id: str) -> str:
    token = tokens.random_token()
    expires_at = utc_now(session) + timedelta(days=runtime.settings.refresh_token_days)
    session.execute(
        insert(RefreshTokenRow).values(
            token_hash=tokens.fingerprint(token), session_id=session_id, expires_at=expires_at
        )
    )
    return token

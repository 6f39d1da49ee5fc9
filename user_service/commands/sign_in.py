"""Signing in: the same work and the same words whether or not the address is known."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import audit
from chassis.database import utc_now
from chassis.errors import Refusal
from chassis.identity import Caller
from chassis.logs import log
from user_service import attempts, errors, limits, rules, totp
from user_service.commands.sessions import Client, SignedIn, open_session, with_tokens
from user_service.models import UserRow
from user_service.passwords import hasher
from user_service.settings import UserRuntime


def sign_in(
    runtime: UserRuntime, client: Client, email: str, password: str, totp_code: str | None
) -> SignedIn:
    """A session for who knows the password (and, where it is on, the present code).

    Raises InvalidCredentials, AccountDeactivated, TotpRequired, TotpInvalid; RateLimited for too many, or failures.
    """
    limits.sign_in(runtime, client.address)
    wanted = rules.normal_email(email)
    account, source = attempts.account(wanted), attempts.source(client.address)

    def begin(session: Session) -> UserRow | None:
        attempts.refuse_blocked(session, source)
        attempts.begin(session, account, free=runtime.settings.failures_of_account)
        return session.scalars(select(UserRow).where(UserRow.email == wanted)).first()

    user = runtime.database.transact(begin)
    known = user.password_hash if user and may_sign_in(runtime, user) else None
    if not hasher(runtime.settings).matches(password[: rules.LONGEST_PASSWORD + 1], known) or user is None:
        _note_failure(runtime, client.address)
        raise errors.InvalidCredentials
    if not user.active:
        raise errors.AccountDeactivated
    if user.totp_enabled and not (totp_code or "").strip():
        raise errors.TotpRequired(field=("input", "totpCode"))

    def finish(session: Session) -> SignedIn | None:
        present = session.get_one(UserRow, user.id, with_for_update=True)
        # Changed or switched off since the password was compared: then it proves nothing any more.
        if present.password_hash != known or not present.active:
            return None
        if present.totp_enabled and not spend_code(session, runtime, present, totp_code or ""):
            return None
        attempts.forget(session, account)
        opened = open_session(session, runtime, present, client)
        audit.record(session, Caller(present.id), "session.open", "Session", opened.session_id)
        return with_tokens(runtime, opened)

    signed_in = runtime.database.transact(finish)
    if signed_in is None:
        _note_failure(runtime, client.address)
        raise _unproven(user)
    log().info("signed in", user_id=user.id, role=user.role)
    return signed_in


def _unproven(user: UserRow) -> Refusal:
    return (
        errors.TotpInvalid(field=("input", "totpCode")) if user.totp_enabled else errors.InvalidCredentials()
    )


def may_sign_in(runtime: UserRuntime, user: UserRow) -> bool:
    """Whether the address is proven where that is asked for: else a sign-in would tell what registering did not."""
    return bool(user.email_verified) or not runtime.settings.quiet_registration


def spend_code(session: Session, runtime: UserRuntime, user: UserRow, code: str) -> bool:
    """Whether `code` is valid now; it is not a second time. Call with the row locked."""
    if user.totp_secret is None:
        return False
    secret = totp.unseal(user.totp_secret, runtime.settings.password_pepper, user.id)
    step = totp.matching_step(secret, code, now=utc_now(session), after=user.totp_last_step)
    if step is None:
        return False
    user.totp_last_step = step
    return True


def check_password(runtime: UserRuntime, user: UserRow, password: str, field: tuple[str, ...]) -> None:
    """The own password, asked for again before something that can't be undone.

    Raises WrongPassword; RateLimited after repeated failures.
    """
    account = attempts.account(str(user.email))

    free = runtime.settings.failures_of_account
    runtime.database.transact(lambda session: attempts.begin(session, account, free=free))
    if not hasher(runtime.settings).matches(password[: rules.LONGEST_PASSWORD + 1], user.password_hash):
        raise errors.WrongPassword(field=field)
    runtime.database.transact(lambda session: attempts.forget(session, account))


def _note_failure(runtime: UserRuntime, address: str | None) -> None:
    log().info("sign-in failed")
    source, free = attempts.source(address), limits.failures_of_source(runtime.settings, address)
    runtime.database.transact(lambda session: attempts.count_failure(session, source, free=free))

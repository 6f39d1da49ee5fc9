"""Single-use links: stored hashed, good for a while, bound to one account and one address."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import audit
from chassis.database import utc_now
from chassis.errors import RateLimited
from chassis.identity import Caller
from chassis.outbox import publish
from user_service import attempts, errors, events, limits, rules, tokens
from user_service.accounts import person, search_text
from user_service.commands.sessions import (
    Client,
    SignedIn,
    end_sessions,
    open_session,
    tell_ended,
    with_tokens,
)
from user_service.models import LinkRow, UserRow
from user_service.passwords import hasher
from user_service.settings import UserRuntime

VERIFY, RESET, INVITE = "VERIFY", "RESET", "INVITE"
_PAGES = {VERIFY: "/verify-email", RESET: "/reset-password", INVITE: "/invitation"}


def send_verification(session: Session, runtime: UserRuntime, user: UserRow, email: str) -> None:
    """Have a link sent to `email` that proves it, in the caller's transaction; older ones stop working."""
    lifetime = timedelta(hours=runtime.settings.verification_hours)
    link = _new_link(session, runtime, user, VERIFY, email, lifetime)
    publish(session, events.verification_requested(user, email, link, utc_now(session) + lifetime))


def send_invitation(session: Session, runtime: UserRuntime, user: UserRow) -> str:
    """Have a link sent to choose the first password, in the caller's transaction; the link."""
    lifetime = timedelta(hours=runtime.settings.invitation_hours)
    link = _new_link(session, runtime, user, INVITE, str(user.email), lifetime)
    publish(session, events.invited(user, link, utc_now(session) + lifetime))
    return link


def request_verification(runtime: UserRuntime, caller: Caller) -> None:
    """Send the link to prove the own (or the new) address once more.

    Raises EmailAlreadyVerified, RateLimited.
    """
    user_id = caller.require_user()
    limits.mail(runtime, "verify", user_id)

    def send(session: Session) -> None:
        user = person(session, user_id)
        if user.email_verified and not user.pending_email:
            raise errors.EmailAlreadyVerified
        send_verification(session, runtime, user, user.pending_email or str(user.email))
        audit.record(session, caller, "user.ask_verification", "User", user_id)

    runtime.database.transact(send)


def verify_email(runtime: UserRuntime, token: str) -> UserRow:
    """Note that the address a link was sent to is its owner's; their account.

    Raises LinkInvalid; EmailTaken when another account took the address meanwhile.
    """

    def verify(session: Session) -> UserRow:
        link, user = _use(session, token, (VERIFY,))
        if link.email not in (user.email, user.pending_email):
            raise errors.LinkInvalid
        before = user.email
        user.email, user.pending_email, user.email_verified = link.email, None, True
        user.search_text = search_text(user)
        session.flush()
        after = {"email": user.email, "emailVerified": True}
        audit.record(
            session,
            Caller(user.id),
            "user.verify_email",
            "User",
            user.id,
            before={"email": before},
            after=after,
        )
        if user.email != before:
            publish(session, events.updated(user))
            if before:
                publish(session, events.email_changed(user, before))
        return user

    try:
        return runtime.database.transact(verify)
    except IntegrityError:
        raise errors.EmailTaken from None


def request_reset(runtime: UserRuntime, client: Client, email: str) -> None:
    """Send a link to choose a new password, if somebody has this address; silent either way.

    Raises RateLimited for a source that asks too often.
    """
    limits.reset_request(runtime, client.address)
    wanted = rules.normal_email(email)
    runtime.database.transact(lambda session: mail_reset(session, runtime, wanted))


def mail_reset(session: Session, runtime: UserRuntime, email: str) -> None:
    """Have that link sent in the caller's transaction; as much is written for an address that nobody has."""
    attempts.note(session, attempts.reset(email))
    user = session.scalars(select(UserRow).where(UserRow.email == email, UserRow.active)).first()
    try:
        limits.mail(runtime, "reset", attempts.reset(email))
    except RateLimited:
        return  # told to the caller it would say that the address is known
    if user is None:
        _drop_links(session, "nobody", (RESET,))
        attempts.write_decoys(session, 2)  # for the link and for the event that a known address gets
        return
    lifetime = timedelta(minutes=runtime.settings.reset_minutes)
    link = _new_link(session, runtime, user, RESET, email, lifetime)
    publish(session, events.reset_requested(user, link, utc_now(session) + lifetime))


def reset_password(runtime: UserRuntime, client: Client, token: str, new_password: str) -> SignedIn:
    """Choose a new password by a link; every session ends, and a new one begins unless codes are asked for.

    Raises LinkInvalid, PasswordTooShort, PasswordTooLong, PasswordTooCommon.
    """
    rules.password_of(new_password, ("input", "newPassword"))
    fingerprint = tokens.fingerprint(token)
    # Looked at before the costly hash; used up, under guard, after it.
    if runtime.database.read(lambda session: _living(session, fingerprint, (RESET, INVITE))) is None:
        raise errors.LinkInvalid(field=("input", "token"))
    hashed = hasher(runtime.settings).hash(new_password)

    def reset(session: Session) -> SignedIn:
        link, user = _use(session, token, (RESET, INVITE))
        if link.email != user.email:
            raise errors.LinkInvalid(field=("input", "token"))
        had_password = user.password_hash is not None
        user.password_hash, user.email_verified = hashed, True
        user.pending_email = None  # whoever asked for another address may be whom the reset shuts out
        end_sessions(session, user.id, "password reset")
        _drop_links(session, user.id, (RESET, INVITE))
        attempts.forget(session, attempts.account(str(user.email)))
        audit.record(session, Caller(user.id), "user.reset_password", "User", user.id)
        if had_password:
            publish(session, events.password_changed(user))
        if user.totp_enabled:
            return SignedIn(user, None)
        session.flush()
        return with_tokens(runtime, open_session(session, runtime, user, client))

    signed_in = runtime.database.transact(reset)
    tell_ended(runtime)
    return signed_in


def purge(session: Session) -> None:
    """Drop links that have expired."""
    session.execute(delete(LinkRow).where(LinkRow.expires_at < utc_now(session) - timedelta(days=1)))


def _new_link(
    session: Session, runtime: UserRuntime, user: UserRow, purpose: str, email: str, lifetime: timedelta
) -> str:
    _drop_links(session, user.id, (purpose,))
    token = tokens.random_token()
    session.execute(
        insert(LinkRow).values(
            token_hash=tokens.fingerprint(token),
            user_id=user.id,
            purpose=purpose,
            email=email,
            expires_at=utc_now(session) + lifetime,
        )
    )
    # The host comes from the settings, never from the request.
    return f"{runtime.settings.public_url.rstrip('/')}{_PAGES[purpose]}?{urlencode({'token': token})}"


def _drop_links(session: Session, user_id: str, purposes: tuple[str, ...]) -> None:
    session.execute(delete(LinkRow).where(LinkRow.user_id == user_id, LinkRow.purpose.in_(purposes)))


def _use(session: Session, token: str, purposes: tuple[str, ...]) -> tuple[LinkRow, UserRow]:
    """Use up a link. Raises LinkInvalid unless this call is the first and in time."""
    fingerprint = tokens.fingerprint(token)
    now = utc_now(session)
    link = _living(session, fingerprint, purposes)
    first = update(LinkRow).where(LinkRow.token_hash == fingerprint, LinkRow.used_at.is_(None))
    if link is None or session.execute(first.values(used_at=now)).rowcount != 1:  # type: ignore[attr-defined]  # an update's result has it
        raise errors.LinkInvalid
    user = session.get_one(UserRow, link.user_id, with_for_update=True)
    if not user.active:
        raise errors.LinkInvalid
    return link, user


def _living(session: Session, fingerprint: str, purposes: tuple[str, ...]) -> LinkRow | None:
    return session.scalars(
        select(LinkRow).where(
            LinkRow.token_hash == fingerprint,
            LinkRow.purpose.in_(purposes),
            LinkRow.used_at.is_(None),
            LinkRow.expires_at > utc_now(session),
        )
    ).first()

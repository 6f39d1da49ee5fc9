"""What an administrator does with other people's accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import audit
from chassis.errors import Forbidden
from chassis.identity import Caller, Role
from chassis.ids import new_id
from chassis.outbox import publish
from user_service import errors, events, rules
from user_service.accounts import active_admins, living_user, search_text
from user_service.commands.links import send_invitation
from user_service.commands.sessions import end_sessions, tell_ended
from user_service.models import UserRow
from user_service.settings import UserRuntime


@dataclass(frozen=True)
class Invitation:
    """Whom to invite, as what."""

    email: str
    name: str
    role: str
    cinema_ids: Sequence[str]


def invite(runtime: UserRuntime, caller: Caller, wanted: Invitation) -> UserRow:
    """An account without a password, and a link to choose one; sent anew to who has not chosen yet.

    Raises Forbidden below ADMIN; Refusals with EmailInvalid, EmailTaken, NameRequired, CinemasInvalid ….
    """
    caller.require_role(Role.ADMIN)
    faults = rules.Gathering()
    email = faults.check(rules.email_of, wanted.email, ("input", "email"))
    name = faults.check(rules.name_of, wanted.name, ("input", "name"))
    cinemas = faults.check(rules.cinemas_of, wanted.role, wanted.cinema_ids, ("input", "cinemaIds"))
    faults.tell()
    assert email is not None  # told otherwise
    assert name is not None
    assert cinemas is not None

    def store(session: Session) -> UserRow:
        user = session.scalars(select(UserRow).where(UserRow.email == email).with_for_update()).first()
        if user is not None and (user.password_hash is not None or not user.active):
            raise errors.EmailTaken(field=("input", "email"))
        if user is None:
            user = UserRow(id=new_id(), email=email, locale="en", active=True, email_verified=False)
            session.add(user)
        user.name, user.role, user.cinema_ids = name, wanted.role, cinemas
        user.search_text = search_text(user)
        session.flush()
        session.refresh(user)
        publish(session, events.updated(user), events.role_changed(user))
        send_invitation(session, runtime, user)
        after = {"email": email, "role": user.role, "cinemaIds": cinemas}
        audit.record(session, caller, "user.invite", "User", user.id, after=after)
        return user

    try:
        return runtime.database.transact(store)
    except IntegrityError:
        raise errors.EmailTaken(field=("input", "email")) from None


def set_role(
    runtime: UserRuntime, caller: Caller, user_id: str, role: str, cinema_ids: Sequence[str]
) -> UserRow:
    """Another role, or other cinemas; the person's sessions end, since their tokens tell the old one.

    Raises Forbidden below ADMIN, NotFound, LastAdmin, CinemasInvalid.
    """
    caller.require_role(Role.ADMIN)
    cinemas = rules.cinemas_of(role, cinema_ids, ("input", "cinemaIds"))

    def change(session: Session) -> UserRow:
        admins = active_admins(session)
        user = living_user(session, user_id)
        if role != rules.ADMIN:
            rules.keeps_an_admin(admins, user_id)
        before = {"role": user.role, "cinemaIds": user.cinema_ids}
        after = {"role": role, "cinemaIds": cinemas}
        if before == after:
            return user
        user.role, user.cinema_ids = role, cinemas
        end_sessions(session, user_id, "role changed")
        publish(session, events.role_changed(user))
        audit.record(session, caller, "user.set_role", "User", user_id, before=before, after=after)
        return user

    user = runtime.database.transact(change)
    tell_ended(runtime)
    return user


def set_active(runtime: UserRuntime, caller: Caller, user_id: str, active: bool) -> UserRow:
    """Switch an account on or off; off ends all its sessions.

    Raises Forbidden below ADMIN, NotFound, LastAdmin.
    """
    caller.require_role(Role.ADMIN)

    def change(session: Session) -> UserRow:
        admins = active_admins(session)
        user = living_user(session, user_id)
        if user.active == active:
            return user
        if not active:
            rules.keeps_an_admin(admins, user_id)
            end_sessions(session, user_id, "switched off")
        user.active = active
        audit.record(
            session, caller, "user.set_active", "User", user_id,
            before={"active": not active}, after={"active": active},
        )  # fmt: skip
        return user

    user = runtime.database.transact(change)
    tell_ended(runtime)
    return user


def switch_off_codes(runtime: UserRuntime, caller: Caller, user_id: str) -> UserRow:
    """No codes any more for somebody who has lost the app, or was locked out by who had their session; all sessions end.

    Raises Forbidden below ADMIN and for oneself (that takes the password), NotFound, TotpNotEnrolled.
    """
    caller.require_role(Role.ADMIN)
    if user_id == caller.user_id:
        raise Forbidden("Your own codes are switched off in your profile, with your password.")

    def switch_off(session: Session) -> UserRow:
        user = living_user(session, user_id)
        if user.totp_secret is None:
            raise errors.TotpNotEnrolled
        user.totp_enabled, user.totp_secret, user.totp_last_step = False, None, 0
        end_sessions(session, user_id, "codes switched off")
        audit.record(session, caller, "user.switch_off_codes", "User", user_id)
        return user

    user = runtime.database.transact(switch_off)
    tell_ended(runtime)
    return user

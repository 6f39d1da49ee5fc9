"""Deleting what is personal about somebody: here at once, in the other services by an event."""

from __future__ import annotations

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from chassis import audit
from chassis.database import utc_now
from chassis.identity import Caller, Role
from chassis.outbox import publish
from user_service import attempts, events, rules
from user_service.accounts import active_admins, living_user, person
from user_service.commands.sessions import end_sessions, tell_ended
from user_service.commands.sign_in import check_password
from user_service.models import AuditRow, ExportRow, LinkRow, SessionRow, UserRow
from user_service.settings import UserRuntime


def delete_own(runtime: UserRuntime, caller: Caller, password: str) -> None:
    """Erase the caller's own account. Raises WrongPassword, LastAdmin, RateLimited."""
    user_id = caller.require_user()
    user = runtime.database.read(lambda session: person(session, user_id))
    check_password(runtime, user, password, ("password",))
    _erase(runtime, caller, user_id)


def erase(runtime: UserRuntime, caller: Caller, user_id: str) -> None:
    """Erase somebody's account. Raises Forbidden below ADMIN, NotFound, LastAdmin."""
    caller.require_role(Role.ADMIN)
    _erase(runtime, caller, user_id)


def _erase(runtime: UserRuntime, caller: Caller, user_id: str) -> None:
    def work(session: Session) -> None:
        admins = active_admins(session)
        user = living_user(session, user_id)
        rules.keeps_an_admin(admins, user_id)
        end_sessions(session, user_id, "erased")
        _forget(session, user)
        publish(session, events.erased(user_id))
        audit.record(session, caller, "user.erase", "User", user_id)

    runtime.database.transact(work)
    tell_ended(runtime)


def _forget(session: Session, user: UserRow) -> None:
    if user.email:
        attempts.forget(session, attempts.account(user.email))
    user.email = user.pending_email = user.phone = user.password_hash = user.totp_secret = None
    user.email_verified = user.totp_enabled = user.active = False
    user.name, user.locale, user.search_text = rules.DELETED_NAME, "en", ""
    user.role, user.cinema_ids, user.erased_at = rules.CUSTOMER, [], utc_now(session)
    session.execute(
        update(SessionRow).where(SessionRow.user_id == user.id).values(user_agent=None, ip_address=None)
    )
    session.execute(delete(LinkRow).where(LinkRow.user_id == user.id))
    session.execute(delete(ExportRow).where(ExportRow.user_id == user.id))
    # That something was changed stays on record; what it said about the person does not.
    about = (AuditRow.object_type == "User") & (AuditRow.object_id == user.id)
    session.execute(update(AuditRow).where(about).values(before=None, after=None))

"""What people change about themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from chassis import audit
from chassis.identity import Caller
from chassis.outbox import publish
from user_service import errors, events, limits, rules
from user_service.accounts import is_taken, person, search_text
from user_service.commands.links import send_verification
from user_service.commands.sessions import end_sessions, tell_ended
from user_service.commands.sign_in import check_password
from user_service.models import UserRow
from user_service.passwords import hasher
from user_service.settings import UserRuntime


def update_profile(runtime: UserRuntime, caller: Caller, wanted: Mapping[str, str | None]) -> UserRow:
    """Change name, phone, locale at once; a new address (key "email") counts once its owner has proved it.

    Only the keys that are there are changed; a phone of None is removed. Raises Refusals with everything that
    is wrong, RateLimited after some new addresses within an hour: each is sent a mail.
    """
    user_id = caller.require_user()
    changes = _checked_changes(wanted)
    email = changes.pop("email", None)

    def change(session: Session) -> UserRow:
        user = person(session, user_id, lock=True)
        before = {key: getattr(user, key) for key, value in changes.items() if getattr(user, key) != value}
        for key in before:
            setattr(user, key, changes[key])
        user.search_text = search_text(user)
        after = {key: changes[key] for key in before}
        if email and email != user.email:
            limits.mail(runtime, "verify", user_id)  # before a word on whether the address is taken
            if is_taken(session, email):
                raise errors.EmailTaken(field=("input", "email"))
            user.pending_email = email
            send_verification(session, runtime, user, email)
            before, after = before | {"pendingEmail": None}, after | {"pendingEmail": email}
        elif email:
            user.pending_email = None
        if after:
            audit.record(session, caller, "user.update", "User", user_id, before=before, after=after)
        if set(after) - {"pendingEmail"}:
            publish(session, events.updated(user))
        return user

    return runtime.database.transact(change)


def change_password(runtime: UserRuntime, caller: Caller, current: str, new: str) -> UserRow:
    """A new password; every other session ends, and a change of address that was not proved yet falls away.

    Raises WrongPassword, PasswordTooShort, PasswordTooLong, PasswordTooCommon; RateLimited after repeated failures.
    """
    user_id = caller.require_user()
    rules.password_of(new, ("input", "newPassword"))
    user = runtime.database.read(lambda session: person(session, user_id))
    check_password(runtime, user, current, ("input", "currentPassword"))
    hashed = hasher(runtime.settings).hash(new)

    def change(session: Session) -> UserRow:
        present = person(session, user_id, lock=True)
        if present.password_hash != user.password_hash:
            raise errors.WrongPassword(field=("input", "currentPassword"))
        present.password_hash = hashed
        present.pending_email = None  # whoever asked for it may be whom the new password shuts out
        end_sessions(session, user_id, "password changed", but=caller.session_id)
        audit.record(session, caller, "user.change_password", "User", user_id)
        publish(session, events.password_changed(present))
        return present

    changed = runtime.database.transact(change)
    tell_ended(runtime)
    return changed


def _checked_changes(wanted: Mapping[str, str | None]) -> dict[str, Any]:
    faults = rules.Gathering()
    checks = {"name": rules.name_of, "locale": rules.locale_of, "email": rules.email_of}
    changes: dict[str, Any] = {
        key: faults.check(rule, text, ("input", key))
        for key, rule in checks.items()
        if (text := wanted.get(key)) is not None
    }
    if "phone" in wanted:
        changes["phone"] = faults.check(rules.phone_of, wanted["phone"], ("input", "phone"))
    faults.tell()
    return changes

"""Codes of an authenticator app as a second proof at sign-in."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from chassis import audit
from chassis.identity import Caller
from user_service import attempts, errors, totp
from user_service.accounts import person
from user_service.commands.sign_in import check_password, spend_code
from user_service.settings import UserRuntime


@dataclass(frozen=True)
class Enrolment:
    """What an authenticator app needs to know."""

    secret: str
    otpauth_url: str


def enrol(runtime: UserRuntime, caller: Caller) -> Enrolment:
    """A new secret for an app; codes are asked for once `confirm` has seen one. Raises TotpAlreadyOn."""
    user_id = caller.require_user()
    secret = totp.new_secret()

    def store(session: Session) -> Enrolment:
        user = person(session, user_id, lock=True)
        if user.totp_enabled:
            raise errors.TotpAlreadyOn
        sealed = totp.seal(secret, runtime.settings.password_pepper, user_id)
        user.totp_secret, user.totp_last_step = sealed, 0
        audit.record(session, caller, "user.enrol_totp", "User", user_id)
        return Enrolment(secret, totp.address(secret, str(user.email)))

    return runtime.database.transact(store)


def confirm(runtime: UserRuntime, caller: Caller, code: str) -> None:
    """Switch codes on. Raises TotpNotEnrolled, TotpAlreadyOn, TotpInvalid, RateLimited."""
    user_id = caller.require_user()

    subject, free = attempts.account(f"totp {user_id}"), runtime.settings.failures_of_account

    def switch_on(session: Session) -> None:
        user = person(session, user_id, lock=True)
        if user.totp_enabled:
            raise errors.TotpAlreadyOn
        if user.totp_secret is None:
            raise errors.TotpNotEnrolled
        if not spend_code(session, runtime, user, code):
            raise errors.TotpInvalid(field=("code",))
        user.totp_enabled = True
        attempts.forget(session, subject)
        audit.record(session, caller, "user.switch_on_totp", "User", user_id)

    runtime.database.transact(lambda session: attempts.begin(session, subject, free=free))
    runtime.database.transact(switch_on)


def disable(runtime: UserRuntime, caller: Caller, password: str) -> None:
    """Switch codes off. Raises TotpNotEnrolled, WrongPassword, RateLimited."""
    user_id = caller.require_user()
    user = runtime.database.read(lambda session: person(session, user_id))
    if user.totp_secret is None:
        raise errors.TotpNotEnrolled
    check_password(runtime, user, password, ("password",))

    def switch_off(session: Session) -> None:
        present = person(session, user_id, lock=True)
        present.totp_enabled, present.totp_secret, present.totp_last_step = False, None, 0
        audit.record(session, caller, "user.switch_off_totp", "User", user_id)

    runtime.database.transact(switch_off)

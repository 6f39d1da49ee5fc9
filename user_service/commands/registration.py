"""Making an account. Its role is always CUSTOMER: what more somebody may do is given by an administrator."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import audit
from chassis.identity import Caller
from chassis.ids import new_id
from chassis.outbox import publish
from user_service import errors, events, limits, rules
from user_service.accounts import is_taken, search_text
from user_service.commands.links import mail_reset, send_verification
from user_service.commands.sessions import Client, SignedIn, open_session, with_tokens
from user_service.models import UserRow
from user_service.passwords import hasher
from user_service.settings import UserRuntime


@dataclass(frozen=True)
class Registration:
    """What somebody tells who registers."""

    email: str
    password: str
    name: str
    phone: str | None
    locale: str


@dataclass(frozen=True)
class _Checked:
    email: str
    password_hash: str
    name: str
    phone: str | None
    locale: str
    is_taken: bool


def register(runtime: UserRuntime, client: Client, wanted: Registration) -> SignedIn | None:
    """A new account, signed in; a link to prove the address is sent.

    With QUIET_REGISTRATION nobody is signed in (None): whoever reads the mail of the address finds a link to prove it, or,
    where it has an account already, one to choose a new password; who registers is told the same either way.
    Raises Refusals with everything that is wrong at once (EmailInvalid, EmailTaken, PasswordTooShort,
    PasswordTooLong, PasswordTooCommon, NameRequired, NameTooLong, NameInvalid, PhoneInvalid, LocaleInvalid), RateLimited.
    """
    limits.registration(runtime, client.address)
    checked = _checked(runtime, wanted)
    if checked.is_taken:
        runtime.database.transact(lambda session: mail_reset(session, runtime, checked.email))
        return None

    def store(session: Session) -> SignedIn | None:
        user = UserRow(
            id=new_id(),
            email=checked.email,
            email_verified=False,
            name=checked.name,
            phone=checked.phone,
            locale=checked.locale,
            role=rules.CUSTOMER,
            cinema_ids=[],
            password_hash=checked.password_hash,
            active=True,
        )
        user.search_text = search_text(user)
        session.add(user)
        session.flush()
        publish(session, events.registered(user))
        send_verification(session, runtime, user, checked.email)
        audit.record(session, Caller(user.id), "user.register", "User", user.id)
        session.refresh(user)
        if runtime.settings.quiet_registration:
            return None
        return with_tokens(runtime, open_session(session, runtime, user, client))

    try:
        return runtime.database.transact(store)
    except IntegrityError:
        # Two at once with one address: the unique key decides.
        if runtime.settings.quiet_registration:
            return None
        raise errors.EmailTaken(field=("input", "email")) from None


def _checked(runtime: UserRuntime, wanted: Registration) -> _Checked:
    faults = rules.Gathering()
    email = faults.check(rules.email_of, wanted.email, ("input", "email"))
    taken = email is not None and runtime.database.read(lambda session: is_taken(session, email))
    if taken and not runtime.settings.quiet_registration:
        faults.refusals.append(errors.EmailTaken(field=("input", "email")))
    faults.check(rules.password_of, wanted.password, ("input", "password"))
    name = faults.check(rules.name_of, wanted.name, ("input", "name"))
    phone = faults.check(rules.phone_of, wanted.phone, ("input", "phone"))
    locale = faults.check(rules.locale_of, wanted.locale, ("input", "locale"))
    hashed = ""
    if all(isinstance(fault, errors.EmailTaken) for fault in faults.refusals):
        # Hashed whether or not the address is free: the time an answer takes tells no more than its words.
        hashed = hasher(runtime.settings).hash(wanted.password)
    faults.tell()
    assert email is not None  # told otherwise
    assert name is not None
    assert locale is not None
    return _Checked(email, hashed, name, phone, locale, taken)

"""Demo people, one for each role, so that a fresh copy can be looked at from every side. Never in production."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.ids import fixed_id
from chassis.outbox import publish
from user_service import events, rules
from user_service.accounts import search_text
from user_service.models import UserRow
from user_service.passwords import Hasher
from user_service.settings import UserRuntime

QUICK_COST = 4
# The first cinema of the sample programme: demo staff work there.
DEMO_CINEMA = fixed_id("cinema", "paris-faubourg")


class DemoSignIn(NamedTuple):
    """How to sign in as one of the demo people."""

    role: str
    email: str
    password: str


DEMO_SIGN_INS: list[DemoSignIn] = [
    DemoSignIn(rules.ADMIN, "admin@lobbycard.example", "curtain-up-admin"),
    DemoSignIn(rules.MANAGER, "manager@lobbycard.example", "curtain-up-manager"),
    DemoSignIn(rules.STAFF, "staff@lobbycard.example", "curtain-up-staff"),
    DemoSignIn(rules.CUSTOMER, "guest@lobbycard.example", "curtain-up-guest"),
]
DEMO_PEOPLE = DEMO_SIGN_INS
_NAMES = {
    rules.ADMIN: "Ada Admin",
    rules.MANAGER: "Mona Manager",
    rules.STAFF: "Stan Staff",
    rules.CUSTOMER: "Gus Guest",
}


def demo_user_id(email: str) -> str:
    """The id of a demo person, the same in every copy, so that other rooms' sample data can refer to it."""
    return fixed_id("user", email)


def run(runtime: UserRuntime) -> None:
    """Add those demo people who are not there; does nothing in production, and nothing a second time."""
    if runtime.settings.is_production:
        return
    ids = [demo_user_id(person.email) for person in DEMO_SIGN_INS]

    def known(session: Session) -> set[str]:
        # Also by address: somebody may have registered with it.
        emails = [person.email for person in DEMO_SIGN_INS]
        there = select(UserRow.email).where(UserRow.id.in_(ids) | UserRow.email.in_(emails))
        return {email or "" for email in session.scalars(there)}

    there = runtime.database.read(known)
    missing = [person for person in DEMO_SIGN_INS if person.email not in there]
    if not missing:
        return
    # These passwords are printed at every start: slow hashing would guard nothing, and only slow the first one.
    quick = Hasher(runtime.settings.password_pepper, QUICK_COST, workers=1, queue=0, patience_seconds=10)
    hashes = {person.email: quick.hash(person.password) for person in missing}

    def add(session: Session) -> None:
        for person in missing:
            _add(session, person, hashes[person.email])

    runtime.database.transact(add)


def _add(session: Session, person: DemoSignIn, password_hash: str) -> None:
    user_id = demo_user_id(person.email)
    if session.get(UserRow, user_id) is not None:
        return
    works_at_a_cinema = person.role in (rules.MANAGER, rules.STAFF)
    user = UserRow(
        id=user_id,
        email=person.email,
        email_verified=True,
        name=_NAMES[person.role],
        phone=None,
        locale="en",
        role=person.role,
        cinema_ids=[DEMO_CINEMA] if works_at_a_cinema else [],
        password_hash=password_hash,
        active=True,
    )
    user.search_text = search_text(user)
    session.add(user)
    session.flush()
    publish(session, events.updated(user), events.role_changed(user))

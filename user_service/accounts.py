"""Accounts by id, as the commands need them: there, living, locked."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.errors import NotFound, Unauthenticated
from chassis.folding import fold
from user_service import rules
from user_service.models import UserRow


def person(session: Session, user_id: str, *, lock: bool = False) -> UserRow:
    """The signed-in person's account. Raises Unauthenticated when it is gone or switched off."""
    user = session.get(UserRow, user_id, with_for_update=lock or None)
    if user is None or not user.active:
        raise Unauthenticated
    return user


def living_user(session: Session, user_id: str) -> UserRow:
    """Somebody's account, locked. Raises NotFound for an unknown or erased one."""
    user = session.get(UserRow, user_id, with_for_update=True)
    if user is None or user.erased_at is not None:
        raise NotFound("There is no account with this id.")
    return user


def active_admins(session: Session) -> list[str]:
    """Ids of all active administrators, locked: two who leave at once can't both be the last but one."""
    admins = select(UserRow.id).where(UserRow.role == rules.ADMIN, UserRow.active)
    return list(session.scalars(admins.order_by(UserRow.id).with_for_update()))


def is_taken(session: Session, email: str) -> bool:
    """Whether an account has this (normal) address."""
    return session.scalars(select(UserRow.id).where(UserRow.email == email)).first() is not None


def search_text(user: UserRow) -> str:
    """What a search for people looks through."""
    return fold(f"{user.name} {user.email or ''}")[:400]

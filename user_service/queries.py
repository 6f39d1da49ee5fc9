"""Reads of user_service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.database import utc_now
from chassis.folding import like_patterns
from chassis.paging import Page, page_of
from user_service.models import AuditRow, SessionRow, UserRow


@dataclass(frozen=True)
class AuditWanted:
    """Which audit entries to show; None: all of them."""

    actor_id: str | None = None
    action: str | None = None
    object_type: str | None = None
    object_id: str | None = None
    earliest: datetime | None = None
    latest: datetime | None = None


def users_by_ids(session: Session, ids: Sequence[str]) -> dict[str, UserRow]:
    """Accounts by id; unknown ids are left out."""
    found = session.scalars(select(UserRow).where(UserRow.id.in_(set(ids))))
    return {user.id: user for user in found}


def users(
    session: Session,
    *,
    search: str | None,
    role: str | None,
    active: bool | None,
    first: int | None,
    after: str | None,
) -> Page[UserRow]:
    """A page of accounts, newest first; erased ones are left out. Every word of `search` has to match."""
    wanted = select(UserRow).where(UserRow.erased_at.is_(None))
    for pattern in like_patterns(search):
        wanted = wanted.where(UserRow.search_text.like(pattern, escape="\\"))
    if role is not None:
        wanted = wanted.where(UserRow.role == role)
    if active is not None:
        wanted = wanted.where(UserRow.active == active)
    return page_of(session, wanted, [(UserRow.created_at, "desc"), (UserRow.id, "desc")], first, after)


def living_sessions(session: Session, user_id: str) -> list[SessionRow]:
    """Where somebody is signed in, last seen first."""
    living = select(SessionRow).where(
        SessionRow.user_id == user_id,
        SessionRow.ended_at.is_(None),
        SessionRow.expires_at > utc_now(session),
    )
    return list(session.scalars(living.order_by(SessionRow.last_seen_at.desc(), SessionRow.id.desc())))


def audit_entries(
    session: Session, wanted: AuditWanted, first: int | None, after: str | None
) -> Page[AuditRow]:
    """A page of the audit trail, newest first."""
    query = select(AuditRow)
    equal = {
        AuditRow.actor_id: wanted.actor_id,
        AuditRow.action: wanted.action,
        AuditRow.object_type: wanted.object_type,
        AuditRow.object_id: wanted.object_id,
    }
    for column, value in equal.items():
        if value is not None:
            query = query.where(column == value)
    if wanted.earliest is not None:
        query = query.where(AuditRow.at >= wanted.earliest)
    if wanted.latest is not None:
        query = query.where(AuditRow.at <= wanted.latest)
    return page_of(session, query, [(AuditRow.at, "desc"), (AuditRow.id, "desc")], first, after)

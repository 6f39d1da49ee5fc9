"""Reads of exports: a person's own."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking_service.models import ExportRow
from chassis.paging import check_first


def exports_of(session: Session, user_id: str, first: int | None) -> list[ExportRow]:
    """The person's exports that are still kept, newest first. Raises Invalid for a size out of range."""
    query = select(ExportRow).where(ExportRow.user_id == user_id)
    newest = query.order_by(ExportRow.created_at.desc(), ExportRow.id.desc())
    return list(session.scalars(newest.limit(check_first(first))))

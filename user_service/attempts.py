"""Failed sign-ins, counted by account and by source; the wait grows with them and ends by itself.

Kept in the database, by its clock: a restart or an empty Redis is no way around the wait. An account's attempt is
counted before the password is looked at, so that many at once do not slip through together.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis.database import utc_now
from chassis.errors import RateLimited
from chassis.ids import new_token
from chassis.limits import source_of
from user_service import rules
from user_service.models import AttemptRow

KEPT = timedelta(days=1)
WAIT = "Too many failed attempts. Please wait a moment and try again, or reset your password."


def account(email: str) -> str:
    """The counter of an address, known or not."""
    return _subject("account", email)


def source(address: str | None) -> str:
    """The counter of where a client is."""
    return _subject("source", source_of(address))


def reset(email: str) -> str:
    """The counter of requests for a new password for an address, known or not."""
    return _subject("reset", email)


def note(session: Session, subject: str) -> None:
    """Count something that never leads to a wait."""
    now = utc_now(session)
    row = _locked(session, subject, now)
    row.failures, row.last_at = row.failures + 1, now


def write_decoys(session: Session, count: int) -> None:
    """Write `count` rows that stand for nobody, so that nothing to do takes as long as something."""
    now = utc_now(session)
    for _ in range(count):
        subject = _subject("nobody", new_token(128))
        session.execute(
            insert(AttemptRow).values(subject=subject, failures=0, last_at=now, blocked_until=now)
        )


def begin(session: Session, subject: str, *, free: int) -> None:
    """Count an attempt of `subject` before it is known how it ends; `forget` wipes it after a success.

    Raises RateLimited while `subject` has to wait. The row is locked from the look to the count: looked at
    without, a dozen guesses at once would all pass as the first.
    """
    now = utc_now(session)
    row = _locked(session, subject, now)
    _refuse(row.blocked_until, now)
    _add(row, now, free)


def refuse_blocked(session: Session, subject: str) -> None:
    """Raises RateLimited while `subject` has to wait."""
    row = session.get(AttemptRow, subject)
    if row is not None:
        _refuse(row.blocked_until, utc_now(session))


def count_failure(session: Session, subject: str, *, free: int) -> None:
    """One more failure of `subject`, and the wait that follows from it."""
    now = utc_now(session)
    _add(_locked(session, subject, now), now, free)


def forget(session: Session, subject: str) -> None:
    """Nothing is held against `subject` any more."""
    session.execute(delete(AttemptRow).where(AttemptRow.subject == subject))


def purge(session: Session) -> None:
    """Drop counters that no longer count."""
    session.execute(delete(AttemptRow).where(AttemptRow.last_at < utc_now(session) - KEPT))


def _refuse(until: datetime, now: datetime) -> None:
    if until > now:
        raise RateLimited(WAIT, retry_after_seconds=max(1, int((until - now).total_seconds()) + 1))


def _add(row: AttemptRow, now: datetime, free: int) -> None:
    row.failures = rules.failures_left(row.failures, row.last_at, now) + 1
    row.last_at = now
    row.blocked_until = now + rules.delay_after(row.failures, free)


def _locked(session: Session, subject: str, now: datetime) -> AttemptRow:
    wanted = select(AttemptRow).where(AttemptRow.subject == subject).with_for_update()
    row = session.scalars(wanted).first()
    if row is None:
        try:
            with session.begin_nested():
                session.execute(
                    insert(AttemptRow).values(subject=subject, failures=0, last_at=now, blocked_until=now)
                )
        except IntegrityError:
            pass  # another request was first: its row is counted on
        row = session.scalars(wanted).one()
    return row


def _subject(kind: str, value: str) -> str:
    return hashlib.sha256(f"{kind}\n{value}".encode()).hexdigest()

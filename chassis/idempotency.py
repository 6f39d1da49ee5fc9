"""Same key, same answer: what a retried command answered before, for 24 hours."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from chassis.database import Database, utc_now
from chassis.errors import Refusal
from chassis.tables import STORED_ANSWERS

KEPT = timedelta(hours=24)


class IdempotencyKeyReused(Refusal):
    """The key came before with another request."""

    code = "IDEMPOTENCY_KEY_REUSED"
    message = "This idempotency key was used for another request. Use a new key."


def fingerprint(*parts: Any) -> str:
    """A digest of what a request asks for, to tell a retry from another request."""
    return hashlib.sha256(orjson.dumps(parts, default=str, option=orjson.OPT_SORT_KEYS)).hexdigest()


def recall(session: Session, owner: str, operation: str, key: str, mark: str) -> Any | None:
    """The stored answer (plain JSON values) of `owner`'s `key`, None when it is new.

    Raises IdempotencyKeyReused when the key came with another fingerprint `mark`.
    """
    row = session.execute(
        select(STORED_ANSWERS).where(
            STORED_ANSWERS.c.owner == owner,
            STORED_ANSWERS.c.operation == operation,
            STORED_ANSWERS.c.idempotency_key == key,
        )
    ).first()
    if row is None:
        return None
    if row.fingerprint != mark:
        raise IdempotencyKeyReused(field=("input", "idempotencyKey"))
    return orjson.loads(row.answer)


def store(session: Session, owner: str, operation: str, key: str, mark: str, answer: Any) -> None:
    """Keep `answer` in the caller's transaction. Raises IntegrityError when another request stored one meanwhile."""
    session.execute(
        insert(STORED_ANSWERS).values(
            owner=owner,
            operation=operation,
            idempotency_key=key,
            fingerprint=mark,
            answer=orjson.dumps(answer, default=str).decode(),
        )
    )


def purge(database: Database) -> None:
    """Forget answers older than a day."""

    def forget(session: Session) -> None:
        session.execute(delete(STORED_ANSWERS).where(STORED_ANSWERS.c.stored_at < utc_now(session) - KEPT))

    database.transact(forget)

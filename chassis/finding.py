"""Searches in SQL over columns of folded text."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, false, true

from chassis.folding import like_patterns


def holds_words(column: Any, search: str | None) -> ColumnElement[bool]:
    """Whether `column`, of folded text, holds every word of `search`.

    A blank search holds for all rows, one of signs alone for none.
    """
    if search is None or not search.strip():
        return true()
    patterns = like_patterns(search)
    return and_(*(column.like(pattern, escape="\\") for pattern in patterns)) if patterns else false()

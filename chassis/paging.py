"""Cursor pages: keyset paging over any ordered select, stable while rows come and go."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

import orjson
from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased
from sqlalchemy.types import TypeDecorator

from chassis.errors import Invalid

T = TypeVar("T")
LARGEST = 100
Order = Sequence[tuple[Any, str]]


@dataclass(frozen=True)
class PageInfo:
    """Where a page lies in its list."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page: rows in order, its place, and how many there are in all."""

    nodes: list[T]
    page_info: PageInfo
    total_count: int


def check_first(first: int | None, largest: int = LARGEST) -> int:
    """The page size asked for. Raises Invalid unless it is 1 to `largest`."""
    if first is None or not 1 <= first <= largest:
        raise Invalid(f"first must be 1 to {largest}.")
    return first


def page_of(
    session: Session, query: Select[T], order: Order, first: int | None, after: str | None
) -> Page[T]:
    """A page of `query`'s single entity.

    `order`: (column, "asc" | "desc") pairs; the last must be unique, and none may be null. `after` is the end
    cursor of the page before. Raises Invalid for a bad size or cursor.
    """
    size = check_first(first)
    total = session.execute(select(func.count()).select_from(query.order_by(None).subquery())).scalar_one()
    rows_query = query.add_columns(*(column for column, _ in order))
    if after is not None:
        rows_query = rows_query.where(_beyond(order, _place(after, order)))
    rows_query = rows_query.order_by(None).order_by(*_ordering(order))
    rows = session.execute(rows_query.limit(size + 1)).all()
    return _page([(row[0], tuple(row)[1:]) for row in rows], size, total, after is not None)


def first_pages(
    session: Session, query: Select[T], order: Order, first: int | None, *, by: Any, keys: Iterable[Any]
) -> dict[Any, Page[T]]:
    """The first page of each key's rows (`by` = key), in two statements; `order` as in page_of.

    Its cursors go on with page_of over the rows of one key.
    """
    size = check_first(first)
    wanted = query.where(by.in_(set(keys))).order_by(None)
    totals: dict[Any, int] = dict(
        session.execute(wanted.with_only_columns(by, func.count()).group_by(by)).all()
    )
    columns = [column.label(f"place_{index}") for index, (column, _) in enumerate(order)]
    rank = func.row_number().over(partition_by=by, order_by=_ordering(order)).label("place")
    ranked = wanted.add_columns(by.label("page_key"), rank, *columns).subquery()
    entity = aliased(query.column_descriptions[0]["entity"], ranked)
    extra = (ranked.c.page_key, *(ranked.c[column.name] for column in columns))
    found: dict[Any, list[tuple[T, tuple[Any, ...]]]] = {key: [] for key in keys}
    for row in session.execute(
        select(entity, *extra).where(ranked.c.place <= size + 1).order_by(ranked.c.place)
    ):
        found[row.page_key].append((row[0], tuple(row)[2:]))
    return {key: _page(rows, size, totals.get(key, 0), False) for key, rows in found.items()}


def page_of_list(items: Sequence[T], first: int | None, after: str | None) -> Page[T]:
    """A page of a short list that is in memory anyway; cursors are positions."""
    size = check_first(first)
    start = 0 if after is None else _position(after) + 1
    shown = list(items[start : start + size])
    info = PageInfo(
        start + size < len(items),
        start > 0,
        _cursor((start,)) if shown else None,
        _cursor((start + len(shown) - 1,)) if shown else None,
    )
    return Page(shown, info, len(items))


def _page(rows: list[tuple[T, tuple[Any, ...]]], size: int, total: int, has_previous: bool) -> Page[T]:
    """A page of `rows` with their places; one row more than `size` means that others follow."""
    shown = rows[:size]
    start, end = (_cursor(shown[0][1]), _cursor(shown[-1][1])) if shown else (None, None)
    info = PageInfo(len(rows) > size, has_previous, start, end)
    return Page([row for row, _ in shown], info, total)


def _ordering(order: Order) -> list[Any]:
    return [getattr(column, way)() for column, way in order]


def _place(cursor: str, order: Order) -> list[Any]:
    """Values of the order's columns. Raises Invalid when they can't be values of those columns."""
    values = _values(cursor, len(order))
    if not all(_fits(value, column) for value, (column, _) in zip(values, order, strict=True)):
        raise _foreign()
    return values


def _fits(value: Any, column: Any) -> bool:
    stored = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    try:
        kind = stored.python_type
    except NotImplementedError:  # an expression of no known type
        return True
    if kind in (float, Decimal):
        return isinstance(value, (int, float))
    if kind is date:
        return type(value) is date
    return isinstance(value, kind) and isinstance(value, bool) == (kind is bool)


def _position(cursor: str) -> int:
    (position,) = _values(cursor, 1)
    if not isinstance(position, int) or position < 0:
        raise _foreign()
    return position


def _beyond(order: Order, values: list[Any]) -> Any:
    """Rows after `values`: (a > x) or (a = x and b > y) or …"""
    clauses = []
    for position, (column, way) in enumerate(order):
        equal = [previous == values[index] for index, (previous, _) in enumerate(order[:position])]
        further = column > values[position] if way == "asc" else column < values[position]
        clauses.append(and_(*equal, further))
    return or_(*clauses)


def _cursor(values: Sequence[Any]) -> str:
    encoded = [{"t": value.isoformat()} if isinstance(value, (datetime, date)) else value for value in values]
    return base64.urlsafe_b64encode(orjson.dumps(encoded, default=_plain)).decode().rstrip("=")


def _plain(value: Any) -> int | float:
    """A sum as MySQL gives it."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"a list can't be ordered by {type(value).__name__}")


def _values(cursor: str, expected: int) -> list[Any]:
    try:
        decoded = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        values = [_instant(value["t"]) if isinstance(value, dict) else value for value in decoded]
        if len(values) != expected or any(isinstance(value, (list, dict)) for value in values):
            raise ValueError
    except (ValueError, KeyError, TypeError):
        raise _foreign() from None
    return values


def _foreign() -> Invalid:
    return Invalid("after is not a cursor of this list.")


def _instant(text: str) -> date | datetime:
    if "T" not in text:
        return date.fromisoformat(text)
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return at

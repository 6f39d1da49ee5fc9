"""Cursor pages over a table of letters."""

import base64
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from sqlalchemy import String, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from chassis.errors import Invalid
from chassis.paging import first_pages, page_of, page_of_list
from chassis.tables import COLUMN_TYPES


class Base(DeclarativeBase):
    type_annotation_map = COLUMN_TYPES


class Letter(Base):
    __tablename__ = "letters"

    id: Mapped[str] = mapped_column(String(8), primary_key=True)
    box: Mapped[str] = mapped_column(String(8))
    sent_at: Mapped[datetime]


NEWEST = [(Letter.sent_at, "desc"), (Letter.id, "asc")]
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def forged(*values):
    return base64.urlsafe_b64encode(orjson.dumps(values)).decode()


@pytest.fixture
def session():
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        letters = [
            Letter(id=f"L{index}", box="ab"[index % 2], sent_at=NOON + timedelta(minutes=index // 3))
            for index in range(10)
        ]
        session.add_all(letters)
        session.commit()
        yield session
    engine.dispose()


def test_pages_follow_one_another_without_gap_or_repeat(session):
    seen, after = [], None
    while True:
        page = page_of(session, select(Letter), NEWEST, 4, after)
        seen += [letter.id for letter in page.nodes]
        after = page.page_info.end_cursor
        if not page.page_info.has_next_page:
            break

    assert seen == ["L9", "L6", "L7", "L8", "L3", "L4", "L5", "L0", "L1", "L2"]
    assert page.total_count == 10


def test_the_first_pages_of_several_lists_come_together_and_go_on_alone(session):
    pages = first_pages(session, select(Letter), NEWEST, 2, by=Letter.box, keys=["a", "b", "none"])

    assert [letter.id for letter in pages["a"].nodes] == ["L6", "L8"]
    assert (pages["a"].total_count, pages["a"].page_info.has_next_page) == (5, True)
    assert (pages["none"].nodes, pages["none"].total_count) == ([], 0)
    following = page_of(
        session, select(Letter).where(Letter.box == "a"), NEWEST, 2, pages["a"].page_info.end_cursor
    )
    assert [letter.id for letter in following.nodes] == ["L4", "L0"]


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "?",
        "abc",
        forged("x"),
        forged("x", "y"),
        forged(1, 2),
        forged({"t": "2026-11-21"}, "L1"),
        forged({"t": "2026-11-21T12:00:00"}, "L1"),
        forged({"t": 5}, "L1"),
        forged([], {}),
        forged(None, "L1"),
    ],
)
def test_a_cursor_of_another_list_is_refused(session, cursor):
    with pytest.raises(Invalid):
        page_of(session, select(Letter), NEWEST, 4, cursor)


@pytest.mark.parametrize("cursor", ["?", forged("x"), forged(-5), forged(True, 1), forged(1.5)])
def test_a_bad_position_is_refused(cursor):
    with pytest.raises(Invalid):
        page_of_list([1, 2, 3], 2, cursor)


@pytest.mark.parametrize("first", [0, -1, 101, None])
def test_a_page_has_one_to_a_hundred_rows(session, first):
    with pytest.raises(Invalid):
        page_of(session, select(Letter), NEWEST, first, None)

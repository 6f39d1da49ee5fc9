"""Text for finding."""

import pytest
from sqlalchemy import String, column, create_engine, select, table

from chassis.finding import holds_words
from chassis.folding import fold, like_patterns, without_controls


@pytest.mark.parametrize(
    ("written", "found_by"),
    [
        ("Häxan", "haxan"),
        ("HÄXAN", "haxan"),
        ("Das Cabinet des Dr. Caligari", "das cabinet des dr caligari"),
        ("Łódź Straße", "lodz strasse"),
        ("Körkarlen\u00a0–  1921", "korkarlen 1921"),
        ("Hœuvre Ø Æon", "hoeuvre o aeon"),
        ("Броненосец «Потёмкин»", "броненосец потемкин"),
        ("ｆｕｌｌ width", "full width"),
        ("", ""),
        ("!?", ""),
    ],
)
def test_capitals_accents_and_signs_do_not_matter_when_finding(written, found_by):
    assert fold(written) == found_by


def test_control_characters_go_and_line_breaks_stay():
    assert without_controls("So\x00 good\x7f\nand\tlong") == "So good\nand\tlong"


def test_a_decomposed_letter_is_found_like_a_composed_one():
    assert fold("Ha\u0308xan") == fold("H\u00e4xan")


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("dr. CALIGARI", ["das cabinet des dr caligari"]),
        ("a_b", ["a_b"]),
        ("100", ["100 percent"]),
        ("caligari percent", []),
        ("%", []),
        (" ", ["100 percent", "a_b", "das cabinet des dr caligari"]),
        (None, ["100 percent", "a_b", "das cabinet des dr caligari"]),
    ],
)
def test_every_word_is_looked_for_and_wildcards_are_only_signs(search, found):
    texts = table("texts", column("text", String))
    with create_engine("sqlite://").connect() as connection:
        connection.exec_driver_sql("create table texts (text)")
        connection.exec_driver_sql(
            "insert into texts values ('das cabinet des dr caligari'), ('a_b'), ('axb'), ('100 percent')"
        )
        rows = connection.execute(select(texts.c.text).where(holds_words(texts.c.text, search))).scalars()

        assert sorted(set(rows) - {"axb"}) == found


@pytest.mark.parametrize(
    ("search", "patterns"),
    [
        (None, []),
        ("  ", []),
        ("Häx an", ["%hax%", "%an%"]),
        ("a_b", ["%a\\_b%"]),
        ("%", ["%\\%%"]),
        ("' OR", ["%or%"]),
    ],
)
def test_signs_alone_are_looked_for_as_they_are(search, patterns):
    assert like_patterns(search) == patterns

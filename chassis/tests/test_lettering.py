"""Names print as they are written, in as many scripts as the font has; what it lacks is seen to be missing."""

from __future__ import annotations

import io
import re
import zlib

import pytest
from reportlab.pdfgen.canvas import Canvas

from chassis.lettering import BOLD, PLAIN, printable, register_fonts

NAMES = [
    "Сталкер",
    "Ταξίδι στα Κύθηρα",
    "Zażółć gęślą jaźń",
    "Kış Uykusu",
    "Želary",
    "Häxan — “1922”",
    "Đàn ông",
]


@pytest.mark.parametrize("font", [PLAIN, BOLD])
@pytest.mark.parametrize("name", NAMES)
def test_names_print_as_they_are_written(name: str, font: str) -> None:
    assert printable(name, font=font) == name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("七人の侍", "????"),
        ("מלגו", "????"),
        ("Cafe\u0301", "Café"),
        ("\ufb01lm", "\ufb01lm"),
        ("ﷺ A", "? A"),
    ],
)
def test_what_the_font_lacks_is_seen_to_be_missing(name: str, shown: str) -> None:
    assert printable(name) == shown


def test_a_long_name_is_cut() -> None:
    assert printable("Сталкер", 4) == "Ста…"


def test_the_letters_are_in_the_file_and_the_same_text_makes_the_same_file() -> None:
    first, second = (_paper("Сталкер") for _ in range(2))

    assert first == second
    assert b"NotoSans" in first
    assert len(first) < 100_000  # only the letters that are used
    maps = b"".join(
        zlib.decompress(_ascii85(found)) for found in re.findall(rb"stream\r?\n(.*?)endstream", first, re.S)
    )
    assert all(f"{ord(letter):04X}".encode() in maps for letter in "Сталкер")


def _ascii85(stream: bytes) -> bytes:
    import base64

    text = stream.strip()
    return base64.a85decode(text.removesuffix(b"~>")) if text.endswith(b"~>") else text


def _paper(text: str) -> bytes:
    register_fonts()
    file = io.BytesIO()
    canvas = Canvas(file, invariant=True)
    canvas.setFont(PLAIN, 12)
    canvas.drawString(50, 50, printable(text))
    canvas.save()
    return file.getvalue()

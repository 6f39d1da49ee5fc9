"""Letters on paper: Noto Sans, for Latin, Greek and Cyrillic; what it lacks is replaced, and seen to be."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

PLAIN, BOLD = "NotoSans-Regular", "NotoSans-Bold"
_FOLDER = Path(__file__).parent / "fonts"


@cache
def register_fonts() -> None:
    """Make PLAIN and BOLD known to canvases, once a process; only letters that are used get into a file."""
    for name in (PLAIN, BOLD):
        pdfmetrics.registerFont(TTFont(name, _FOLDER / f"{name}.ttf"))


def printable(text: str, longest: int | None = None, *, font: str = PLAIN) -> str:
    """`text`, cut to `longest` letters, in letters that the font can print.

    A letter that it lacks loses its marks, or becomes a question mark. So do letters that are written from right to
    left: nobody here sets them in order and joins them, and a name set wrongly is worse than none.
    """
    register_fonts()
    face: Any = pdfmetrics.getFont(font)
    known = face.face.charToGlyph
    cut = text if longest is None or len(text) <= longest else text[: longest - 1] + "…"
    return "".join(_letter(letter, known) for letter in unicodedata.normalize("NFC", cut))


def _letter(letter: str, known: Any) -> str:
    if unicodedata.bidirectional(letter) in ("R", "AL"):
        return "?"
    bare = unicodedata.normalize("NFKD", letter)[0]
    return letter if ord(letter) in known else bare if ord(bare) in known else "?"

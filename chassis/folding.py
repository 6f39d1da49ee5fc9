"""Text for finding: without capitals, accents and marks, so that both databases compare it alike."""

from __future__ import annotations

import re
import unicodedata

# Letters with a stroke or joined ones: Unicode gives them no parts to fall into.
_STROKES = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t"}
)
LONGEST_SEARCH = 400
MOST_WORDS = 12  # a database limits how deep a condition may nest
_NOT_WORD = re.compile(r"[^\w]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ESCAPED = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


def fold(text: str) -> str:
    """`text` in lower case without marks, e.g. "Häxan" → "haxan", "Łódź" → "lodz"; words one blank apart."""
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold().translate(_STROKES))
    bare = "".join(mark for mark in parts if not unicodedata.combining(mark))
    return _NOT_WORD.sub(" ", bare).strip()


def without_controls(text: str) -> str:
    """`text` without characters that no screen shows; line breaks and tabs stay."""
    return _CONTROL.sub("", text)


def like_patterns(search: str | None) -> list[str]:
    """LIKE patterns (escape "\\"), one for each of the first words of `search`, for a column of folded text.

    Signs alone are no words: they are looked for as they are, and folded text has none of them.
    """
    text = (search or "")[:LONGEST_SEARCH].strip()
    words = fold(text).split() or text.split()[:1]
    return [f"%{word.translate(_ESCAPED)}%" for word in words[:MOST_WORDS]]

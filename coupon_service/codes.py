"""Codes: how they are stored, and new ones that nobody can guess."""

from __future__ import annotations

import re
import secrets
import unicodedata

from chassis.folding import fold

LONGEST_CODE = 40
_CODE = re.compile(r"^[A-Z0-9][A-Z0-9_-]{2,39}$")
# No 0 or O, 1 or I: people read codes to one another.
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def normal_code(text: str) -> str:
    """The one form in which a code is stored and looked up: no blanks around it, capitals only."""
    return unicodedata.normalize("NFKC", text).strip().upper()


def is_code(text: str) -> bool:
    """Whether a normal code may be given to a coupon: 3 to 40 letters, digits, hyphens, underscores."""
    return _CODE.match(text) is not None


def search_text_of(code: str, description: str | None) -> str:
    """What a search looks in: code and description without capitals and accents."""
    return fold(f"{code} {description or ''}")[:1200]


def new_code(prefix: str, letters: int = 8) -> str:
    """`prefix` and some random letters (5 bits each), e.g. THANKS-7QM2XKZP."""
    return f"{prefix}-{''.join(secrets.choice(_LETTERS) for _ in range(letters))}"

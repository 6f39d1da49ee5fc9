"""How long texts and numbers of a request may be: what a column takes, on every database."""

from __future__ import annotations

from chassis.errors import Invalid

LONGEST_KEY = 255
LONGEST_WORD = 16
LARGEST_AMOUNT = 10_000_000


def check_lengths(**texts: str | None) -> None:
    """Raises Invalid for a text, named as in the request, of more than LONGEST_KEY characters."""
    for name, text in texts.items():
        if text is not None and len(text) > LONGEST_KEY:
            raise Invalid(f"{name} has at most {LONGEST_KEY} characters.")

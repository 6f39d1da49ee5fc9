"""Tables as text that a spreadsheet opens: UTF-8 with a mark, and nothing in it that would run as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

MARK = "\ufeff"  # tells spreadsheets that the text is UTF-8
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def guarded(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula: an apostrophe goes before it (OWASP, "CSV Injection")."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell


def csv_text(lines: Iterable[Iterable[Any]]) -> str:
    """The lines as one text of comma-separated values, guarded; for short tables."""
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet)
    for line in lines:
        writer.writerow([guarded(cell) for cell in line])
    return MARK + sheet.getvalue()

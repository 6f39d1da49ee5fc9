"""Tables as files, row by row so that memory stays flat: CSV and XLSX.

Text that a spreadsheet would run as a formula is kept text: in CSV an apostrophe goes before it (OWASP, "CSV
Injection"), in XLSX every text is written as a text cell.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import xlsxwriter

from chassis.table_text import guarded


class Sheet(Protocol):
    """Something that takes rows."""

    def write(self, cells: Iterable[Any]) -> None:
        """Add a row; numbers stay numbers."""


@contextmanager
def open_sheet(path: Path, format_: str) -> Iterator[Sheet]:
    """A sheet to write to `path`; the file appears under its name when it is complete."""
    unfinished = path.with_suffix(path.suffix + ".part")
    if format_ == "XLSX":
        with xlsxwriter.Workbook(
            str(unfinished), {"constant_memory": True, "strings_to_formulas": False}
        ) as book:
            yield _ExcelSheet(book.add_worksheet())
    else:
        # The mark at the beginning tells spreadsheets that the text is UTF-8.
        with unfinished.open("w", encoding="utf-8-sig", newline="") as file:
            yield _CsvSheet(csv.writer(file))
    unfinished.replace(path)


class _CsvSheet:
    def __init__(self, writer: Any) -> None:
        self._writer = writer

    def write(self, cells: Iterable[Any]) -> None:
        self._writer.writerow([guarded(cell) for cell in cells])


class _ExcelSheet:
    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet
        self._row = 0

    def write(self, cells: Iterable[Any]) -> None:
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                self._sheet.write_string(self._row, column, cell)
            else:
                self._sheet.write(self._row, column, cell)
        self._row += 1

"""A table that somebody sends as a file of comma-separated values: taken at the door, read row by row, reported on.

Each row is done or refused by itself, with its number as a spreadsheet shows it (the headings are row 1) and a
stable code. A file that can't be read as a whole is refused as a whole.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import orjson
from flask import Response, g, request
from sqlalchemy.orm import Session

from chassis import links
from chassis.database import utc_now
from chassis.endpoint import json_response
from chassis.errors import Invalid, NotFound, Refusal
from chassis.identity import Caller
from chassis.runtime import Runtime

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 5000
LINK_LIFE = timedelta(minutes=10)
_FORM_BYTES = MOST_BYTES + 64 * 1024  # the file and what multipart puts around it
_GUARDED = ("'=", "'+", "'-", "'@")


class TableRefused(Refusal):
    """The file as a whole can't be read; the code says why."""

    code = "FILE_UNREADABLE"
    message = "This is not a file of comma-separated values in UTF-8."


@dataclass
class Report:
    """What became of the rows. `refused`: an entry for each fault, with row, code, message and field."""

    dry_run: bool
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, row: int, refusals: Sequence[Refusal]) -> None:
        """Note why a row was left out."""
        for refusal in refusals:
            name = next((part for part in reversed(refusal.field or ()) if not part.isdigit()), None)
            entry = {"row": row, "code": refusal.code, "message": refusal.message, "field": name}
            self.refused.append(entry)

    def as_json(self) -> dict[str, Any]:
        """The report as the sender reads it."""
        counts = {"created": self.created, "updated": self.updated, "unchanged": self.unchanged}
        return {"dryRun": self.dry_run, "rows": self.rows, **counts, "refused": self.refused}


def address(runtime: Runtime[Any], session: Session, caller: Caller, path: str, **terms: Any) -> str:
    """A signed address that takes one table from the same person for ten minutes; `terms` travel with it."""
    subject = orjson.dumps({**terms, "by": caller.require_user()}, option=orjson.OPT_SORT_KEYS).decode()
    until = utc_now(session) + LINK_LIFE
    settings = runtime.settings
    return links.sign(settings.public_url, path, settings.internal_secret, expires_at=until, subject=subject)


def taken(runtime: Runtime[Any], path: str) -> tuple[Caller, dict[str, Any], bytes]:
    """Who sends, the terms of the address, and the file, of the request in hand.

    Raises NotFound for a bad or foreign address, Invalid unless there is exactly one file.
    """
    subject = request.args.get("subject", "")
    links.verify(
        path,
        runtime.settings.internal_secret,
        expires=request.args.get("expires"),
        subject=subject,
        signature=request.args.get("signature"),
        now=runtime.database.read(utc_now),
    )
    terms = orjson.loads(subject)
    if g.caller.require_user() != terms.pop("by"):
        raise NotFound("This link was made for somebody else.")
    request.max_content_length = _FORM_BYTES
    if request.mimetype != "multipart/form-data":
        raise Invalid("Send the table as multipart/form-data.")
    files = list(request.files.values())
    if len(files) != 1:
        raise Invalid("Send exactly one file.")
    content = files[0].stream.read(MOST_BYTES + 1)
    return g.caller, terms, content


def answer(report: Report) -> Response:
    """The report as the answer to the request."""
    return json_response(report.as_json())


def refused(refusal: Refusal) -> Response:
    """The answer where the file as a whole was refused."""
    fault = {"message": refusal.message, "extensions": {"code": refusal.code}}
    return json_response({"errors": [fault]}, 422)


def rows_of(
    content: bytes, *, required: Sequence[str], optional: Sequence[str] = ()
) -> list[tuple[int, dict[str, str]]]:
    """Rows by their number, each with its cells by heading; cells without blanks around them, empty rows left out.

    Headings are matched without regard to case, blanks and underscores. Commas or semicolons part the cells, whichever
    the headings have more of. Raises TableRefused.
    """
    if len(content) > MOST_BYTES:
        raise TableRefused("The file is larger than 5 MB.", code="FILE_TOO_LARGE")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise TableRefused from None
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        lines = [
            (number, line) for number, line in enumerate(reader, 1) if any(cell.strip() for cell in line)
        ]
    except csv.Error:
        raise TableRefused from None
    if len(lines) < 2:
        raise TableRefused("The file has no rows below its headings.", code="FILE_EMPTY")
    if len(lines) > MOST_ROWS + 1:
        raise TableRefused(f"At most {MOST_ROWS} rows at once.", code="TOO_MANY_ROWS")
    headings = _headings(lines[0][1], required, optional)
    return [(number, _cells(line, headings)) for number, line in lines[1:]]


def flag_of(text: str) -> bool:
    """A yes or no as people and spreadsheets write it. Raises ValueError."""
    known = {"": False, "no": False, "false": False, "0": False, "yes": True, "true": True, "1": True}
    if text.casefold() not in known:
        raise ValueError(text)
    return known[text.casefold()]


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return ";" if first.count(";") > first.count(",") else ","


def _headings(line: Sequence[str], required: Sequence[str], optional: Sequence[str]) -> list[str]:
    known = {_plain(name): name for name in (*required, *optional)}
    found = [known.get(_plain(cell), "") for cell in line]
    unknown = [cell.strip() for cell, name in zip(line, found, strict=True) if not name and cell.strip()]
    if unknown:
        raise TableRefused(f"Unknown headings: {', '.join(unknown)[:200]}.", code="HEADING_UNKNOWN")
    missing = [name for name in required if name not in found]
    if missing:
        raise TableRefused(f"These headings are missing: {', '.join(missing)}.", code="HEADING_MISSING")
    if len({name for name in found if name}) < sum(1 for name in found if name):
        raise TableRefused("A heading appears twice.", code="HEADING_REPEATED")
    return found


def _plain(heading: str) -> str:
    return heading.strip().replace("_", "").replace(" ", "").casefold()


def _cells(line: Sequence[str], headings: Sequence[str]) -> dict[str, str]:
    cells = _unguarded(line)
    return {name: text for name, text in zip(headings, cells, strict=False) if name}


def _unguarded(line: Sequence[str]) -> Iterator[str]:
    """Without the apostrophe that our own files put before what a spreadsheet would run."""
    for cell in line:
        text = cell.strip()
        yield text[1:] if text.startswith(_GUARDED) else text

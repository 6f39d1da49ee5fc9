"""The address that takes a table of films: signed for one person, who must be signed in as well."""

from __future__ import annotations

from flask import Blueprint, Response, current_app

from chassis import table_upload
from movie_service.commands import importing
from movie_service.commands.catalogue import MovieRuntime

IMPORTS = Blueprint("imports", __name__)


@IMPORTS.post(importing.PATH)
def upload() -> Response:
    """Takes one multipart POST with one file; answers with what became of each row."""
    runtime: MovieRuntime = current_app.extensions["runtime"]
    caller, terms, content = table_upload.taken(runtime, importing.PATH)
    try:
        rows = table_upload.rows_of(content, required=importing.REQUIRED, optional=importing.OPTIONAL)
    except table_upload.TableRefused as refusal:
        return table_upload.refused(refusal)
    return table_upload.answer(importing.import_movies(runtime, caller, rows, dry_run=bool(terms["dryRun"])))

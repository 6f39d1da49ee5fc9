"""What user_service serves beside GraphQL: its public keys, and personal data behind signed links."""

from __future__ import annotations

from flask import Blueprint, Response, g, request
from sqlalchemy.orm import Session

from chassis import links
from chassis.endpoint import json_response
from chassis.errors import NotFound
from user_service.commands.export import FOLDER
from user_service.keys import signing_keys
from user_service.models import ExportRow, SessionRow
from user_service.settings import UserRuntime

KEYS_PATH = "/.well-known/jwks.json"
PUBLIC_PATHS = (KEYS_PATH, f"{FOLDER}/")


def routes(runtime: UserRuntime) -> Blueprint:
    """The routes, for the application."""
    blueprint = Blueprint("files", __name__)

    @blueprint.get(KEYS_PATH)
    def _keys() -> Response:
        keys = signing_keys(runtime.settings.jwt_keys_dir)
        keys.current(runtime.clock.now())
        response = json_response({"keys": keys.published()})
        response.headers["Cache-Control"] = "public, max-age=60"
        return response

    @blueprint.get(f"{FOLDER}/<export_id>.json")
    def _personal_data(export_id: str) -> Response:
        user_id, session_id = links.owner(
            request.path, runtime.settings.internal_secret, g.caller, request.args, now=runtime.clock.now()
        )
        export = runtime.database.read(lambda session: _export(session, export_id, user_id, session_id))
        if export is None:
            raise NotFound("This link has expired. Please ask for a new one.")
        response = Response(export.content, mimetype="application/json")
        response.headers["Content-Disposition"] = 'attachment; filename="lobbycard-personal-data.json"'
        return response

    return blueprint


def _export(session: Session, export_id: str, user_id: str, session_id: str) -> ExportRow | None:
    """The person's file; None once the session that must live has ended."""
    if session_id:
        asked_in = session.get(SessionRow, session_id)
        if asked_in is None or asked_in.ended_at is not None:
            return None
    export = session.get(ExportRow, export_id)
    return export if export is not None and export.user_id == user_id else None

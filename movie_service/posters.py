"""Posters over HTTP: the drawn ones, the uploaded ones, and the address that takes an upload.

Public paths: pictures are for everyone, and an upload carries its signature in the address.
"""

from __future__ import annotations

import hashlib

from flask import Blueprint, Response, current_app, request

from chassis import links
from chassis.database import utc_now
from chassis.endpoint import json_response
from chassis.errors import Invalid, NotFound
from movie_service import poster_files, queries
from movie_service.commands.catalogue import MovieRuntime
from movie_service.commands.posters import UPLOAD_PATH, take_up
from movie_service.errors import MovieNotFound, PictureRefused
from movie_service.poster_art import poster_slug, poster_svg
from movie_service.poster_store import TYPES, store_of

POSTERS = Blueprint("posters", __name__)
PUBLIC_PATHS = ("/posters/",)
FORM_BYTES = poster_files.MOST_BYTES + 64 * 1024  # the file and what multipart puts around it


@POSTERS.post(UPLOAD_PATH)
def upload() -> Response:
    """Takes one multipart POST with one file; answers 201 with the poster's address."""
    runtime = _runtime()
    upload_id = request.args.get("subject", "")
    links.verify(
        UPLOAD_PATH,
        runtime.settings.internal_secret,
        expires=request.args.get("expires"),
        subject=upload_id,
        signature=request.args.get("signature"),
        now=runtime.database.read(utc_now),
    )
    request.max_content_length = FORM_BYTES
    if request.mimetype != "multipart/form-data":
        raise Invalid("Send the picture as multipart/form-data.")
    files = list(request.files.values())
    if len(files) != 1:
        raise Invalid("Send exactly one file.")
    try:
        movie = take_up(runtime, upload_id, files[0].stream.read())
    except PictureRefused as refusal:
        refused = {"message": refusal.message, "extensions": {"code": refusal.code}}
        return json_response({"errors": [refused]}, 422)
    return json_response({"posterUrl": queries.poster_url(runtime.settings.public_url, movie)}, 201)


@POSTERS.get("/posters/<movie_id>.svg")
def drawn(movie_id: str) -> Response:
    """The poster drawn from the film's title."""
    movie = _runtime().database.read(lambda session: queries.movies_by_ids(session, [movie_id])).get(movie_id)
    if movie is None:
        raise MovieNotFound
    svg = poster_svg(
        slug=poster_slug(movie.title),
        title=movie.title,
        genre=movie.genres[0] if movie.genres else None,
        minutes=movie.duration_minutes,
    )
    response = Response(svg, mimetype="image/svg+xml")
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    response.set_etag(hashlib.sha256(svg.encode()).hexdigest()[:32])
    response.make_conditional(request)
    return response


@POSTERS.get("/posters/<name>")
def uploaded(name: str) -> Response:
    """A stored poster; its name changes with its picture, so it may be kept for ever."""
    picture = store_of(_runtime().settings).get(name)
    if picture is None:
        raise NotFound("There is no such poster.")
    response = Response(picture, mimetype=TYPES[name.rsplit(".", 1)[1]])
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.set_etag(name)  # the name is the picture's own
    response.make_conditional(request)
    return response


def _runtime() -> MovieRuntime:
    runtime: MovieRuntime = current_app.extensions["runtime"]
    return runtime

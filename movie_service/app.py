"""Wiring of movie_service: settings, runtime, schema, endpoint, posters."""

from __future__ import annotations

from flask import Flask

from chassis.runtime import Runtime
from chassis.service import build_service
from chassis.settings import load
from movie_service.imports import IMPORTS
from movie_service.posters import POSTERS, PUBLIC_PATHS
from movie_service.schema import SCHEMA
from movie_service.settings import MovieSettings


def create_app(settings: MovieSettings | None = None, runtime: Runtime[MovieSettings] | None = None) -> Flask:
    """The application; settings come from the environment unless given."""
    runtime = runtime or Runtime.start("movie_service", settings or load(MovieSettings))
    return build_service(runtime, SCHEMA, blueprints=(POSTERS, IMPORTS), public_paths=PUBLIC_PATHS)

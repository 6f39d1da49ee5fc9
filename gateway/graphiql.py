"""The developers' page: GraphiQL from vendored files, with example operations, under a policy of its own.

Monaco writes inline styles and starts workers, so the pages' strict policy can't hold here; scripts stay strict.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import orjson
from flask import Flask, Response, request

from gateway.assets import ASK_FIRST, FOREVER, Asset, AssetFolder
from gateway.doorway import reply
from gateway.doorway.refusal import Refusal

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
PAGE = "index.html"
CONFIGURATION_MARK = "__CONFIGURATION__"


class GraphiQL:
    """Serves the vendored page and its files."""

    def __init__(self, folder: AssetFolder, recipes: list[dict[str, str]]) -> None:
        self._folder = folder
        self._recipes = recipes

    def page(self) -> Response:
        """The page, with its configuration as data rather than code."""
        content = self._folder.page(PAGE)
        if content is None:
            return _missing()
        configuration: dict[str, Any] = {"endpoint": "/graphql", "recipes": self._recipes}
        text = escape(orjson.dumps(configuration).decode(), quote=True)
        page = content.decode().replace(CONFIGURATION_MARK, text)
        response = Asset(page.encode(), ".html").response(request, ASK_FIRST)
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Frame-Options"] = "DENY"
        return response

    def file(self, build: str, name: str) -> Response:
        """One of the page's files."""
        asset = self._folder.find(name)
        if asset is None or name == PAGE:
            return _missing()
        return asset.response(request, FOREVER if build == self._folder.build else ASK_FIRST)


def read_recipes(folder: Path) -> list[dict[str, str]]:
    """Example operations in the order of their file names; a file's first comment line is its title.

    Variables stand in a JSON file of the same name."""
    recipes = []
    for path in sorted(folder.glob("*.graphql")):
        text = path.read_text(encoding="utf-8")
        first = text.splitlines()[0] if text else ""
        recipe = {"title": first.lstrip("# ").strip() or path.stem, "query": text}
        variables = path.with_suffix(".json")
        if variables.exists():
            recipe["variables"] = variables.read_text(encoding="utf-8")
        recipes.append(recipe)
    return recipes


def add_routes(app: Flask, graphiql: GraphiQL | None) -> None:
    """Serve the page at /graphiql; without one, the address answers 404."""
    if graphiql is None:
        app.add_url_rule("/graphiql", "graphiql", _missing)
        return
    app.add_url_rule("/graphiql", "graphiql", graphiql.page)
    app.add_url_rule("/graphiql/files/<build>/<path:name>", "graphiql file", graphiql.file)


def _missing() -> Response:
    return reply.refuse_page(Refusal(404, "NOT_FOUND", "There is nothing at this address."))

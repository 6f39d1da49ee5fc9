"""The pages: one shell for every address a person may open, its assets, and the headers that keep them safe."""

from __future__ import annotations

import json
from pathlib import PurePath

from flask import Flask, Response, request

from gateway.assets import ASK_FIRST, FOREVER, Asset, AssetFolder
from gateway.doorway import reply
from gateway.doorway.refusal import Refusal

SHELL = "shell.html"
# Addresses of pages, one pattern a line, `:name` for a part that varies; without the file every address is a page.
ADDRESSES = "addresses.txt"
# What a service worker keeps on the device, put in for this mark in its script; staff are at their desks, online.
FILES_MARK = '"__FILES__"'
KEPT_FOLDERS = ("app/", "css/", "img/", "vendor/")
NOT_KEPT = ("app/admin/", "app/i18n/staff.", "css/admin.css", "vendor/icons/staff.svg")
KEPT_TYPES = frozenset({".js", ".json", ".css", ".woff2", ".svg", ".png"})
CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "media-src 'self' blob:",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types lit-html app",
    )
)
PAGE_HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
# Files that browsers look for at a fixed address.
AT_THE_ROOT = ("sw.js", "manifest.webmanifest", "robots.txt", "favicon.ico")


class Pages:
    """Serves one folder of pages."""

    def __init__(self, folder: AssetFolder) -> None:
        self._folder = folder

    def shell(self, path: str = "") -> Response:
        """The page for any address that is not a file."""
        if path.startswith("assets/") or not _wants_page():
            return _missing()
        return self._page(SHELL, 200 if self._is_address(path) else 404)

    def asset(self, build: str, name: str) -> Response:
        """A file; to be kept for ever when its address carries the present build."""
        asset = self._folder.find(name)
        if asset is None or name == SHELL:
            return _missing()
        response = asset.response(request, FOREVER if build == self._folder.build else ASK_FIRST)
        response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response

    def root_file(self, name: str) -> Response:
        """A file that browsers look for at a fixed address."""
        content = self._folder.page(name)
        if content is None:
            return _missing()
        if FILES_MARK.encode() in content:
            content = content.replace(FILES_MARK.encode(), json.dumps(self._kept_files()).encode())
        response = Asset(content, "." + name.rsplit(".", 1)[1]).response(request, ASK_FIRST)
        if name == "sw.js":
            # A worker is bound to the policy it is served with, not to that of the page.
            response.headers["Content-Security-Policy"] = (
                "default-src 'none'; script-src 'self'; connect-src 'self'"
            )
        return response

    def _kept_files(self) -> list[str]:
        return [
            name
            for name in self._folder.names()
            if name.startswith(KEPT_FOLDERS)
            and not name.startswith(NOT_KEPT)
            and PurePath(name).suffix in KEPT_TYPES
        ]

    def _is_address(self, path: str) -> bool:
        """Whether a page has this address; the shell itself says in words what is not there."""
        patterns = self._folder.find(ADDRESSES)
        if patterns is None:
            return True
        given = path.strip("/").split("/")
        return any(
            len(wanted) == len(given)
            and all(part.startswith(":") or part == found for part, found in zip(wanted, given, strict=True))
            for wanted in (line.strip("/").split("/") for line in patterns.content.decode().split())
        )

    def _page(self, name: str, status: int = 200) -> Response:
        content = self._folder.page(name)
        if content is None:
            return _missing()
        response = Asset(content, ".html").response(request, ASK_FIRST)
        if response.status_code == 200:  # not where the browser has it already
            response.status_code = status
        for header, value in PAGE_HEADERS.items():
            response.headers[header] = value
        return response


def add_routes(app: Flask, pages: Pages) -> None:
    """Serve assets, root files, and the shell everywhere else."""
    app.add_url_rule("/assets/<build>/<path:name>", "asset", pages.asset)
    for name in AT_THE_ROOT:
        app.add_url_rule(f"/{name}", f"root {name}", lambda name=name: pages.root_file(name))
    app.add_url_rule("/", "home", pages.shell, provide_automatic_options=False)
    app.add_url_rule("/<path:path>", "page", pages.shell, provide_automatic_options=False)


def _wants_page() -> bool:
    accept = request.headers.get("Accept", "*/*")
    return "text/html" in accept or "*/*" in accept


def _missing() -> Response:
    refusal = Refusal(404, "NOT_FOUND", "There is nothing at this address.")
    return reply.refuse_page(refusal)

"""The pages: one shell for every address a person may open, its assets, and the headers that keep them safe."""

from __future__ import annotations

import json
import re
from pathlib import PurePath

from flask import Flask, Response, request

from gateway.assets import ASK_FIRST, FOREVER, Asset, AssetFolder
from gateway.doorway import reply
from gateway.doorway.refusal import Refusal

SHELL = "shell.html"
# Addresses of pages, one pattern a line, `:name` for a part that varies, then the page's module if it is to be fetched
# with the shell, and TAKES_MONEY where it does; without the file every address is a page.
ADDRESSES = "addresses.txt"
# In the shell: all modules that this one and the page's import are named here, so that they come at once.
MODULES_MARK = re.compile(rb"<!-- modules of (\S+) -->")
# What a service worker keeps on the device, put in for this mark in its script; staff are at their desks, online.
FILES_MARK = '"__FILES__"'
KEPT_FOLDERS = ("app/", "css/", "img/", "vendor/")
NOT_KEPT = ("app/admin/", "app/i18n/staff.", "css/admin.css", "vendor/icons/staff.svg", "vendor/qr/")
KEPT_TYPES = frozenset({".js", ".json", ".css", ".woff2", ".svg", ".png"})
_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    # Trailers are other hosts' files, asked for by a press; media never runs as code.
    "media-src": "'self' blob: https:",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "lit-html app",
}
# What Stripe's own form needs, named by Stripe; added where an address has the mark TAKES_MONEY and Stripe is set up.
_FOR_STRIPE = {
    "script-src": "https://js.stripe.com https://*.js.stripe.com",
    "connect-src": "https://api.stripe.com",
    "frame-src": "https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com",
    "trusted-types": "stripe",
}
TAKES_MONEY = "takes-money"


def _policy(*, for_stripe: bool) -> str:
    sources = dict(_POLICY)
    for name, more in _FOR_STRIPE.items() if for_stripe else ():
        sources[name] = f"{sources.get(name, '')} {more}".strip()
    return "; ".join(f"{name} {given}" for name, given in sources.items())


CONTENT_POLICY = _policy(for_stripe=False)
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

    def __init__(self, folder: AssetFolder, *, takes_cards: bool = False) -> None:
        self._folder = folder
        self._takes_cards = takes_cards
        self._shells: tuple[str, dict[tuple[str, ...], Asset]] = ("", {})

    def shell(self, path: str = "") -> Response:
        """The page for any address that is not a file."""
        if path.startswith("assets/") or not _wants_page():
            return _missing()
        named = self._modules_named(path)
        return self._page(404, ()) if named is None else self._page(200, named)

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

    def _modules_named(self, path: str) -> tuple[str, ...] | None:
        """Modules named for the page at this address, None where there is none: the shell itself says so in words."""
        patterns = self._folder.find(ADDRESSES)
        if patterns is None:
            return ()
        given = path.strip("/").split("/")
        for line in patterns.content.decode().splitlines():
            pattern, *named = line.split()
            wanted = pattern.strip("/").split("/")
            if len(wanted) == len(given) and all(
                part.startswith(":") or part == found for part, found in zip(wanted, given, strict=True)
            ):
                return tuple(named)
        return None

    def _page(self, status: int, named: tuple[str, ...]) -> Response:
        asset = self._shell_with(named)
        if asset is None:
            return _missing()
        response = asset.response(request, ASK_FIRST)
        if response.status_code == 200:  # not where the browser has it already
            response.status_code = status
        for header, value in PAGE_HEADERS.items():
            response.headers[header] = value
        if self._takes_cards and TAKES_MONEY in named:
            response.headers["Content-Security-Policy"] = _policy(for_stripe=True)
        return response

    def _shell_with(self, named: tuple[str, ...]) -> Asset | None:
        """The shell that names these modules, once for each build."""
        content = self._folder.page(SHELL)
        if content is None:
            return None
        build, shells = self._shells
        if build != self._folder.build:
            build, shells = self._shells = (self._folder.build, {})
        if named not in shells:
            tags = MODULES_MARK.sub(lambda mark: self._preloads(build, mark[1].decode(), named), content)
            shells[named] = Asset(tags, ".html")
        return shells[named]

    def _preloads(self, build: str, main: str, named: tuple[str, ...]) -> bytes:
        others = [name for name in self._folder.modules([main, *named]) if name != main]
        tags = [f'<link rel="modulepreload" href="/assets/{build}/{name}">' for name in others]
        return "\n".join(tags).encode()


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

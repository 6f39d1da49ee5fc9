"""Files for the browser, kept in memory with their compressed forms, under one id for the whole set.

The id is a digest of every file, so an address holds for ever and may be cached for ever; a changed file moves
them all. Compression happens once a file, at the first request that takes it.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import brotli
from flask import Request, Response

from chassis.logs import log
from gateway import linked, one_script

FOREVER = "public, max-age=31536000, immutable"
ASK_FIRST = "no-cache"
SMALLEST_COMPRESSED = 1024
QUICK_FROM = 500_000  # the best compression of megabytes would hold up the first visitor
BUILD_MARK = "__BUILD__"
# Names the one script to make, the module that starts it all, and others that are to be in it; all they import is, too.
TOGETHER = "together.txt"
NOT_SERVED = frozenset({"node_modules", "tests", "vendor-graphiql", "graphiql-recipes", "__pycache__"})
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".ttf": "font/ttf",
    ".png": "image/png",
    ".webp": "image/webp",
    ".jpg": "image/jpeg",
    ".ico": "image/x-icon",
    ".webmanifest": "application/manifest+json",
    ".txt": "text/plain; charset=utf-8",
    ".graphql": "text/plain; charset=utf-8",
}
# A quarter of our scripts on the wire. No text of a template begins a line like that; a test of the pages looks.
COMMENT_LINES = re.compile(rb"^[ \t]*(?://[^\n]*|/\*\*(?:(?!\*/).)*\*/)[ \t]*\n", re.MULTILINE | re.DOTALL)
CSS_COMMENTS = re.compile(rb"/\*(?:(?!\*/).)*\*/\n?", re.DOTALL)
COMPRESSED_TYPES = frozenset(
    {".js", ".mjs", ".css", ".html", ".json", ".svg", ".ttf", ".webmanifest", ".txt"}
)


@dataclass
class Asset:
    """One file, as it is and as it travels."""

    content: bytes
    suffix: str
    _forms: dict[str, bytes] = field(default_factory=dict)

    @property
    def content_type(self) -> str:
        """What it is."""
        return (
            TYPES.get(self.suffix) or mimetypes.guess_type("a" + self.suffix)[0] or "application/octet-stream"
        )

    def response(self, request: Request, cache: str) -> Response:
        """The file in the best form that `request` takes; 304 when the client has it."""
        form, content = self._form(request.headers.get("Accept-Encoding", ""))
        response = Response(content, content_type=self.content_type)
        response.headers["Cache-Control"] = cache
        response.set_etag(f"{hashlib.sha256(self.content).hexdigest()[:20]}{form and '-' + form}")
        if self.suffix in COMPRESSED_TYPES:
            response.headers["Vary"] = "Accept-Encoding"
        if form:
            response.headers["Content-Encoding"] = form
        response.make_conditional(request)
        return response

    def _form(self, accepted: str) -> tuple[str, bytes]:
        if self.suffix not in COMPRESSED_TYPES or len(self.content) < SMALLEST_COMPRESSED:
            return "", self.content
        taken = {
            part.split(";")[0].strip() for part in accepted.split(",") if "q=0" not in part.replace(" ", "")
        }
        if "br" in taken:
            return "br", self._compressed("br")
        if "gzip" in taken:
            return "gzip", self._compressed("gzip")
        return "", self.content

    def _compressed(self, form: str) -> bytes:
        known = self._forms.get(form)
        if known is None:
            if form == "br":
                known = brotli.compress(self.content, quality=9 if len(self.content) < QUICK_FROM else 5)
            else:
                known = gzip.compress(self.content, compresslevel=6, mtime=0)
            self._forms[form] = known
        return known


class AssetFolder:
    """The files below a folder. With `watched`, changes on disk are seen at the next request for a page."""

    def __init__(self, folder: Path, *, watched: bool = False) -> None:
        self._folder = folder
        self._watched = watched
        self._lock = threading.Lock()
        self._state: tuple[tuple[str, int, int], ...] = ()
        self._assets: dict[str, Asset] = {}
        self.build = ""
        self.refresh(first=True)

    def refresh(self, *, first: bool = False) -> None:
        """See what is there now, if that may have changed."""
        if not (first or self._watched):
            return
        state = tuple(self._seen())
        if state == self._state and not first:
            return
        with self._lock:
            contents = {
                name: _lean(name, (self._folder / name).read_bytes()) for name, _changed, _size in state
            }
            contents = _put_together(contents)
            digest = hashlib.sha256()  # of what is sent: it changes with how we put it together, too
            for name, content in sorted(contents.items()):
                digest.update(f"{name}\0{len(content)}\0".encode() + content)
            self._assets = {
                name: Asset(content, Path(name).suffix.lower()) for name, content in contents.items()
            }
            self._state, self.build = state, digest.hexdigest()[:16]

    def find(self, name: str) -> Asset | None:
        """The file called `name`, relative to the folder with forward slashes."""
        return self._assets.get(name)

    def names(self) -> list[str]:
        """Names of all files, in order."""
        return sorted(self._assets)

    def modules(self, entries: list[str]) -> list[str]:
        """The script modules called `entries` that are files of their own, and all that they import."""
        assets = self._assets
        found = [name for name in entries if name in assets]
        return linked.modules(found, lambda name: assets[name].content if name in assets else None)

    def page(self, name: str) -> bytes | None:
        """The page called `name` with the build's id in the addresses it names."""
        self.refresh()
        asset = self.find(name)
        return None if asset is None else asset.content.replace(BUILD_MARK.encode(), self.build.encode())

    def _seen(self) -> Iterator[tuple[str, int, int]]:
        found = []
        for folder, below, names in os.walk(self._folder):
            below[:] = [name for name in below if name not in NOT_SERVED and not name.startswith(".")]
            for name in names:
                path = Path(folder, name)
                if path.suffix.lower() in TYPES and not name.startswith("."):
                    facts = path.stat()
                    place = path.relative_to(self._folder).as_posix()
                    found.append((place, facts.st_mtime_ns, facts.st_size))
        return iter(sorted(found))


def _put_together(contents: dict[str, bytes]) -> dict[str, bytes]:
    """Stylesheets with what they import, and one script of the modules that TOGETHER names with all they import."""
    for name in [name for name in contents if name.endswith(".css")]:
        contents[name] = linked.sheet(name, contents.get)
    wish = contents.get(TOGETHER, b"").decode().split()
    if not wish:
        return contents
    place, entry, *more = wish
    held = [name for name in linked.modules([entry, *more], contents.get) if name != entry]
    scripts = {name: content.decode() for name, content in contents.items() if name.endswith(".js")}
    try:
        written = one_script.one_script(
            place,
            {name: scripts[name] for name in held},
            {name: text for name, text in scripts.items() if name not in held},
        )
    except one_script.NotLinkable as problem:
        log().warning("scripts travel one by one", why=str(problem))
        return contents
    rest = {name: content for name, content in contents.items() if name not in held}
    return rest | {name: text.encode() for name, text in written.items()}


def _lean(name: str, content: bytes) -> bytes:
    """A file of ours without its comments (of scripts: on lines of their own), which are for readers of the source."""
    if name.startswith("vendor/"):
        return content
    if name.endswith(".css"):
        return CSS_COMMENTS.sub(b"", content)
    return COMMENT_LINES.sub(b"", content) if name.endswith((".js", ".mjs")) else content

"""The file that names the members of the graph: TOML, or a JSON list, read and checked at once.

Each member has a name and a url, and if wished an sdl (then it is not asked for one). A TOML file may add the
paths that belong to members, who signs access tokens, and which documents need care; see subgraphs.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from chassis.settings import SettingsError
from gateway.engine import Subgraph

# Of what a client sends, this goes on to a member whose file says nothing else. X-Session says how a client wants its
# session kept, not whose it is.
USUAL_HEADERS = ("User-Agent", "Accept-Language", "Origin", "X-Session")
# Made anew for each member, of one connection only, or named elsewhere (cookies).
OWN_HEADERS = frozenset(
    (
        "accept", "accept-encoding", "connection", "content-encoding", "content-length", "content-type", "cookie",
        "expect", "forwarded", "host", "keep-alive", "te", "traceparent", "trailer", "transfer-encoding", "upgrade",
        "x-caller", "x-client-address", "x-forwarded-for", "x-real-ip", "x-request-id",
    )
)  # fmt: skip
HTTP = "^https?://."
HEADER_NAME = re.compile(r"^[A-Za-z0-9-]+$")


class Member(BaseModel):
    """One subgraph: where it answers, and which of a client's headers and cookies may reach it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    url: str = Field(pattern=HTTP)
    sdl: str | None = None
    deadline_seconds: float = Field(5.0, gt=0)
    cookies: tuple[str, ...] = ()
    headers: tuple[str, ...] = USUAL_HEADERS

    @field_validator("headers")
    @classmethod
    def _ours_stay_ours(cls, named: tuple[str, ...]) -> tuple[str, ...]:
        for name in named:
            if not HEADER_NAME.match(name):
                raise ValueError(f"{name!r} is no name of a header")
            if name.lower() in OWN_HEADERS:
                raise ValueError(f"{name} is the gateway's own to send")
        return named

    def address(self, path: str) -> str:
        """The member's own address of `path` (and query), which begins with a slash."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}{path}"

    def subgraph(self, sdl: str) -> Subgraph:
        """What the engine wants to know of the member."""
        return Subgraph(name=self.name, url=self.url, sdl=sdl, deadline_seconds=self.deadline_seconds)


class Route(BaseModel):
    """A path that is handed on to its owner; one that ends in a slash covers what is below it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str = Field(pattern="^/")
    subgraph: str
    methods: tuple[str, ...] = ("GET",)
    cookies: tuple[str, ...] = ()
    maximum_body_bytes: int = 1024 * 1024
    deadline_seconds: float = Field(30.0, gt=0)
    development_only: bool = False


class TokenIssuer(BaseModel):
    """Who signs access tokens: the member and path that publish the keys, and the claims tokens must carry."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subgraph: str
    path: str = Field(pattern="^/")
    issuer: str
    audience: str


class DocumentRules(BaseModel):
    """Root fields that need care: at most one `sensitive` a document; `shared_streams` are equal for all.

    The maxima hold for this graph where the environment does not set others.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sensitive: frozenset[str] = frozenset()
    shared_streams: frozenset[str] = frozenset()
    maximum_depth: int | None = Field(default=None, ge=1)
    maximum_aliases: int | None = Field(default=None, ge=0)


class GraphFile(BaseModel):
    """All that a file of subgraphs says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subgraphs: tuple[Member, ...] = ()
    routes: tuple[Route, ...] = ()
    identity: TokenIssuer | None = None
    documents: DocumentRules = DocumentRules()

    def member(self, name: str) -> Member:
        """The member called `name`. Raises KeyError."""
        for member in self.subgraphs:
            if member.name == name:
                return member
        raise KeyError(name)


def is_http(url: str) -> bool:
    """Whether a member may be asked at this address."""
    return re.match(HTTP, url) is not None


def read_graph_file(path: Path, peers: Mapping[str, str] | None = None) -> GraphFile:
    """The members and paths in `path`; `peers` (base address by name) replaces addresses.

    Raises SettingsError with everything that is wrong with it.
    """
    try:
        content = _content(path)
        found = GraphFile.model_validate({"subgraphs": content} if isinstance(content, list) else content)
    except (OSError, tomllib.TOMLDecodeError, orjson.JSONDecodeError, UnicodeDecodeError) as error:
        raise SettingsError([f"{path}: {error}"]) from None
    except ValidationError as error:
        told = [f"{path}: {'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
        raise SettingsError(told) from None
    faults = _faults(found)
    if faults:
        raise SettingsError([f"{path}: {fault}" for fault in faults])
    members = tuple(_moved(member, peers or {}) for member in found.subgraphs)
    return found.model_copy(update={"subgraphs": members})


def _content(path: Path) -> Any:
    raw = path.read_bytes()
    return tomllib.loads(raw.decode()) if path.suffix == ".toml" else orjson.loads(raw)


def _faults(found: GraphFile) -> list[str]:
    names = [member.name for member in found.subgraphs]
    faults = [] if names else ["no subgraph is named"]
    faults += [f"subgraph {name} is named twice" for name in sorted({n for n in names if names.count(n) > 1})]
    paths = [route.path for route in found.routes]
    faults += [f"route {path} is named twice" for path in sorted({p for p in paths if paths.count(p) > 1})]
    owners = {f"route {route.path}": route.subgraph for route in found.routes}
    if found.identity is not None:
        owners["identity"] = found.identity.subgraph
    return faults + [
        f"{what}: no subgraph is called {name}" for what, name in owners.items() if name not in names
    ]


def _moved(member: Member, peers: Mapping[str, str]) -> Member:
    if member.name not in peers:
        return member
    return member.model_copy(update={"url": peers[member.name] + (urlsplit(member.url).path or "/graphql")})

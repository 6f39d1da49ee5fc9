"""A small federated graph on real sockets, for tests of the doorway: authors, and their books."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import urllib3
from flask import Flask, Response, request
from graphql import GraphQLObjectType, build_schema, execute_sync, graphql_sync, parse
from werkzeug.serving import BaseWSGIServer, make_server

from gateway.app import create_app
from gateway.settings import GatewaySettings

SECRET = "a test's own internal secret, 0123456789"
LINK = (
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])\n'
)
AUTHORS = (
    LINK
    + """
type Author @key(fields: "id") { id: ID! name: String! }
type Query { author(id: ID!): Author authors(first: Int = 10): [Author!] echo(text: String): String }
type Mutation { rename(id: ID!, name: String!): Author signIn(name: String!): String }
type Subscription { renamed: Author ticks(to: Int!): Int }
"""
)
BOOKS = (
    LINK
    + """
type Author @key(fields: "id") { id: ID! books(first: Int = 10): [Book!] }
type Book @key(fields: "id") { id: ID! title: String! author: Author }
type Query { book(id: ID!): Book books(first: Int = 10): [Book!] }
"""
)
PEOPLE = {"1": {"id": "1", "name": "Ann"}, "2": {"id": "2", "name": "Ben"}}
TITLES: dict[str, dict[str, Any]] = {"10": {"id": "10", "title": "Roads", "author": {"id": "1"}}}
FIRST_PORT, LAST_PORT = 4700, 4799
_ports = itertools.cycle(range(FIRST_PORT, LAST_PORT + 1))


def free_port() -> int:
    """A port of this room that nobody listens on."""
    for port in itertools.islice(_ports, LAST_PORT - FIRST_PORT):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    raise AssertionError("no free port")


class Served:
    """A WSGI application on a real socket, in threads of this process."""

    def __init__(self, app: Any, port: int | None = None) -> None:
        self.port = port or free_port()
        self._app = app
        self._server: BaseWSGIServer | None = None
        self.start()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen."""
        self._server = make_server("127.0.0.1", self.port, self._app, threaded=True)
        self._server.daemon_threads = True  # type: ignore[attr-defined]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Close the port; nobody answers there any more."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


@dataclass
class Heard:
    """A request as a subgraph heard it."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class SmallSubgraph:
    """One member of the graph; `roots` resolve its root fields, `entities` its types by id."""

    sdl: str
    roots: dict[str, Callable[..., Any]]
    entities: dict[str, Callable[[str], dict[str, Any] | None]] = field(default_factory=dict)
    streams: dict[str, Callable[..., Iterator[Any]]] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)
    lives: bool = True
    more: str = ""  # lines of its own in the file that names the members

    def __post_init__(self) -> None:
        self.app = Flask("subgraph", static_folder=None)
        self.app.add_url_rule("/graphql", "graphql", self._graphql, methods=["POST"])
        self.app.add_url_rule("/live", "live", lambda: ({"status": "ok"}, 200 if self.lives else 503))
        self.app.add_url_rule("/health", "health", lambda: {"status": "ok", "service": "any", "checks": {}})
        self.served = Served(self.app)
        self.say(self.sdl)

    @property
    def url(self) -> str:
        """Where it answers GraphQL."""
        return f"{self.served.url}/graphql"

    def say(self, sdl: str) -> None:
        """Be a subgraph of this SDL from now on."""
        self.sdl = sdl
        members = " | ".join(self.entities) or "_None"
        none = "" if self.entities else "type _None { none: Int }"
        self.schema = build_schema(
            sdl.replace(LINK, "")
            + f"scalar _Any type _Service {{ sdl: String }} {none} union _Entity = {members} "
            + "extend type Query { _service: _Service _entities(representations: [_Any!]!): [_Entity]! }",
            assume_valid_sdl=True,
        )
        for kind in (self.schema.query_type, self.schema.mutation_type):
            for name, resolve in self.roots.items():
                if isinstance(kind, GraphQLObjectType) and name in kind.fields:
                    kind.fields[name].resolve = lambda _root, _info, _act=resolve, **given: _act(**given)
        query = self.schema.query_type
        assert query is not None
        query.fields["_service"].resolve = lambda *_: {"sdl": self.sdl}
        query.fields["_entities"].resolve = self._entities

    def questions(self) -> list[Heard]:
        """What was asked but for the SDL."""
        return [one for one in self.heard if b"_service" not in one.body]

    def _entities(self, _root: Any, _info: Any, representations: list[dict[str, Any]]) -> list[Any]:
        found = []
        for one in representations:
            entity = self.entities[one["__typename"]](one["id"])
            found.append(None if entity is None else {**entity, "__typename": one["__typename"]})
        return found

    def _graphql(self) -> Response:
        body = request.get_data()
        self.heard.append(Heard(request.path, dict(request.headers), body))
        asked = json.loads(body)
        if "text/event-stream" in request.headers.get("Accept", ""):
            return Response(self._events(asked), mimetype="text/event-stream")
        result = graphql_sync(
            self.schema,
            asked["query"],
            variable_values=asked.get("variables"),
            operation_name=asked.get("operationName"),
        )
        response = Response(json.dumps(result.formatted), mimetype="application/json")
        for cookie in self.cookies:
            response.headers.add("Set-Cookie", cookie)
        return response

    def _events(self, asked: dict[str, Any]) -> Iterator[bytes]:
        name = next(name for name in self.streams if name in asked["query"])
        document = parse(asked["query"])
        yield b":\n\n"
        for value in self.streams[name](**(asked.get("variables") or {})):
            if value is None:
                yield b":\n\n"
            else:
                result = execute_sync(
                    self.schema, document, {name: value}, variable_values=asked.get("variables")
                )
                yield b"event: next\ndata: " + json.dumps(result.formatted).encode() + b"\n\n"
        yield b"event: complete\ndata:\n\n"


def authors() -> SmallSubgraph:
    """The subgraph that owns authors."""
    return SmallSubgraph(
        AUTHORS,
        {
            "author": lambda **given: PEOPLE.get(given["id"]),
            "authors": lambda first=10: list(PEOPLE.values())[:first],
            "echo": lambda text=None: text,
            "rename": lambda **given: {**PEOPLE[given["id"]], "name": given["name"]},
            "signIn": lambda name: f"welcome {name}",
        },
        {"Author": PEOPLE.get},
        {"ticks": lambda to=3: iter(range(1, to + 1))},
    )


def books() -> SmallSubgraph:
    """The subgraph that adds their books."""

    def author(key: str) -> dict[str, Any]:
        return {"id": key, "books": [book for book in TITLES.values() if book["author"]["id"] == key]}

    return SmallSubgraph(
        BOOKS,
        {
            "book": lambda **given: TITLES.get(given["id"]),
            "books": lambda first=10: list(TITLES.values())[:first],
        },
        {"Author": author, "Book": TITLES.get},
    )


@dataclass
class SmallGateway:
    """A gateway before a small graph."""

    served: Served
    app: Flask
    members: dict[str, SmallSubgraph]
    pool: urllib3.PoolManager = field(default_factory=lambda: urllib3.PoolManager(retries=False, maxsize=4))

    def send(self, method: str, path: str, **options: Any) -> Any:
        """Any request; redirects are not followed."""
        return self.pool.request(method, self.served.url + path, redirect=False, timeout=20.0, **options)

    def status_of_exactly(self, path: str) -> int:
        """The status of a GET whose path no client library tidies up."""
        connection = http.client.HTTPConnection("127.0.0.1", self.served.port, timeout=20)
        connection.putrequest("GET", path, skip_accept_encoding=True)
        connection.putheader("Accept", "application/json")
        connection.endheaders()
        status = connection.getresponse().status
        connection.close()
        return status

    def post(self, body: bytes | dict[str, Any] | list[Any], **headers: str) -> Any:
        """A POST to /graphql; underscores in header names stand for dashes."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send(
            "POST", "/graphql", body=content, headers={"Content-Type": "application/json", **named}
        )

    def ask(self, query: str, variables: dict[str, Any] | None = None, **headers: str) -> dict[str, Any]:
        """The whole answer to a query."""
        answer: dict[str, Any] = self.post({"query": query, "variables": variables or {}}, **headers).json()
        return answer

    def code(self, query: str, variables: dict[str, Any] | None = None, **headers: str) -> str:
        """The code of the first error."""
        code: str = self.ask(query, variables, **headers)["errors"][0]["extensions"]["code"]
        return code

    def questions(self) -> int:
        """How many requests the members have seen, but for their SDL."""
        return sum(len(member.questions()) for member in self.members.values())


def write_graph(folder: Path, members: dict[str, SmallSubgraph], more: str = "", *, sdl: bool = True) -> Path:
    """A TOML file that names `members`, followed by `more`."""
    lines = []
    for name, member in members.items():
        lines.append(f'[[subgraphs]]\nname = "{name}"\nurl = "{member.url}"\ndeadline_seconds = 3.0')
        lines.append(member.more)
        if sdl:
            lines.append(f"sdl = '''\n{member.sdl}'''")
    path = folder / "graph.toml"
    path.write_text("\n".join(lines) + "\n" + more, encoding="utf-8")
    return path


def open_gateway(
    folder: Path, members: dict[str, SmallSubgraph], more: str = "", *, sdl: bool = True, **settings: Any
) -> SmallGateway:
    """A gateway before `members`; `more` is added to its file, `settings` are by their environment names."""
    path = write_graph(folder, members, more, sdl=sdl)
    known = {
        "GATEWAY_SUBGRAPHS": path,
        "LOBBYCARD_HOME": folder / "home",
        "INTERNAL_SECRET": SECRET,
        "ACCESS_LOG": False,
        "LOG_LEVEL": "CRITICAL",
        "REDIS_URL": "",
        "PEERS": "",
        "RELOAD_SECONDS": 0.1,
        "HEARTBEAT_SECONDS": 0.2,
        "FRONTEND_DIR": folder / "no-pages",
        "GRAPHIQL_DIR": folder / "no-graphiql",
    }
    app = create_app(GatewaySettings(**{**known, **settings}))
    return SmallGateway(Served(app), app, members)

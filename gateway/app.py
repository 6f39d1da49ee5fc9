"""The gateway's application: settings in, Flask out; nothing here but wiring."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import redis
from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from chassis import logs
from chassis.settings import SettingsError
from gateway import graphiql, health, metrics, pages, passage
from gateway.assets import AssetFolder
from gateway.breaker import Breakers, Prober
from gateway.doorway import endpoint, reply
from gateway.doorway.access_keys import AccessKeys, fetcher
from gateway.doorway.admission import Admission
from gateway.doorway.coalescing import Coalescing
from gateway.doorway.correlation import Correlation
from gateway.doorway.forwarding import Forwarding
from gateway.doorway.identity import Identity
from gateway.doorway.limits import DocumentLimits
from gateway.doorway.persisted import PersistedDocuments, read_trusted
from gateway.doorway.refusal import Refusal
from gateway.doorway.sessions import Sessions
from gateway.doorway.streams import EventStreams
from gateway.engine import Engine
from gateway.execution.connections import Address
from gateway.graph_file import GraphFile, Member, is_http, read_graph_file
from gateway.members import Members
from gateway.metrics import Figures
from gateway.notes import NoteWriter
from gateway.registry import Registry
from gateway.settings import GatewaySettings, load
from gateway.tracing import Tracing

MEMORY_FOLDER = "gateway"


@dataclass(frozen=True)
class Background:
    """What runs beside the requests of an application."""

    registry: Registry
    sessions: Sessions
    prober: Prober
    breakers: Breakers
    notes: NoteWriter
    tracing: Tracing | None = None

    def stop(self) -> None:
        """End it all."""
        if self.tracing is not None:
            self.tracing.stop()
        self.registry.stop()
        self.sessions.stop()
        self.prober.stop()
        self.notes.stop()


def create_app(settings: GatewaySettings | None = None) -> Flask:
    """The application. Raises SettingsError, and CompositionFailed when the files alone make no graph."""
    settings = settings or load()
    logs.configure("gateway", settings.log_level)
    sdl = settings.supergraph_file.read_text(encoding="utf-8") if settings.supergraph_file else None
    file = read_graph_file(settings.subgraphs_file, settings.peers) if sdl is None else _members_of(sdl)
    members = Members(file, settings.statements)
    tracing = _tracing(settings, file)
    registry = Registry(
        members,
        lambda made: DocumentLimits(made.api_schema, settings, file.documents),
        memory=_memory_of(settings),
        reload_seconds=settings.reload_seconds,
        transport=tracing.transport if tracing else None,
        labels=settings.active_labels,
    )
    if sdl is None:
        registry.start()
    else:
        registry.serve(Engine.from_supergraph(sdl, registry.transport, settings.active_labels))
    return _application(settings, file, members, registry, tracing)


def _memory_of(settings: GatewaySettings) -> Path:
    """Where the graph is kept for the next start: each file of members has a place of its own in a home."""
    whose = sha256(str(settings.subgraphs_file.absolute()).encode()).hexdigest()[:12]
    return settings.home.expanduser() / MEMORY_FOLDER / f"graph-{whose}.json"


def _members_of(supergraph_sdl: str) -> GraphFile:
    parts = Engine.from_supergraph(supergraph_sdl).subgraphs
    lost = [f'subgraph "{part.name}" has no http address' for part in parts if not is_http(part.url)]
    if lost:
        raise SettingsError(lost)
    return GraphFile(
        subgraphs=tuple(
            Member(name=part.name, url=part.url, sdl="", deadline_seconds=part.deadline_seconds)
            for part in parts
        )
    )


def _tracing(settings: GatewaySettings, file: GraphFile) -> Tracing | None:
    if not settings.traces_url:
        return None
    names = {Address.of(member.url): member.name for member in file.subgraphs}
    return Tracing(settings.traces_url, settings.traces_share, names)


def _application(
    settings: GatewaySettings, file: GraphFile, members: Members, registry: Registry, tracing: Tracing | None
) -> Flask:
    app = Flask("gateway", static_folder=None)
    client = _redis(settings)
    sessions, figures = Sessions(client), Figures()
    breakers = Breakers(members.names)
    notes = NoteWriter(client, figures.pulse, breakers)
    background = Background(registry, sessions, Prober(breakers, members.lives), breakers, notes, tracing)
    staff = _staff(settings, file, background, figures)
    answer = endpoint.Endpoint(settings, file.documents, staff).answer
    app.wsgi_app = Correlation(  # type: ignore[method-assign]  # Flask's own way to put something around it
        app.wsgi_app,
        answer if tracing is None else tracing.around(answer),
        trusted_proxies=settings.trusted_proxies,
        access_log=settings.access_log,
        secure=settings.public_url.startswith("https://"),
    )
    metrics.add_route(app, _figures(members, staff))
    health.add_routes(app, health.Health(members, registry), registry)
    handed_on = passage.Passage(file, staff.identity, staff.forwarding, breakers, settings.public_url)
    passage.add_routes(app, handed_on, file.routes, production=settings.is_production)
    graphiql.add_routes(app, _graphiql(settings))
    folder = AssetFolder(settings.frontend_dir, watched=not settings.is_production)
    pages.add_routes(app, pages.Pages(folder, takes_cards=bool(settings.stripe_publishable_key)))
    _handle_errors(app)
    sessions.start()
    background.prober.start()
    notes.start()
    app.extensions["gateway"] = background
    return app


def _staff(
    settings: GatewaySettings, file: GraphFile, background: Background, figures: Figures
) -> endpoint.Staff:
    cookies = {member.name: member.cookies for member in file.subgraphs}
    headers = {member.name: member.headers for member in file.subgraphs}
    admission = Admission(settings.maximum_in_flight, settings.stream_places)
    return endpoint.Staff(
        registry=background.registry,
        identity=Identity(file.identity, _access_keys(file), background.sessions),
        forwarding=Forwarding(settings.statements, cookies, headers),
        breakers=background.breakers,
        admission=admission,
        documents=_documents(settings),
        streams=EventStreams(admission, settings.heartbeat_seconds),
        coalescing=Coalescing(),
        figures=figures,
    )


def _figures(members: Members, staff: endpoint.Staff) -> list[metrics.Sources]:
    return [
        staff.figures.families,
        lambda: metrics.breaker_families(members.names, staff.breakers),
        lambda: [
            metrics.counter("gateway_shed", "Requests told to come back.", staff.admission.shed),
            metrics.counter(
                "gateway_coalesced", "Questions that joined an equal one.", staff.coalescing.joined
            ),
            metrics.counter("gateway_streams_upstream", "Streams opened.", staff.streams.opened_upstream),
        ],
        lambda: metrics.engine_families(staff.registry.current),
    ]


def _access_keys(file: GraphFile) -> AccessKeys | None:
    if file.identity is None:
        return None
    return AccessKeys(fetcher(file.member(file.identity.subgraph).address(file.identity.path)))


def _redis(settings: GatewaySettings) -> redis.Redis | None:
    if not settings.redis_url:
        return None
    return redis.Redis.from_url(settings.redis_url, socket_timeout=0.5, socket_connect_timeout=0.5)


def _documents(settings: GatewaySettings) -> PersistedDocuments:
    known = read_trusted(settings.trusted_documents_file) if settings.trusted_documents_file else {}
    return PersistedDocuments(known, trusted_only=settings.trusted_documents_only)


def _graphiql(settings: GatewaySettings) -> graphiql.GraphiQL | None:
    if not settings.graphiql:
        return None
    recipes = graphiql.read_recipes(settings.frontend_dir / "graphiql-recipes")
    return graphiql.GraphiQL(AssetFolder(settings.graphiql_dir), recipes)


def _handle_errors(app: Flask) -> None:
    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        status = error.code or 400
        code = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}.get(status, "BAD_USER_INPUT")
        allowed = ", ".join(sorted(getattr(error, "valid_methods", None) or ()))
        headers = {"Allow": allowed} if allowed else {}
        return reply.refuse_page(Refusal(status, code, f"{error.name}.", headers=headers))

    @app.errorhandler(Exception)
    def _unexpected(error: Exception) -> Response:
        return reply.as_page(endpoint.unexpected(error))

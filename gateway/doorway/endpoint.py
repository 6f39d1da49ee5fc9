"""The GraphQL endpoint: read, limit, plan, execute, answer. Everything that can be refused is refused in words."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import OperationType

from chassis import request_scope
from chassis.identity import Role
from chassis.logs import log
from gateway.breaker import Breakers
from gateway.doorway import reply
from gateway.doorway.admission import Admission
from gateway.doorway.coalescing import Coalescing
from gateway.doorway.cross_origin import CrossOrigin
from gateway.doorway.forwarding import Forwarding
from gateway.doorway.identity import ANYONE, Asker, Identity
from gateway.doorway.limits import variables_fit
from gateway.doorway.origin import guard_origin
from gateway.doorway.persisted import PersistedDocuments
from gateway.doorway.question import Question, read_question
from gateway.doorway.refusal import Refusal, too_complex
from gateway.doorway.streams import EventStreams
from gateway.doorway.visit import Visit
from gateway.engine import Answer, Outgoing, Prepared, Refused
from gateway.graph_file import DocumentRules
from gateway.metrics import Figures
from gateway.registry import Registry, Snapshot
from gateway.settings import GatewaySettings

METHODS = ("GET", "HEAD", "POST")
STREAM_SECONDS = 30 * 24 * 3600.0  # a stream has no end of its own


@dataclass(frozen=True)
class Staff:
    """Everybody who works at the endpoint."""

    registry: Registry
    identity: Identity
    forwarding: Forwarding
    breakers: Breakers
    admission: Admission
    documents: PersistedDocuments
    streams: EventStreams
    coalescing: Coalescing
    figures: Figures


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question that may be asked, and all that its answer hangs on."""

    visit: Visit
    snapshot: Snapshot
    question: Question
    text: str
    kind: OperationType
    asker: Asker
    manner: reply.Manner


class Endpoint:
    """Answers GraphQL requests from the graph that the registry serves."""

    def __init__(self, settings: GatewaySettings, rules: DocumentRules, staff: Staff) -> None:
        self._settings = settings
        self._rules = rules
        self._staff = staff
        self._cross_origin = CrossOrigin(settings.foreign_origins)
        self._seconds = {
            "query": settings.query_deadline_seconds,
            "mutation": settings.mutation_deadline_seconds,
            "subscription": STREAM_SECONDS,
        }

    def answer(self, visit: Visit) -> reply.Reply:
        """The answer to a request."""
        manner = reply.PLAIN
        try:
            manner = reply.manner_of(visit.environ.get("HTTP_ACCEPT"))
            told = self._answer(visit, manner)
        except Refusal as refusal:
            visit.tell(code=refusal.code)
            told = reply.refuse(refusal, manner)
        except Refused as refused:
            visit.tell(code="REFUSED")
            told = reply.refused(self._presentable(refused), refused.status, manner, about_document=True)
        except Exception as error:  # noqa: BLE001  # a bug of ours: told in the log, with the id that the client is given
            told = unexpected(error, manner)
        told.headers += self._cross_origin.headers(visit.environ)
        kind = visit.told.get("kind", "refused")
        self._staff.figures.answered(kind, told.status, time.perf_counter() - visit.started)
        return told

    def _answer(self, visit: Visit, manner: reply.Manner) -> reply.Reply:
        if leave := self._cross_origin.leave(visit.environ):
            return leave
        if visit.environ["REQUEST_METHOD"] not in METHODS:
            message = "Ask by POST, or by GET."
            raise Refusal(405, "METHOD_NOT_ALLOWED", message, headers={"Allow": ", ".join(METHODS)})
        snapshot = self._staff.registry.current
        if snapshot is None:
            message = "The graph is not ready yet. Please try again in a moment."
            raise Refusal(503, "SERVICE_UNAVAILABLE", message, headers={"Retry-After": "1"})
        question = read_question(visit.environ, self._settings.maximum_body_bytes)
        text, persisted = self._staff.documents.text_of(question)
        kind = self._permitted_kind(visit, snapshot, question, text)
        if visit.environ["REQUEST_METHOD"] != "POST":
            self._guard_get(kind, persisted)
        asker = self._staff.identity.of(visit.environ.get("HTTP_AUTHORIZATION"))
        visit.told["user_id"] = asker.caller.user_id
        request_scope.set_actor(asker.caller.user_id)
        asked = _Asked(visit, snapshot, question, text, kind, asker, manner)
        if kind is OperationType.SUBSCRIPTION:
            return self._stream(asked)
        if kind is OperationType.MUTATION:
            guard_origin(visit.environ, self._settings.public_url, self._settings.foreign_origins)
            asker.guard_writes()
        place = self._staff.admission.enter(writes=kind is OperationType.MUTATION)
        try:
            return self._execute(asked)
        finally:
            place.give_back()

    def _permitted_kind(
        self, visit: Visit, snapshot: Snapshot, question: Question, text: str
    ) -> OperationType:
        if question.variables and not variables_fit(
            question.variables, self._settings.maximum_variable_depth
        ):
            raise too_complex("The variables are nested too deeply.")
        operation = snapshot.limits.check(text, question.operation_name, question.variables)
        visit.told["operation"] = operation.name.value if operation.name else None
        visit.told["kind"] = operation.operation.value
        return operation.operation

    def _guard_get(self, kind: OperationType, persisted: bool) -> None:
        if kind is not OperationType.QUERY:
            message = "Only queries may be asked by GET."
            raise Refusal(405, "METHOD_NOT_ALLOWED", message, headers={"Allow": "POST"})
        if self._settings.is_production and not persisted:
            message = "By GET only documents known by their hash may be asked."
            raise Refusal(405, "METHOD_NOT_ALLOWED", message, headers={"Allow": "POST"})

    def _execute(self, asked: _Asked) -> reply.Reply:
        question, prepared = asked.question, self._prepared(asked)
        self._staff.documents.register(question)
        wish = asked.visit.environ.get("HTTP_X_QUERY_PLAN")
        if wish and (not self._settings.is_production or asked.asker.caller.role is Role.ADMIN):
            return self._planned(asked, prepared, dry=wish == "dry-run")
        key = self._common_key(asked)
        if key is None:
            answer = self._run(asked, prepared)
        else:
            answer = self._staff.coalescing.run(key, lambda: self._run(asked, prepared))
        asked.visit.told["fetches"], asked.visit.told["errors"] = answer.fetches, answer.errors
        if asked.manner.media_type == reply.EVENT_STREAM:
            return self._staff.streams.single(answer.body)
        packed = asked.visit.environ.get("HTTP_ACCEPT_ENCODING") if key is not None else None
        told = reply.answer(answer.body, asked.manner, accept_encoding=packed)
        told.headers += [("Set-Cookie", cookie) for cookie in answer.set_cookies]
        if answer.errors and (seconds := reply.seconds_to_wait(answer.body)):
            told.headers.append(("Retry-After", seconds))
        return told

    def _prepared(self, asked: _Asked) -> Prepared:
        question, most = asked.question, self._settings.maximum_fetches
        prepared = asked.snapshot.engine.prepare(asked.text, question.operation_name, question.variables)
        if prepared.requests > most:
            raise too_complex(f"The operation takes {prepared.requests} fetches; {most} are allowed.")
        return prepared

    def _run(self, asked: _Asked, prepared: Prepared) -> Answer:
        send = self._outgoing(asked.visit, prepared.kind, asked.asker)
        return asked.snapshot.engine.execute(prepared, asked.question.variables, send)

    def _common_key(self, asked: _Asked) -> Hashable | None:
        """What makes a question the same as another's; None where the answer may be for one person only."""
        environ = asked.visit.environ
        ours_alone = asked.kind is not OperationType.QUERY or asked.asker is not ANYONE
        if ours_alone or "HTTP_COOKIE" in environ:
            return None
        question = asked.question
        variables = (
            orjson.dumps(question.variables, option=orjson.OPT_SORT_KEYS) if question.variables else b""
        )
        told_by = tuple(environ.get(name) for name in self._staff.forwarding.answered_by)
        return (asked.snapshot, asked.text, question.operation_name, variables, told_by)

    def _planned(self, asked: _Asked, prepared: Prepared, *, dry: bool) -> reply.Reply:
        """The answer with its plan in the extensions; the plan alone when that is all that is wished."""
        question = asked.question
        plan = asked.snapshot.engine.explain(asked.text, question.operation_name, question.variables)
        content: dict[str, Any] = {"data": None} if dry else orjson.loads(self._run(asked, prepared).body)
        content.setdefault("extensions", {})["queryPlan"] = plan
        return reply.answer(orjson.dumps(content), asked.manner)

    def _stream(self, asked: _Asked) -> reply.Reply:
        if asked.manner.media_type != reply.EVENT_STREAM:
            raise Refusal(406, "NOT_ACCEPTABLE", "A subscription is answered as text/event-stream.")
        question, visit, engine = asked.question, asked.visit, asked.snapshot.engine
        prepared = self._prepared(asked)
        shared = self._rules.shared_streams.issuperset(prepared.root_fields)
        send = self._outgoing(visit, "subscription", ANYONE if shared else asked.asker)
        visit.tell(stream=list(prepared.root_fields))
        variables = orjson.dumps(question.variables, option=orjson.OPT_SORT_KEYS)
        return self._staff.streams.open(
            lambda: engine.subscribe(prepared, question.variables, send),
            shared_as=(asked.snapshot, asked.text, question.operation_name, variables) if shared else None,
            objection=self._objection(visit.environ.get("HTTP_AUTHORIZATION"), visit.request_id),
            news=None if asked.asker is ANYONE else self._staff.identity.news,
        )

    def _objection(self, authorization: str | None, request_id: str) -> Callable[[], bytes | None]:
        """Why a stream may not go on: the token has expired, or its session has ended."""

        def objection() -> bytes | None:
            try:
                self._staff.identity.of(authorization)
            except Refusal as refusal:
                request_scope.begin(request_id)
                return orjson.dumps({"errors": reply.with_request_id(refusal.errors())})
            return None

        return objection

    def _outgoing(self, visit: Visit, kind: str, asker: Asker) -> Outgoing:
        return Outgoing(
            headers=self._staff.forwarding.headers_for(visit, asker.caller),
            deadline=time.monotonic() + self._seconds[kind],
            before=self._staff.breakers.allows,
            after=self._hear,
            unmask=self._settings.unmask_errors,
            request_id=visit.request_id,
        )

    def _hear(self, subgraph: str, succeeded: bool) -> None:
        self._staff.figures.fetched(subgraph, succeeded)
        self._staff.breakers.record(subgraph, succeeded)

    def _presentable(self, refused: Refused) -> list[Mapping[str, Any]]:
        """The engine's refusal; without hints at what the schema holds where it is not given out."""
        if self._settings.introspection:
            return list(refused.errors)
        return [
            {**error, "message": str(error["message"]).split(" Did you mean")[0]} for error in refused.errors
        ]


def unexpected(error: Exception, manner: reply.Manner = reply.PLAIN) -> reply.Reply:
    """The answer to a request that met a bug of ours."""
    log().error("request failed", error=repr(error), exc_info=error)
    message = "Something went wrong on our side. The request id helps us to find it."
    return reply.refuse(Refusal(500, "INTERNAL", message), manner)

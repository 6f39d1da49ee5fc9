"""Traces: a span for each GraphQL request and one for each request to a member, sent where TRACES_URL says.

OpenTelemetry is imported only where that is set. Without it nothing here runs, and what a client sends as
`traceparent` goes on to the members as it came.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from gateway.doorway.reply import Reply
from gateway.doorway.visit import Visit
from gateway.execution.connections import Address
from gateway.execution.http_answer import HttpAnswer
from gateway.execution.transport import Call, Outcome, Transport

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Span

Answering = Callable[[Visit], Reply]
_TRACEPARENT = re.compile(rb"(?i)traceparent: [^\r]*\r\n")


class Tracing:
    """Spans of one gateway. `names` are the members by address; `exporter` replaces the one that speaks OTLP."""

    def __init__(
        self, url: str, share: float, names: Mapping[Address, str], exporter: SpanExporter | None = None
    ) -> None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self._provider = TracerProvider(
            resource=Resource.create({"service.name": "gateway"}), sampler=ParentBasedTraceIdRatio(share)
        )
        self._provider.add_span_processor(BatchSpanProcessor(exporter or OTLPSpanExporter(endpoint=url)))
        self._tracer = self._provider.get_tracer("gateway")
        self._context = TraceContextTextMapPropagator()
        self.transport = _TracedTransport(self, names)

    def around(self, answer: Answering) -> Answering:
        """The same answers, each under a span that goes on from the client's own trace."""
        from opentelemetry.trace import SpanKind

        def traced(visit: Visit) -> Reply:
            sent = {"traceparent": visit.environ.get("HTTP_TRACEPARENT", "")}
            parent = self._context.extract(sent)
            with self._tracer.start_as_current_span("graphql", parent, SpanKind.SERVER) as span:
                reply = answer(visit)
                _describe(span, visit, reply)
                return reply

        return traced

    def begin_fetch(self, name: str, call: Call) -> tuple[Span, Call]:
        """The span of a request to a member, and the request with the span told in it."""
        from opentelemetry.trace import SpanKind, set_span_in_context

        facts = {"subgraph": name, "server.address": f"{call.address.host}:{call.address.port}"}
        span = self._tracer.start_span(f"fetch {name}", kind=SpanKind.CLIENT, attributes=facts)
        told: dict[str, str] = {}
        self._context.inject(told, set_span_in_context(span))
        line = f"traceparent: {told['traceparent']}\r\n".encode() if told else b""
        return span, replace(call, headers=_TRACEPARENT.sub(b"", call.headers) + line)

    def stop(self) -> None:
        """Send what is left."""
        self._provider.shutdown()


class _TracedTransport(Transport):
    """Sends calls as they are sent anyway; a wave's spans begin together, and end when its last answer is read."""

    def __init__(self, tracing: Tracing, names: Mapping[Address, str]) -> None:
        super().__init__()
        self._tracing = tracing
        self._names = names

    def exchange(self, calls: Sequence[Call]) -> list[Outcome]:
        """The outcome of every call, in order."""
        begun = [self._tracing.begin_fetch(self._names.get(call.address, "?"), call) for call in calls]
        outcomes = super().exchange([call for _, call in begun])
        for (span, _), outcome in zip(begun, outcomes, strict=True):
            _end(span, outcome)
        return outcomes


def _describe(span: Span, visit: Visit, reply: Reply) -> None:
    told = visit.told
    span.set_attribute("http.response.status_code", reply.status)
    span.set_attribute("request.id", visit.request_id)
    if "kind" in told:
        span.update_name(f"{told['kind']} {told.get('operation') or ''}".strip())
        span.set_attribute("graphql.operation.type", told["kind"])
    if told.get("operation"):
        span.set_attribute("graphql.operation.name", told["operation"])
    if "fetches" in told:
        span.set_attribute("fetches", told["fetches"])


def _end(span: Span, outcome: Outcome) -> None:
    from opentelemetry.trace import Status, StatusCode

    if isinstance(outcome, HttpAnswer):
        span.set_attribute("http.response.status_code", outcome.status)
    else:
        span.set_status(Status(StatusCode.ERROR, str(outcome)))
    span.end()

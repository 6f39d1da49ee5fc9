"""Traces, where they are switched on: a span a request, one a fetch, in the trace the client began."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from flask import Flask, request
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from gateway.tests.conftest import OpenGateway
from gateway.tests.small_graph import Served

TRACE = "0af7651916cd43dd8448eb211c80319c"
QUERY = 'query Shelf { author(id: "1") { name books { title } } }'


class Collector:
    """Takes spans as a collector would."""

    def __init__(self) -> None:
        app = Flask("collector", static_folder=None)
        app.add_url_rule("/v1/traces", "take", self._take, methods=["POST"])
        self.spans: list[Any] = []
        self.served = Served(app)

    def _take(self) -> str:
        told = ExportTraceServiceRequest.FromString(request.get_data())
        self.spans += [
            span for one in told.resource_spans for scope in one.scope_spans for span in scope.spans
        ]
        return ""


def test_each_request_and_each_fetch_has_a_span_in_the_clients_trace(open_small: OpenGateway):
    collector = Collector()
    gateway = open_small(TRACES_URL=f"{collector.served.url}/v1/traces")
    gateway.members["books"].served.stop()

    gateway.ask(QUERY, traceparent=f"00-{TRACE}-b7ad6b7169203331-01")
    gateway.app.extensions["gateway"].stop()

    collector.served.stop()
    (root,) = [span for span in collector.spans if span.name == "query Shelf"]
    fetches = {span.name: span for span in collector.spans if span.name.startswith("fetch")}
    assert {span.trace_id.hex() for span in collector.spans} == {TRACE}
    assert root.parent_span_id.hex() == "b7ad6b7169203331"
    assert set(fetches) == {"fetch authors", "fetch books"}
    assert {span.parent_span_id for span in fetches.values()} == {root.span_id}
    assert fetches["fetch books"].status.message == "it cannot be reached"
    sent = gateway.members["authors"].questions()[0].headers["Traceparent"]
    assert sent == f"00-{TRACE}-{fetches['fetch authors'].span_id.hex()}-01"


def test_without_a_place_to_send_them_to_nothing_of_it_is_loaded():
    check = "import sys, gateway.app; sys.exit(any('opentelemetry.exporter' in name for name in sys.modules))"

    assert subprocess.run([sys.executable, "-c", check], check=False, timeout=60).returncode == 0

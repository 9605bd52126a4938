"""An OpenTelemetry collector as far as it takes spans over HTTP (OTLP 1.x, binary protobuf)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Status as SpanStatus

Span = dict[str, Any]
"""service, name, trace, id, parent (hex; "" for none), start, end (nanoseconds), failed, and the span's attributes."""


@asynccontextmanager
async def collector() -> AsyncIterator[tuple[str, list[Span]]]:
    """An OpenTelemetry collector as far as it takes spans over HTTP."""
    spans: list[Span] = []

    async def take(request: web.Request) -> web.Response:
        assert request.content_type == "application/x-protobuf"
        for sent in ExportTraceServiceRequest.FromString(await request.read()).resource_spans:
            resource = attributes(sent.resource)
            spans.extend(
                {
                    "service": resource["service.name"],
                    "name": span.name,
                    "trace": span.trace_id.hex(),
                    "id": span.span_id.hex(),
                    "parent": span.parent_span_id.hex(),
                    "start": span.start_time_unix_nano,
                    "end": span.end_time_unix_nano,
                    "failed": span.status.code == SpanStatus.STATUS_CODE_ERROR,
                    **attributes(span),
                }
                for scope in sent.scope_spans
                for span in scope.spans
            )
        return web.Response(body=b"", content_type="application/x-protobuf")

    app = web.Application(client_max_size=16 * 1024 * 1024)
    app.router.add_post("/v1/traces", take)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/"), spans


def attributes(of: Any) -> dict[str, Any]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in of.attributes}

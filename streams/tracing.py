"""Spans of this process, sent over OTLP/HTTP where OTEL_EXPORTER_OTLP_ENDPOINT says so. Off, nothing is imported.

Spans are made whole, after the commit that they tell of, from what the records' headers hold; no context travels
through the code. A span's attributes are places, counts and lanes: nothing of a mail, no account, no address."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from infra.errors import ConfigError
from infra.settings import Settings
from streams.trace_context import TraceContext

if TYPE_CHECKING:
    from opentelemetry.trace import SpanContext

log = logging.getLogger(__name__)

QUEUE_SPANS = 16_384
"""More than this waiting for the collector are dropped: tracing must not hold mail up, nor fill the memory."""
BATCH_SPANS = 1024
EVERY_MS = 1000
SEND_S = 5.0

Attributes = Mapping[str, str | int | float | bool]


class Spans:
    """`start`, `add`, `stop`. Before `start`, and without an endpoint, `on` is False and `add` must not be called."""

    def __init__(self) -> None:
        self._processor: Any = None
        self._resource: Any = None
        self._scope: Any = None

    @property
    def on(self) -> bool:
        """Whether anybody wants spans."""
        return self._processor is not None

    def start(self, settings: Settings, component: str) -> None:
        """Send spans from now on, if an endpoint is configured.

        Raises:
            ConfigError: one is, but the extra `tracing` is not installed.
        """
        endpoint = settings.otel_exporter_otlp_endpoint
        if not endpoint:
            return
        try:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
            from opentelemetry.sdk.util.instrumentation import InstrumentationScope
        except ImportError:
            raise ConfigError(
                f"OTEL_EXPORTER_OTLP_ENDPOINT={endpoint}: sending spans needs the extra `tracing`: "
                "pip install 'crewai-email-triage[tracing]', or unset it"
            ) from None
        logging.getLogger("opentelemetry").setLevel(logging.ERROR)  # it tells of each retry
        exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=SEND_S)
        self._processor = BatchSpanProcessor(
            exporter,
            max_queue_size=QUEUE_SPANS,
            schedule_delay_millis=EVERY_MS,
            max_export_batch_size=BATCH_SPANS,
        )
        self._scope = InstrumentationScope("crewai-email-triage")
        self._resource = Resource.create(
            {
                "service.name": f"crewai-{component}",
                "service.namespace": "crewai-email-triage",
                "service.instance.id": settings.instance_id,
            }
        )
        log.info("spans go to %s", endpoint)

    def add(
        self,
        name: str,
        context: TraceContext,
        *,
        parent: TraceContext | None,
        start_ns: int,
        end_ns: int,
        attributes: Attributes,
        error: str = "",
    ) -> None:
        """A span that has ended; times are nanoseconds since 1970. `error`: the kind of failure, never its text."""
        from opentelemetry.sdk.trace import ReadableSpan
        from opentelemetry.trace import SpanKind, Status, StatusCode

        self._processor.on_end(
            ReadableSpan(
                name,
                context=_span_context(context, remote=False),
                parent=_span_context(parent, remote=True) if parent else None,
                resource=self._resource,
                attributes={**attributes, "error.type": error} if error else attributes,
                kind=SpanKind.CONSUMER if parent else SpanKind.PRODUCER,
                status=Status(StatusCode.ERROR if error else StatusCode.UNSET),
                start_time=min(start_ns, end_ns),
                end_time=end_ns,
                instrumentation_scope=self._scope,
            )
        )

    async def stop_within(self, seconds: float) -> None:
        """Send what waits, then nothing more. What a slow collector has not taken by then is lost."""
        processor, self._processor = self._processor, None
        if processor is None:
            return
        ending = threading.Thread(target=processor.shutdown, name="last spans", daemon=True)
        ending.start()
        await asyncio.to_thread(ending.join, seconds)


SPANS = Spans()
"""This process's."""


def _span_context(context: TraceContext, *, remote: bool) -> SpanContext:
    from opentelemetry.trace import SpanContext, TraceFlags

    flags = TraceFlags(int(context.sampled))
    return SpanContext(int(context.trace_id, 16), int(context.span_id, 16), is_remote=remote, trace_flags=flags)

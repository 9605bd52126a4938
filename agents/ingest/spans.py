"""The first span of each traced mail: from the moment its source found it until it stood committed on the log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from time import time_ns

from agents.ingest.records import Outgoing
from streams.events import SOURCE_HEADER
from streams.topics import RECEIVED
from streams.trace_context import parse
from streams.tracing import Spans

NAME = "ingest"


def trace(spans: Spans, records: Sequence[Outgoing]) -> None:
    """The records of a transaction that was committed just now."""
    end = time_ns()
    for record in records:
        headers = dict(record.headers) if record.topic == RECEIVED.name else {}
        context = parse(headers.get("traceparent", b"").decode("latin-1"))
        if context is None or not context.sampled:
            continue
        found_at = datetime.fromisoformat(headers["ce_time"].decode())
        spans.add(
            NAME,
            context,
            parent=None,
            start_ns=int(found_at.timestamp() * 1000) * 1_000_000,
            end_ns=end,
            attributes={
                "messaging.system": "kafka",
                "messaging.operation.type": "send",
                "messaging.destination.name": record.topic,
                "messaging.destination.partition.id": str(record.partition),
                "messaging.batch.message_count": len(records),
                "triage.source": headers[SOURCE_HEADER].decode(),
            },
        )

"""One span per traced event of a committed batch: from the moment its batch was begun until it was committed."""

from __future__ import annotations

from time import time_ns

from streams.runtime.batch import Decided
from streams.trace_context import child, parse
from streams.tracing import Spans

TRACEPARENT = "traceparent"


def trace(spans: Spans, agent: str, decided: Decided, seconds: float) -> None:
    """`seconds`: what the batch took, commit included."""
    end = time_ns()
    start = end - int(seconds * 1e9)
    for number, (event, outcome) in enumerate(zip(decided.events, decided.outcomes, strict=False)):
        said = next((value for name, value in event.headers if name == TRACEPARENT), None)
        parent = parse((said or b"").decode("latin-1"))  # a header may have no value at all
        if parent is None or not parent.sampled:
            continue
        failure = decided.failures.get(number)
        attributes: dict[str, str | int | float | bool] = {
            "messaging.system": "kafka",
            "messaging.operation.type": "process",
            "messaging.destination.name": event.topic,
            "messaging.destination.partition.id": str(event.partition),
            "messaging.kafka.offset": event.offset,
            "messaging.batch.message_count": decided.taken,
        }
        if failure is None and outcome.label:
            attributes["triage.label"] = outcome.label
        spans.add(
            agent,
            child(parent, agent, event.topic, event.partition, event.offset),
            parent=parent,
            start_ns=start,
            end_ns=end,
            attributes=attributes,
            error=type(failure).__name__ if failure else "",
        )

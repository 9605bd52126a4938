"""W3C Trace Context (https://www.w3.org/TR/trace-context/, version 00) of a mail's journey. Pure but for new ids.

ingest begins the trace. Each stage's span id follows from its parent's and the record's place, so that a decision stays
a pure function of its event, and a batch that is taken again yields the same spans."""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import NamedTuple

_FORM = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
_SAMPLED = 0x01
"""§3.2.3.5.1 of the trace flags."""
_NO_TRACE, _NO_SPAN = "0" * 32, "0" * 16


class TraceContext(NamedTuple):
    """A traceparent, read."""

    trace_id: str
    """32 hex digits."""
    span_id: str
    """16 hex digits: of the span that caused the record."""
    sampled: bool

    def __str__(self) -> str:
        return f"00-{self.trace_id}-{self.span_id}-{'01' if self.sampled else '00'}"


def parse(traceparent: str) -> TraceContext | None:
    """The context; None when there is none or it is not of version 00 (§3.2.2.3: all-zero ids are invalid)."""
    found = _FORM.fullmatch(traceparent)
    if found is None or found[1] == _NO_TRACE or found[2] == _NO_SPAN:
        return None
    return TraceContext(found[1], found[2], bool(int(found[3], 16) & _SAMPLED))


def new_context(ratio: float = 0.0) -> TraceContext:
    """A trace that begins here. It is sampled with probability `ratio`, decided by its id as OpenTelemetry's
    TraceIdRatioBased does."""
    trace_id = secrets.token_hex(16)
    return TraceContext(trace_id, secrets.token_hex(8), int(trace_id[16:], 16) < ratio * 2**64)


def child(parent: TraceContext, stage: str, topic: str, partition: int, offset: int) -> TraceContext:
    """The context of what a stage does with the record at this place."""
    text = f"{parent.trace_id} {parent.span_id} {stage} {topic}/{partition}/{offset}"
    return parent._replace(span_id=hashlib.blake2b(text.encode(), digest_size=8).hexdigest())


def child_traceparent(traceparent: str, stage: str, topic: str, partition: int, offset: int) -> str:
    """What a stage writes into the records that it causes: its own span where the trace is sampled, else what came."""
    if not traceparent.endswith("1"):  # nearly all: not worth the pattern
        return traceparent
    parent = parse(traceparent)
    return str(child(parent, stage, topic, partition, offset)) if parent and parent.sampled else traceparent

"""Spans: what is made of a committed batch, and that they are off until somebody wants them."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from agents.accounts import Account
from agents.ingest.records import FolderKey, Submission, transaction
from agents.ingest.spans import trace as trace_ingested
from agents.sources.base import Batch, FoundMail
from infra.errors import ConfigError
from infra.settings import load
from streams import tracing
from streams.runtime import Outcome
from streams.runtime.batch import Decided
from streams.runtime.spans import trace
from streams.trace_context import TraceContext, child, parse
from streams.tracing import Spans
from tests.services.otlp import collector
from tests.unit.runtime.records import BadInput, Record

PARENT = "00-" + "1" * 32 + "-" + "2" * 16 + "-01"
UNSAMPLED = PARENT[:-1] + "0"
SECRET = "Ana Example <ana@example.org>"


class Kept(Spans):
    """Keeps what would be sent."""

    def __init__(self) -> None:
        super().__init__()
        self.spans: list[tuple[str, TraceContext, Mapping[str, Any]]] = []

    def add(self, name: str, context: TraceContext, **more: Any) -> None:
        self.spans.append((name, context, more))


def traced(traceparent: str, offset: int = 7) -> Record:
    return Record(offset=offset, key=b"ana@example.org", headers=(("traceparent", traceparent.encode()),))


def test_a_committed_event_is_a_child_of_the_span_that_caused_it() -> None:
    spans = Kept()
    decided = Decided(events=[traced(PARENT)], outcomes=[Outcome(label="urgent", note=SECRET)])
    trace(spans, "triage", decided, 0.5)
    ((name, context, more),) = spans.spans
    parent = parse(PARENT)
    assert parent is not None
    assert (name, context, more["parent"]) == ("triage", child(parent, "triage", "in", 3, 7), parent)
    assert more["end_ns"] - more["start_ns"] == 500_000_000
    assert more["error"] == ""
    assert more["attributes"]["triage.label"] == "urgent"
    assert more["attributes"]["messaging.kafka.offset"] == 7
    assert "ana" not in repr(more).lower()


def test_only_events_of_sampled_traces_that_were_taken_make_spans() -> None:
    spans = Kept()
    nothing: Any = (("traceparent", None),)
    odd = [Record(offset=2, headers=nothing), Record(offset=3)]
    events = [traced(UNSAMPLED), traced("nonsense\xff"), *odd, traced(PARENT, 4), traced(PARENT, 5)]
    trace(spans, "triage", Decided(events=events, outcomes=[Outcome()] * 5), 0.1)
    assert [more["attributes"]["messaging.kafka.offset"] for _, _, more in spans.spans] == [4]


def test_a_dead_letter_is_a_failed_span_with_the_kind_of_error_and_not_its_text() -> None:
    spans = Kept()
    decided = Decided(events=[traced(PARENT)], outcomes=[Outcome(label="\0buried")], failures={0: BadInput(SECRET)})
    trace(spans, "triage", decided, 0.1)
    ((_, _, more),) = spans.spans
    assert more["error"] == "BadInput"
    assert "triage.label" not in more["attributes"]
    assert "ana" not in repr(more).lower()


def submission() -> Submission:
    account = Account(id="ana", kind="maildir", maildir="/mail/ana", owner=("ana@example.org",))
    found = FoundMail(
        event_id="a" * 32,
        raw=SECRET.encode(),
        size=9,
        truncated=False,
        location="ana-1",
        found_at=datetime(2026, 11, 24, 9, tzinfo=UTC),
    )
    return Submission(account=account, key=FolderKey("ana", ""), batch=Batch(mails=(found,), cursor={"ana-1": b"1"}))


def test_ingest_begins_the_trace_of_each_mail() -> None:
    spans = Kept()
    records = transaction([submission()], partition=0, partitions=1, trace_ratio=1.0)
    trace_ingested(spans, records)
    ((name, context, more),) = spans.spans
    assert name == "ingest"
    assert context == parse(dict(records[0].headers)["traceparent"].decode())
    assert more["parent"] is None
    assert more["start_ns"] == int(datetime(2026, 11, 24, 9, tzinfo=UTC).timestamp()) * 10**9
    assert more["attributes"]["triage.source"] == "maildir"
    assert "ana" not in repr(more).lower()


def test_without_sampling_a_mail_still_has_a_context_and_no_span() -> None:
    spans = Kept()
    records = transaction([submission()], partition=0, partitions=1)
    trace_ingested(spans, records)
    context = parse(dict(records[0].headers)["traceparent"].decode())
    assert context is not None
    assert not context.sampled
    assert spans.spans == []


def test_without_an_endpoint_nothing_is_imported_and_nothing_is_on() -> None:
    code = (
        "import sys; from infra.settings import load; from streams.tracing import SPANS; import streams.transport.task;"
        "SPANS.start(load(), 'x'); print(SPANS.on, any(m.startswith('opentelemetry') for m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_an_endpoint_without_the_extra_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(ConfigError, match=r"OTEL_EXPORTER_OTLP_ENDPOINT=http://x:1: .* pip install"):
        Spans().start(load(otel_exporter_otlp_endpoint="http://x:1"), "worker")


async def test_spans_arrive_at_a_collector_as_they_were_told() -> None:
    parent = parse(PARENT)
    assert parent is not None
    stage = child(parent, "triage", "in", 3, 7)
    async with collector() as (endpoint, arrived):
        spans = Spans()
        spans.start(load(otel_exporter_otlp_endpoint=f"{endpoint}/"), "worker")
        assert spans.on
        spans.add("ingest", parent, parent=None, start_ns=1_000, end_ns=5_000, attributes={"n": 3})
        spans.add("triage", stage, parent=parent, start_ns=9_000, end_ns=7_000, attributes={}, error="MailError")
        await spans.stop_within(5)
        assert [spans.on] == [False]
    root, second = sorted(arrived, key=lambda one: one["name"])
    assert (root["trace"], root["id"], root["parent"], root["n"]) == (parent.trace_id, parent.span_id, "", 3)
    assert (root["start"], root["end"], root["failed"], root["service"]) == (1_000, 5_000, False, "crewai-worker")
    assert (second["trace"], second["id"], second["parent"]) == (parent.trace_id, stage.span_id, parent.span_id)
    assert (second["failed"], second["error.type"]) == (True, "MailError")
    assert second["start"] <= second["end"], "two machines' clocks: never negative"


async def test_a_collector_that_hangs_delays_the_end_by_no_more_than_was_granted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held.append(writer)

    held: list[asyncio.StreamWriter] = []
    monkeypatch.setattr(tracing, "SEND_S", 60.0)
    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    spans = Spans()
    spans.start(load(otel_exporter_otlp_endpoint=f"http://127.0.0.1:{port}"), "worker")
    context = parse(PARENT)
    assert context is not None
    spans.add("ingest", context, parent=None, start_ns=1, end_ns=2, attributes={})
    began = time.monotonic()
    await spans.stop_within(0.3)
    assert time.monotonic() - began < 30
    # Refused for good, the sender ends at once. Left alone it would draw its pauses between retries while other tests run,
    # and Hypothesis refuses a global `random` that changes under it.
    for writer in held:
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    for thread in [one for one in threading.enumerate() if one.name in {"last spans", "OtelBatchSpanRecordProcessor"}]:
        await asyncio.to_thread(thread.join, 10)
        assert not thread.is_alive()
    for writer in held:
        writer.close()
    server.close()

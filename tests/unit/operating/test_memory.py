"""A process says where its memory is, gives back what is free, and names the lines that allocate."""

from __future__ import annotations

import gc
import json
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from infra.stack.ports import any_free
from monitoring import metrics, metrics_memory
from monitoring.commands.memory import memory
from monitoring.metrics_memory import breakdown, collect, trace
from monitoring.metrics_server import serve


@pytest.fixture(scope="module")
def place() -> str:
    (port,) = any_free(1)
    serve("test", port, "127.0.0.1")
    return f"127.0.0.1:{port}"


def test_what_is_held_on_purpose_is_told_apart_from_the_rest() -> None:
    metrics.TABLE_CACHE_BYTES.set(4096)
    metrics.TABLE_ROWS.labels("senders").set(3)
    told = breakdown()
    assert told["rss"] >= told["uss"] > 1_000_000
    assert told["held"]["table_cache_bytes"] == 4096
    assert told["tables"]["senders"]["rows"] == 3
    kinds = {one["kind"]: one for one in told["objects"]}
    assert kinds["builtins.dict"]["bytes"] > 0


def test_garbage_is_collected() -> None:
    gc.disable()
    try:
        for _ in range(100):
            ring: list[object] = []
            ring.append(ring)
        assert collect()["collected"] >= 99
    finally:
        gc.enable()


def test_a_trace_names_the_line_that_allocates_and_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[bytes] = []
    other: list[dict[str, object]] = []

    def meanwhile(_: float) -> None:
        held.append(bytes(10_000_000))
        other.append(trace(0.1))

    monkeypatch.setattr(metrics_memory, "time", SimpleNamespace(sleep=meanwhile))
    told = trace(0.5)
    assert __file__ in told["grown"][0]["place"]
    assert told["grown"][0]["bytes"] >= 10_000_000
    assert other == [{"busy": True}]


def test_the_command_asks_the_process(place: str) -> None:
    done = CliRunner().invoke(memory, [place, "--collect", "--trace", "1", "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert {"rss", "held", "objects", "collect", "trace"} <= told.keys()
    shown = CliRunner().invoke(memory, [place]).output
    assert shown.startswith("resident ")


def test_a_process_that_does_not_answer_is_named() -> None:
    done = CliRunner().invoke(memory, ["127.0.0.1:1"])
    assert done.exit_code == 1
    assert "PROCESS_METRICS_PORT" in done.stderr
    assert CliRunner().invoke(memory, ["crewai-triage"]).exit_code == 2

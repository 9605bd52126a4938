"""Where a process's memory is: what the kernel says, what our caches and buffers hold, which kinds of objects there
are.

Counting objects holds the interpreter for tens of milliseconds, tracing slows every allocation while it lasts: both
only when somebody asks."""

from __future__ import annotations

import ctypes
import gc
import sys
import threading
import time
import tracemalloc
from collections import Counter
from contextlib import suppress
from typing import Any

import psutil
from prometheus_client import REGISTRY

KINDS = 12
PLACES = 15
LONGEST_TRACE_S = 30.0
HELD = {
    "table_cache_bytes": "crewai_table_cache_bytes",
    "ingest_buffer_bytes": "crewai_ingest_buffer_bytes",
}
"""What we hold on purpose, and the metric that knows it."""
_TRACING = threading.Lock()


def breakdown() -> dict[str, Any]:
    """Bytes: resident and own (kernel), held on purpose by name, rows of tables by name, objects by kind."""
    process = psutil.Process()
    full = process.memory_full_info()
    return {
        "rss": full.rss,
        "uss": full.uss,
        "swap": full.swap,
        "threads": process.num_threads(),
        "held": {name: int(REGISTRY.get_sample_value(metric) or 0) for name, metric in HELD.items()},
        "tables": _tables(),
        "garbage": {"counts": gc.get_count(), "uncollectable": len(gc.garbage)},
        "objects": _objects(),
    }


def collect() -> dict[str, Any]:
    """Collect garbage and give free pages back to the kernel; bytes resident before and after."""
    process = psutil.Process()
    before = process.memory_info().rss
    found = gc.collect()
    with suppress(OSError, AttributeError):  # only the GNU C library has it
        ctypes.CDLL(None).malloc_trim(0)
    return {"collected": found, "rss_before": before, "rss_after": process.memory_info().rss}


def trace(seconds: float) -> dict[str, Any]:
    """Follow allocations for so long (30 s at most); lines of code whose memory grew most in that time.

    Returns:
        {"busy": true} while somebody else traces.
    """
    if not _TRACING.acquire(blocking=False):
        return {"busy": True}
    try:
        tracemalloc.start(1)
        first = tracemalloc.take_snapshot()
        time.sleep(min(max(seconds, 0.1), LONGEST_TRACE_S))
        grown = tracemalloc.take_snapshot().compare_to(first, "lineno")
    finally:
        tracemalloc.stop()
        _TRACING.release()
    return {
        "seconds": min(seconds, LONGEST_TRACE_S),
        "grown": [
            {"place": f"{one.traceback[0].filename}:{one.traceback[0].lineno}", "bytes": one.size_diff, "blocks":
            one.count_diff} for one in grown[:PLACES] if one.size_diff > 0
        ],
    }  # fmt: skip


def _tables() -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for family in REGISTRY.collect():
        if family.name in {"crewai_table_rows", "crewai_table_bytes"}:
            for sample in family.samples:
                kind = sample.name.removeprefix("crewai_table_")
                found.setdefault(sample.labels["table"], {})[kind] = int(sample.value)
    return found


def _objects() -> list[dict[str, Any]]:
    """Kinds of objects that the collector knows, the largest first. Sizes are the objects' own, without what they
    hold."""
    counts, sizes = Counter[str](), Counter[str]()
    for one in gc.get_objects():
        kind = type(one)
        name = f"{kind.__module__}.{kind.__qualname__}"
        counts[name] += 1
        with suppress(Exception):  # an object may refuse
            sizes[name] += sys.getsizeof(one)
    return [{"kind": name, "count": counts[name], "bytes": size} for name, size in sizes.most_common(KINDS)]

"""What we ask ourselves: brokers, topics, database, disk. Each answers with checks and raises nothing but bugs."""

from __future__ import annotations

import asyncio
import math
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from infra.errors import TriageError
from infra.settings import Settings
from monitoring import metrics
from monitoring.lag.cluster import Cluster, Layout
from monitoring.metrics_disk import existing, note_disk
from streams import topics
from streams.status import Check

DISK_LEAST_BYTES = 1024**3
DISK_LEAST_SHARE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A question, how often it is put, and how long its answer may take (seconds)."""

    names: tuple[str, ...]
    """The checks that it answers with."""
    ask: Callable[[], Awaitable[tuple[Check, ...]]]
    interval_s: float
    timeout_s: float = 4.0


def probes(settings: Settings) -> tuple[Probe, ...]:
    """All of them."""
    return (
        Probe(names=("kafka", "topics"), ask=lambda: kafka(settings), interval_s=5),
        Probe(names=("database",), ask=lambda: database(settings), interval_s=5),
        Probe(names=("disk",), ask=lambda: disk(settings.triage_home), interval_s=30),
    )


async def kafka(settings: Settings) -> tuple[Check, ...]:
    """Whether brokers answer, every partition has a leader, and our topics are there."""
    try:
        async with Cluster.connect(settings) as cluster:
            layout = await cluster.layout()
    except TriageError as error:
        metrics.UNDER_REPLICATED.set(math.nan)
        metrics.LEADERLESS.set(math.nan)
        return Check(name="kafka", ok=False, reason=str(error)), Check(name="topics", ok=False, reason="not known")
    metrics.UNDER_REPLICATED.set(layout.under_replicated)
    metrics.LEADERLESS.set(sum(leader is None for leader in layout.leaders.values()))
    return _brokers(layout), _topics(layout)


def _brokers(layout: Layout) -> Check:
    leaderless = [f"{tp.topic}/{tp.partition}" for tp, leader in layout.leaders.items() if leader is None]
    shown = ", ".join(sorted(leaderless)[:3])
    if leaderless:
        return Check(name="kafka", ok=False, reason=f"{len(leaderless)} partitions without a leader: {shown}")
    return Check(name="kafka", ok=True)


def _topics(layout: Layout) -> Check:
    present = {tp.topic for tp in layout.leaders}
    missing = [spec.name for spec in topics.ALL if spec.name not in present]
    if missing:
        return Check(name="topics", ok=False, reason=f"missing: {', '.join(missing)}; run `triage topics create`")
    return Check(name="topics", ok=True)


async def database(settings: Settings) -> tuple[Check, ...]:
    """Whether PostgreSQL answers a query on a new connection."""
    from infra.database.errors import failure
    from infra.database.pool import connect_once

    try:
        connection = await connect_once(settings)
        try:
            await connection.fetchval("SELECT 1", timeout=2)
        finally:
            await connection.close(timeout=1)
    except Exception as error:  # asyncpg raises its own, the network's and asyncio's
        return (Check(name="database", ok=False, reason=str(failure(error))),)
    return (Check(name="database", ok=True),)


async def disk(home: Path) -> tuple[Check, ...]:
    """Whether the file system that holds `home` has room."""
    place = existing(home)
    usage = await asyncio.to_thread(shutil.disk_usage, place)
    note_disk(home, free=usage.free, size=usage.total)
    short = usage.free < DISK_LEAST_BYTES or usage.free < DISK_LEAST_SHARE * usage.total
    reason = f"{usage.free / 1024**3:.1f} GiB free of {usage.total / 1024**3:.1f} at {place}; make room"
    return (Check(name="disk", ok=not short, reason=reason if short else ""),)

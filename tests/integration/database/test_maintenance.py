"""Maintenance on a real server: what is due is done once, whoever asks; rows that are too old go; and nobody waits for it."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from prometheus_client import REGISTRY

from infra.database import migrate
from infra.database.pool import Connection
from infra.errors import Transient
from infra.settings import Settings, load
from monitoring.maintenance.run import LOCK, Busy, maintain
from monitoring.maintenance.tasks import BATCH_ROWS
from streams.archive.rows import row
from streams.archive.sink import VerdictSink
from tests.verdicts import At, changed


async def test_what_is_due_is_done_and_then_is_not_due(settings: Settings, query: Connection) -> None:
    await migrate(settings)
    assert [one.task for one in await maintain(settings)] == ["analyze", "vacuum", "reindex"]
    assert await maintain(settings) == []
    assert [one.task for one in await maintain(settings, ("vacuum",))] == ["vacuum"]
    assert await query.fetchval("SELECT last_vacuum IS NOT NULL FROM pg_stat_user_tables WHERE relname = 'verdicts'")


async def test_verdicts_older_than_is_kept_go_and_no_other(
    database: str, settings: Settings, sink: VerdictSink, query: Connection
) -> None:
    now = datetime.now(UTC)
    rows = [
        row(changed(event_id=f"{day:064x}"), At())._replace(received_at=now - timedelta(days=day)) for day in range(20)
    ]
    await sink.write(rows)
    (done, *_) = await maintain(load(database_url=database, archive_keep_days=9.5))
    assert (done.task, done.changed) == ("retention", 10)
    assert await query.fetchval("SELECT count(*) FROM verdicts") == 10
    assert await query.fetchval("SELECT min(received_at) FROM verdicts") > now - timedelta(days=10)


COPIES = """
INSERT INTO verdicts SELECT (jsonb_populate_record(v, jsonb_build_object(
    'event_id', lpad(to_hex(n), 32, '0'), 'received_at', now() - (n % 365) * interval '1 day', 'lane_offset', n
))).* FROM verdicts v, generate_series(1, $1) n
"""
COUNTED = """
CREATE TABLE removals (rows bigint, xid xid8 DEFAULT pg_current_xact_id(), at timestamptz DEFAULT clock_timestamp());
CREATE FUNCTION count_removed() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN INSERT INTO removals SELECT count(*) FROM gone; RETURN NULL; END';
CREATE TRIGGER removals AFTER DELETE ON verdicts REFERENCING OLD TABLE AS gone EXECUTE FUNCTION count_removed();
"""


@pytest.mark.timeout(600)
@pytest.mark.parametrize("rows", [40_000, pytest.param(1_000_000, marks=pytest.mark.soak)])
async def test_retention_is_many_small_transactions_between_which_the_archive_writes(
    rows: int, database: str, settings: Settings, sink: VerdictSink, query: Connection
) -> None:
    """Printed: what removing a month of a year costs, and how long the archive's writes take meanwhile."""
    await sink.write([row(changed(event_id="f" * 32), At())])
    await query.execute(COPIES, rows)
    await query.execute("DELETE FROM verdicts WHERE event_id = $1", "f" * 32)
    await query.execute("ANALYZE")
    await query.execute(COUNTED)
    before = removed()
    began, writes = time.monotonic(), list[float]()
    upkeep = asyncio.create_task(maintain(load(database_url=database, archive_keep_days=334.5), ("retention",)))
    while not upkeep.done():
        asked = time.monotonic()
        await sink.write([row(changed(event_id=f"e{len(writes):031x}"), At())])
        writes.append(time.monotonic() - asked)
        await asyncio.sleep(0.02)
    (done,) = await upkeep
    took = time.monotonic() - began
    old = sum(1 for n in range(1, rows + 1) if n % 365 >= 335)
    assert done.changed == old == removed() - before
    batches = await query.fetch("SELECT sum(rows) AS rows FROM removals GROUP BY xid ORDER BY rows")
    assert max(batch["rows"] for batch in batches) <= BATCH_ROWS
    writes.sort()
    print(
        f"\n{rows} rows: {old} removed in {took:.1f} s, {len(batches)} transactions;"
        f" the archive's writes meanwhile: median {writes[len(writes) // 2] * 1e3:.0f} ms, longest {writes[-1] * 1e3:.0f} ms"
    )


def removed() -> float:
    """The metric."""
    return REGISTRY.get_sample_value("crewai_maintenance_rows_removed_total", {"task": "retention"}) or 0.0


async def test_one_at_a_time_and_the_archive_writes_meanwhile(
    settings: Settings, sink: VerdictSink, query: Connection
) -> None:
    await query.execute("SELECT pg_advisory_lock($1)", LOCK)
    with pytest.raises(Busy):
        await maintain(settings)
    await query.execute("SELECT pg_advisory_unlock($1)", LOCK)
    writing = sink.write([row(changed(event_id=f"{number:064x}"), At()) for number in range(500)])
    _, written = await asyncio.gather(maintain(settings, ("reindex", "vacuum")), writing)
    assert written == 500


async def test_before_the_archive_made_its_tables_it_waits(settings: Settings) -> None:
    with pytest.raises(Transient, match="not made its tables"):
        await maintain(settings)


async def test_who_waits_for_whom_is_shown(settings: Settings, database: str, query: Connection) -> None:
    await migrate(settings)
    other = await asyncpg.connect(database)
    async with query.transaction():
        await query.execute("LOCK TABLE verdicts IN ACCESS EXCLUSIVE MODE")
        waiting = asyncio.create_task(other.execute("DELETE FROM verdicts"))
        async with asyncio.timeout(60):
            while not (rows := await query.fetch("SELECT * FROM blocked_sessions")):
                await query.execute("SELECT pg_stat_clear_snapshot()")  # a transaction sees the same again
                await asyncio.sleep(0.05)
        assert "DELETE" in rows[0]["query"]
        running = [one["query"] for one in await query.fetch("SELECT query FROM running_statements")]
        assert running == ["DELETE FROM verdicts"]
    await waiting
    await other.close()

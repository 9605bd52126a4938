"""Maintenance on a real server: what is due is done once, whoever asks; rows that are too old go; and nobody waits for it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from infra.database import migrate
from infra.database.pool import Connection
from infra.errors import Transient
from infra.settings import Settings, load
from monitoring.maintenance.run import LOCK, Busy, maintain
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
        while not (rows := await query.fetch("SELECT * FROM blocked_sessions, pg_sleep(0.05)")):
            pass
        assert "DELETE" in rows[0]["query"]
        running = [one["query"] for one in await query.fetch("SELECT query FROM running_statements")]
        assert running == ["DELETE FROM verdicts"]
    await waiting
    await other.close()

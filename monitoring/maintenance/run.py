"""Does what is due, one process at a time, and notes it in the database."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import asyncpg

from infra.database import failure
from infra.database.pool import Connection, connect_once
from infra.errors import Transient, TriageError
from infra.settings import Settings
from monitoring import metrics
from monitoring.maintenance.tasks import TASKS, Task, due

log = logging.getLogger(__name__)

LOOK_S = 300.0
"""How often it is looked whether something is due."""
LOCK = 0x6D61_696E_7461
"""Advisory lock, "mainta": a second control, or a person, waits for its turn by leaving."""
NOTE = """
INSERT INTO maintenance (task, done_at, seconds, changed) VALUES ($1, $2, $3, $4)
ON CONFLICT (task) DO UPDATE SET done_at = excluded.done_at, seconds = excluded.seconds, changed = excluded.changed
"""


class Busy(Transient):
    """Another process does it right now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What one task did."""

    task: str
    seconds: float
    changed: int


async def maintain(settings: Settings, only: Sequence[str] = ()) -> list[Done]:
    """Do what is due, or the named tasks whether due or not.

    Raises:
        Busy: another process is at it. Transient, Fatal: as `connect`; also before the archive made its tables.
    """
    connection = await connect_once(settings)
    try:
        if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):
            raise Busy("maintenance is being done by another process")
        times = {row["task"]: row["done_at"] for row in await connection.fetch("SELECT task, done_at FROM maintenance")}
        days = settings.archive_keep_days
        chosen = (
            [task for task in TASKS if task.name in only] if only else due(times, datetime.now(UTC), retention=days > 0)
        )
        done = []
        for task in chosen:
            done.append(await _do(connection, task, days))
            times[task.name] = datetime.now(UTC)
        _show(times)
    except asyncpg.UndefinedTableError:
        raise Transient("the archive has not made its tables yet") from None
    except Exception as error:
        raise failure(error) from error
    finally:
        await connection.close(timeout=5)
    return done


async def _do(connection: Connection, task: Task, days: float) -> Done:
    began, changed = time.monotonic(), 0
    with metrics.MAINTENANCE_FAILURES.labels(task.name).count_exceptions():
        if task.batched:
            changed = await _in_batches(connection, task, datetime.now(UTC) - timedelta(days=days)) if days else 0
        else:
            await connection.execute(task.statement)
        took = time.monotonic() - began
        await connection.execute(NOTE, task.name, datetime.now(UTC), took, changed)
    metrics.MAINTENANCE_SECONDS.labels(task.name).set(took)
    log.info("maintenance: %s done, %d rows removed", task.name, changed, extra={"duration_ms": round(took * 1000)})
    return Done(task=task.name, seconds=round(took, 3), changed=changed)


async def _in_batches(connection: Connection, task: Task, before: datetime) -> int:
    """Small transactions, so that no lock and no old snapshot lasts."""
    total = 0
    while changed := int((await connection.execute(task.statement, before)).split()[-1]):
        total += changed
        metrics.MAINTENANCE_REMOVED.labels(task.name).inc(changed)
        await asyncio.sleep(0)
    return total


def _show(times: dict[str, datetime]) -> None:
    for name, moment in times.items():
        metrics.MAINTENANCE_DONE.labels(name).set(moment.timestamp())


async def keep_maintained(settings: Settings) -> None:
    """For ever; while the database is away, later."""
    said = ""
    while True:
        try:
            await maintain(settings)
            said = ""
        except TriageError as error:
            if str(error) != said and not isinstance(error, Busy):
                log.warning("maintenance waits: %s", error)
            said = str(error)
        await asyncio.sleep(LOOK_S)

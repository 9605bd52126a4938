"""The tasks of maintenance as a table: name, how often, what. None of them stops the archive: no lock that keeps
rows out.

Instead of a full vacuum, which locks the table for as long as it takes, indexes are rebuilt beside the old ones
(REINDEX CONCURRENTLY) and room of removed rows is used again after a plain vacuum. The table is not partitioned: its
primary key (event id, revision) is what keeps a verdict once, and a partition's key would have to be part of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

BATCH_ROWS = 5000
"""Of a transaction of retention: few enough to be over in a moment, enough that a million are gone in minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One."""

    name: str
    every: timedelta
    statement: str
    batched: bool = False
    """Run again until it changes nothing; $1 is the moment before which rows go."""


TASKS: tuple[Task, ...] = (
    Task(
        name="retention", every=timedelta(days=1), batched=True,
        statement="DELETE FROM verdicts WHERE ctid = ANY (ARRAY("  # noqa: S608 - a number of ours
        "SELECT ctid FROM verdicts WHERE received_at < $1 AND lane = ANY ('{urgent,high,normal,low}')"
        f" LIMIT {BATCH_ROWS}))",
    ),
    Task(name="analyze", every=timedelta(days=1), statement="ANALYZE"),
    Task(name="vacuum", every=timedelta(days=7), statement="VACUUM (ANALYZE)"),
    Task(name="reindex", every=timedelta(days=30), statement="REINDEX TABLE CONCURRENTLY verdicts"),
)  # fmt: skip
NAMES = tuple(task.name for task in TASKS)


def due(done: Mapping[str, datetime], now: datetime, *, retention: bool) -> list[Task]:
    """What is to be done now. A task that was never done is due, too: a new database is done with it in no time."""
    return [
        task for task in TASKS
        if (retention or not task.batched) and (task.name not in done or now - done[task.name] >= task.every)
    ]  # fmt: skip

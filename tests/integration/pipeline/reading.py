"""What the topics and the database hold, read as any consumer would."""

from __future__ import annotations

from collections import Counter

import asyncpg

from streams.topics import LANES
from tests.services.log import committed_records


def lane_ids(bootstrap: str) -> Counter[str]:
    """How often each event id is visible on the lanes to a read_committed consumer."""
    return ids(bootstrap, [topic.name for topic in LANES.values()])


def ids(bootstrap: str, topics: list[str]) -> Counter[str]:
    """Event ids (header ce_id) of all committed records of topics."""
    return Counter(dict(one.headers() or ())["ce_id"].decode() for one in committed_records(bootstrap, *topics))


async def archived(database: str) -> list[tuple[str, int]]:
    """(event id, revision) of every row; empty while the table is not there yet."""
    connection = await asyncpg.connect(database)
    try:
        return [
            (row["event_id"], row["revision"])
            for row in await connection.fetch("SELECT event_id, revision FROM verdicts")
        ]
    except asyncpg.UndefinedTableError:
        return []
    finally:
        await connection.close()

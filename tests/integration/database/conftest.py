"""Settings, a migrated database and a sink on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest

from infra.database import migrate
from infra.settings import Settings, load
from streams.archive.sink import VerdictSink


@pytest.fixture
def settings(database: str) -> Settings:
    """Settings with an empty database of the test's own."""
    return load(database_url=database, database_pool_size=4, database_timeout_s=10)


@pytest.fixture
async def sink(settings: Settings) -> AsyncIterator[VerdictSink]:
    """An open sink on migrated tables."""
    await migrate(settings)
    opened = VerdictSink(settings)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def make_sink() -> AsyncIterator[Callable[[Settings], VerdictSink]]:
    """Sinks with settings of the test's own, closed when it ends, however it ends."""
    made: list[VerdictSink] = []

    def make(settings: Settings) -> VerdictSink:
        made.append(VerdictSink(settings))
        return made[-1]

    yield make
    for sink in made:
        await sink.close()


@pytest.fixture
async def query(database: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """A connection to look with."""
    connection = await asyncpg.connect(database)
    yield connection
    await connection.close()

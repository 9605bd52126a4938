"""Applies migrations: each once, in its own transaction, under an advisory lock that all processes share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime

from infra.database.errors import failure
from infra.database.migration import (
    Migration,
    MigrationError,
    MigrationState,
    ordered,
    refuse_disorder,
    shipped,
    states,
)
from infra.database.pool import Connection, connect_once
from infra.database.queries import QUERIES
from infra.errors import Transient
from infra.settings import Settings

_LOCK = 0x7472_6961_6765  # "triage": the one key that every process of this project waits for


async def migrate(settings: Settings, migrations: Sequence[Migration] | None = None) -> tuple[str, ...]:
    """Bring the database to this program's state; return what was applied now. Safe from several processes at once.

    Raises:
        MigrationError: an applied file was edited, a file comes before an applied one, or a file's SQL fails.
        Transient: the server is away, or another process has been migrating for longer than DATABASE_TIMEOUT_S.
        Fatal: as `connect`.
    """
    wanted = shipped() if migrations is None else ordered(migrations)
    applied: list[str] = []
    async with _connected(settings) as connection:
        while name := await _apply_next(connection, wanted, settings.database_timeout_s):
            applied.append(name)
    return tuple(applied)


async def migration_states(settings: Settings) -> tuple[MigrationState, ...]:
    """How every migration stands, for `triage doctor`; changes nothing. Raises as `connect` does."""
    async with _connected(settings) as connection:
        return states(shipped(), await _recorded(connection, settings.database_timeout_s))


@asynccontextmanager
async def _connected(settings: Settings) -> AsyncIterator[Connection]:
    connection = await connect_once(settings)
    try:
        yield connection
    except Exception as error:
        raise failure(error) from error
    finally:
        with suppress(Exception):  # the server may be gone, and the outcome is already known
            await connection.close(timeout=settings.database_timeout_s)


async def _apply_next(connection: Connection, wanted: Sequence[Migration], timeout_s: float) -> str | None:
    """Apply the first pending migration in one transaction; None when there is none."""
    async with connection.transaction():
        await connection.execute(QUERIES["lock_migrations"], _LOCK, timeout=timeout_s)
        found = states(wanted, await _recorded(connection, timeout_s))
        refuse_disorder(found)
        pending = {state.name for state in found if state.state == "pending"}
        following = next((migration for migration in wanted if migration.name in pending), None)
        if following is None:
            return None
        await connection.execute(QUERIES["create_migrations_table"])
        await _run(connection, following)
        await connection.execute(QUERIES["record_migration"], following.name, following.checksum)
        return following.name


async def _run(connection: Connection, migration: Migration) -> None:
    try:
        await connection.execute(migration.sql)
    except Exception as error:
        cause = failure(error)
        if isinstance(cause, Transient):
            raise Transient(f"{migration.name}: {cause}") from error
        raise MigrationError(f"{migration.name}: {error}") from error


async def _recorded(connection: Connection, timeout_s: float) -> dict[str, tuple[str, datetime]]:
    if not await connection.fetchval(QUERIES["migrations_table_exists"], timeout=timeout_s):
        return {}
    rows = await connection.fetch(QUERIES["applied_migrations"], timeout=timeout_s)
    return {row["name"]: (row["checksum"], row["applied_at"]) for row in rows}

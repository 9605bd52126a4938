"""A logical copy of the database's tables in one snapshot, by COPY: readable by any later version of PostgreSQL.

It needs no program of PostgreSQL and no right but to read, so it is taken wherever the database is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from infra.database import failure, migrate
from infra.database.migration import shipped
from infra.database.pool import Connection, connect_once
from infra.errors import Fatal
from infra.settings import Settings
from monitoring.backup.sealed import Writer, read

# Partitions are read and written through their table; what an extension owns is not ours.
TABLES = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND c.relname <> 'schema_migrations'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
ORDER BY c.relname
"""
MIGRATIONS = "SELECT name FROM schema_migrations ORDER BY name"
COPY_S = 3600.0


async def copy_out(settings: Settings, folder: Path, writer: Callable[[Path], Writer]) -> dict[str, int]:
    """Write every table to `folder`/NAME.copy.gz; rows of each. Raises as `connect` does."""
    connection = await connect_once(settings)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            return {name: await _table_out(connection, name, folder, writer) for name in await _names(connection)}
    except Exception as error:
        raise failure(error) from None
    finally:
        await connection.close(timeout=5)


async def _table_out(connection: Connection, name: str, folder: Path, writer: Callable[[Path], Writer]) -> int:
    with writer(folder / f"{name}.copy.gz") as out:

        async def put(content: bytes) -> None:
            out.write(content)

        # A name of the catalogue, quoted; SELECT because COPY of a partitioned table takes no rows by itself.
        done = await connection.copy_from_query(f'SELECT * FROM "{name}"', output=put, timeout=COPY_S)  # noqa: S608
    return int(done.split()[-1])


async def copy_in(settings: Settings, folder: Path, key: Any, migrations: tuple[str, ...]) -> dict[str, int]:
    """Make the tables anew as they were, fill them, and bring them to this version's state; rows of each.

    Raises:
        Fatal: the database is not empty, or the backup is of a newer version.
    """
    unknown = set(migrations) - {migration.name for migration in shipped()}
    if unknown:
        raise Fatal(f"the backup has {', '.join(sorted(unknown))}, which this version does not know: use the newer one")
    await migrate(settings, [migration for migration in shipped() if migration.name in migrations])
    connection = await connect_once(settings)
    try:
        async with connection.transaction():
            found = {name: await _table_in(connection, name, folder, key) for name in await _names(connection)}
    except Exception as error:
        raise failure(error) from None
    finally:
        await connection.close(timeout=5)
    await migrate(settings)
    return found


async def _table_in(connection: Connection, name: str, folder: Path, key: Any) -> int:
    path = folder / f"{name}.copy.gz"
    if await connection.fetchval(f'SELECT EXISTS (SELECT FROM "{name}")'):  # noqa: S608 - of the catalogue
        raise Fatal(f"table {name} is not empty: restore into a new database")
    if not path.exists():
        return 0
    done = await connection.copy_to_table(name, source=_Pieces(read(path, key)), timeout=COPY_S)
    return int(done.split()[-1])


class _Pieces:
    """An iterator as asyncpg reads it: asynchronously."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    def __aiter__(self) -> _Pieces:
        return self

    async def __anext__(self) -> bytes:
        for piece in self._pieces:
            return piece
        raise StopAsyncIteration


async def _names(connection: Connection) -> list[str]:
    return [row["relname"] for row in await connection.fetch(TABLES)]


async def recovered(settings: Settings) -> None:
    """Return when the server has read its archived log as far as it was told, and takes writes.

    Raises:
        Transient: it is gone; its own log says why.
    """
    connection = await connect_once(settings)
    try:
        while await connection.fetchval("SELECT pg_is_in_recovery()"):  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.2)
    except Exception as error:
        raise failure(error) from None
    finally:
        await connection.close(timeout=5)


async def about(settings: Settings) -> tuple[str, tuple[str, ...]]:
    """The server's version and the migrations that were applied. Raises as `connect` does."""
    connection = await connect_once(settings)
    try:
        version = await connection.fetchval("SHOW server_version")
        there = await connection.fetchval("SELECT to_regclass('schema_migrations') IS NOT NULL")
        names = tuple(row["name"] for row in await connection.fetch(MIGRATIONS)) if there else ()
    except Exception as error:
        raise failure(error) from None
    finally:
        await connection.close(timeout=5)
    return str(version), names

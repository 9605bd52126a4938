"""The pool of connections, as the settings describe it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from infra import secret_files
from infra.database.errors import failure
from infra.errors import ConfigError, TriageError
from infra.settings import Settings

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]
    Connection = asyncpg.Connection[asyncpg.Record]
    Borrowed = PoolConnectionProxy[asyncpg.Record]
else:
    Pool = asyncpg.Pool
    Connection = asyncpg.Connection
    Borrowed = PoolConnectionProxy


async def connect(settings: Settings) -> Pool:
    """Open a pool of at most DATABASE_POOL_SIZE + DATABASE_MAX_OVERFLOW connections.

    One of them is made at once, so that a wrong address shows here.

    Every connection attempt and statement is bounded by DATABASE_TIMEOUT_S; `Pool.acquire` takes its own timeout.

    Raises:
        Transient: the server is away, starting, or has no connection left.
        Fatal: refused credentials, no such database, or DATABASE_URL cannot be read (ConfigError).
    """
    try:
        pool: Pool = await asyncpg.create_pool(
            min_size=0,  # with a floor asyncpg logs a traceback every time it cannot restore it
            max_size=settings.database_pool_size + settings.database_max_overflow,
            command_timeout=settings.database_timeout_s,
            max_inactive_connection_lifetime=300,
            connect=lambda *dsn, **options: _connected(settings, *dsn, **options),
            **_options(settings),
        )
        async with pool.acquire(timeout=settings.database_timeout_s):
            return pool
    except Exception as error:
        raise _refusal(error) from None


async def connect_once(settings: Settings) -> Connection:
    """One connection without a bound on its statements, for migrations. Raises as `connect` does."""
    try:
        return await _connected(settings, **_options(settings))
    except Exception as error:
        raise _refusal(error) from None


async def _connected(settings: Settings, *dsn: str, **options: Any) -> Connection:
    return (await _let_in(settings, *dsn, **options))[0]


async def password_in_use(settings: Settings) -> str:
    """The one of DATABASE_PASSWORD_FILE that the server takes now; empty: there is no such file.

    Raises:
        Transient, Fatal: as `connect`.
    """
    if settings.database_password_file is None:
        return ""
    try:
        connection, password = await _let_in(settings, **_options(settings))
    except Exception as error:
        raise _refusal(error) from None
    await connection.close(timeout=5)
    return password


async def _let_in(settings: Settings, *dsn: str, **options: Any) -> tuple[Connection, str]:
    """A connection, and the password that opened it. One that is refused may have been replaced since it was read, so
    the file is read until it holds nothing new."""
    if settings.database_password_file is None:
        return await asyncpg.connect(*dsn, **options), ""
    tried: list[str] = []
    refusal: Exception | None = None
    while untried := [one for one in passwords(settings) if one not in tried]:
        try:
            return await asyncpg.connect(*dsn, **options, password=untried[0]), untried[0]
        except asyncpg.InvalidPasswordError as error:
            refusal = error
            tried.append(untried[0])
    assert refusal is not None
    raise refusal


def passwords(settings: Settings) -> tuple[str, ...]:
    """The lines of DATABASE_PASSWORD_FILE as it is now.

    Raises:
        ConfigError: none is named, it cannot be read, or is empty.
    """
    path = settings.database_password_file
    if path is None:
        raise ConfigError("DATABASE_PASSWORD_FILE is not set: name the file with the password")
    text = secret_files.content("DATABASE_PASSWORD_FILE", path, what="its first line is the password")
    return tuple(filter(None, text.splitlines()))


def _refusal(error: Exception) -> TriageError:
    if isinstance(error, ValueError) and not isinstance(error, OSError):  # of the address; ssl's errors are both
        return ConfigError("DATABASE_URL: cannot be read; allowed: postgresql://user:password@host:port/database")
    return failure(error)


def _options(settings: Settings) -> dict[str, Any]:
    return {
        "dsn": settings.database_url.get_secret_value(),
        "timeout": settings.database_timeout_s,
        "server_settings": {"application_name": f"triage {settings.instance_id}"[:63]},
    }

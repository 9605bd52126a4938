"""Opening the pool: what is away may come back, what is wrong is said at once."""

from __future__ import annotations

import pytest

from infra.database import connect
from infra.errors import ConfigError, Fatal, Transient
from infra.settings import Settings, load
from infra.stack.ports import any_free


async def test_the_pool_is_as_large_as_the_settings_say(settings: Settings) -> None:
    pool = await connect(settings)
    assert (pool.get_size(), pool.get_max_size()) == (1, 4)
    assert await pool.fetchval("SELECT current_setting('application_name')") == f"triage {settings.instance_id}"
    await pool.close()


async def test_a_server_that_is_away_is_worth_a_retry() -> None:
    (port,) = any_free()
    with pytest.raises(Transient):
        await connect(load(database_url=f"postgresql://crewai@127.0.0.1:{port}/none", database_timeout_s=5))


async def test_a_database_that_does_not_exist_is_not(postgres: str) -> None:
    with pytest.raises(Fatal, match="InvalidCatalogNameError"):
        await connect(load(database_url=postgres.rpartition("/")[0] + "/no_such_database"))


@pytest.mark.parametrize("url", ["mysql://root:hunter2@127.0.0.1/x", "hunter2", "postgresql://u:hunter2@h:port/x"])
async def test_an_address_that_cannot_be_read_is_not_quoted(url: str) -> None:
    with pytest.raises(ConfigError, match="DATABASE_URL") as caught:
        await connect(load(database_url=url))
    assert "hunter2" not in str(caught.value)


async def test_a_statement_that_takes_too_long_is_ended(database: str) -> None:
    pool = await connect(load(database_url=database, database_timeout_s=2))
    with pytest.raises(TimeoutError):
        await pool.fetchval("SELECT pg_sleep(30)")
    assert await pool.fetchval("SELECT 1") == 1
    await pool.close()

"""Migrations on a real server: once each, whoever comes, and never on top of another history."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from infra.database import MigrationError, migrate, migration_states
from infra.database.apply import _LOCK
from infra.database.migration import Migration, shipped
from infra.database.pool import Connection
from infra.errors import Transient
from infra.settings import Settings, load
from monitoring.backup.sealed import Writer
from monitoring.backup.tables import copy_in, copy_out

ONE = Migration(name="0001_one.sql", sql="CREATE TABLE one (n int);")
TWO = Migration(name="0002_two.sql", sql="CREATE TABLE two (n int); INSERT INTO two VALUES (2);")
ROW_OF_THEN = """
INSERT INTO verdicts VALUES ('0123456789abcdef0123456789abcdef', 0, 'home', 'a@shop.example', 'A Shop', 'Your order', now(), now(), '', '',
    '', 0, 9, '{}', 7, 'high', 'work', true, 0.7, '[]', '{}', 'p1', 'rules', 'mail.received', 0, 1, '', 'mail.high', 0, 1, now())
"""
BROKEN = Migration(name="0002_two.sql", sql="CREATE TABLE two (n int); INSERT INTO missing VALUES (2);")
THREE = Migration(name="0003_three.sql", sql="CREATE TABLE three (n int);")


async def tables(query: Connection) -> set[str]:
    """The tables of the test's own migrations."""
    rows = await query.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return {row["tablename"] for row in rows} - {"schema_migrations"}


async def test_a_fresh_database_gets_every_migration_once(settings: Settings) -> None:
    names = tuple(migration.name for migration in shipped())
    assert {state.state for state in await migration_states(settings)} == {"pending"}
    assert await migrate(settings) == names
    assert await migrate(settings) == ()
    assert [(state.name, state.state) for state in await migration_states(settings)] == [(n, "applied") for n in names]


async def test_asking_for_the_states_changes_nothing(settings: Settings, query: Connection) -> None:
    await migration_states(settings)
    assert await query.fetchval("SELECT count(*) FROM pg_class WHERE relname = 'schema_migrations'") == 0


async def test_processes_that_start_at_once_apply_each_migration_once(settings: Settings, query: Connection) -> None:
    slow = Migration(name=ONE.name, sql=f"{ONE.sql} SELECT pg_sleep(0.2);")
    applied = await asyncio.gather(*(migrate(settings, [slow, TWO, THREE]) for _ in range(8)))
    assert sorted(name for names in applied for name in names) == [ONE.name, TWO.name, THREE.name]
    assert await query.fetchval("SELECT count(*) FROM two") == 1


async def test_an_edited_migration_stops_everything_and_is_named(settings: Settings, query: Connection) -> None:
    await migrate(settings, [ONE])
    edited = Migration(name=ONE.name, sql="CREATE TABLE one (n bigint);")
    with pytest.raises(MigrationError, match=r"0001_one\.sql was edited"):
        await migrate(settings, [edited, TWO])
    assert await tables(query) == {"one"}


async def test_a_migration_that_fails_leaves_nothing_of_itself(settings: Settings, query: Connection) -> None:
    """What came before it stays, and the mended file continues from there."""
    with pytest.raises(MigrationError, match=r'0002_two\.sql: relation "missing" does not exist'):
        await migrate(settings, [ONE, BROKEN, THREE])
    assert await tables(query) == {"one"}
    assert await migrate(settings, [ONE, TWO, THREE]) == (TWO.name, THREE.name)
    assert await tables(query) == {"one", "two", "three"}


async def test_a_database_of_a_newer_program_is_left_alone(settings: Settings, query: Connection) -> None:
    """An old replica may still start during a rolling upgrade."""
    await migrate(settings, [ONE, TWO])
    assert await migrate(settings, [ONE]) == ()
    assert await tables(query) == {"one", "two"}


async def test_whoever_waits_too_long_for_another_process_may_come_again(
    database: str, settings: Settings, query: Connection
) -> None:
    hasty = load(database_url=database, database_timeout_s=2)
    async with query.transaction():
        await query.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
        with pytest.raises(Transient):
            await migrate(hasty, [ONE])
    assert await migrate(settings, [ONE]) == (ONE.name,)


async def test_a_backup_from_before_a_migration_is_restored_and_then_migrated(
    settings: Settings, query: Connection, tmp_path: Path
) -> None:
    """Its files have the columns of then."""
    then = shipped()[:2]
    await migrate(settings, then)
    await query.execute("INSERT INTO maintenance VALUES ('analyze', now(), 0.5, 7)")
    await query.execute(ROW_OF_THEN)
    await copy_out(settings, tmp_path, lambda path: Writer(path, None))
    await query.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    assert await copy_in(settings, tmp_path, None, tuple(each.name for each in then)) == {
        "maintenance": 1,
        "verdicts": 1,
    }
    assert {state.state for state in await migration_states(settings)} == {"applied"}
    kept = await query.fetchrow("SELECT subject, because, counterfactual FROM current_verdicts")
    assert kept is not None
    assert tuple(kept) == ("Your order", "", None)

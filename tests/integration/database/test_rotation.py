"""A new password on a server that asks for one: the old one is refused, the new one is let in, open connections go on."""

from __future__ import annotations

import signal
from pathlib import Path

import asyncpg
import psutil
import pytest
from click.testing import CliRunner

from infra.settings import load
from infra.stack import PostgresServer
from monitoring.rotation.command import secrets
from monitoring.rotation.database import rotate


@pytest.fixture
async def asking(postgres_server: PostgresServer) -> str:
    """An address with a password, at a server that asks for it."""
    found: list[str] = []
    await rotate(load(database_url=postgres_server.url), found.append)
    hba = postgres_server.directory / "data" / "pg_hba.conf"
    hba.write_text(hba.read_text().replace("trust", "scram-sha-256"))
    process = postgres_server.daemon.find()
    assert process is not None
    psutil.Process(process.pid).send_signal(signal.SIGHUP)
    while await _let_in(postgres_server.url):
        pass
    return found[0]


async def _let_in(url: str) -> bool:
    try:
        connection = await asyncpg.connect(url)
    except (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError):
        return False
    await connection.close()
    return True


async def test_the_old_password_is_refused_and_open_connections_go_on(
    asking: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", asking)
    opened = await asyncpg.connect(asking)
    new: list[str] = []
    await rotate(load(), new.append)
    assert not await _let_in(asking)
    assert await _let_in(new[0])
    assert await opened.fetchval("SELECT 1") == 1
    await opened.close()


def test_the_file_is_private_and_never_overwritten(
    postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", postgres)
    output = tmp_path / "url"
    done = CliRunner().invoke(secrets, ["rotate", "database", "--output", str(output)])
    assert done.exit_code == 0, done.output
    assert output.stat().st_mode & 0o777 == 0o600
    assert output.read_text().strip() not in done.output
    kept = output.read_text()
    assert CliRunner().invoke(secrets, ["rotate", "database", "--output", str(output)]).exit_code != 0
    assert output.read_text() == kept

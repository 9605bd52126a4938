"""A new password on a server that asks for one: the old one is refused, the new one is let in, open connections go on."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncpg
import psutil
import pytest
from click.testing import CliRunner

from infra.database.pool import connect, connect_once, password_in_use
from infra.errors import Fatal
from infra.settings import Settings, load
from infra.stack import PostgresServer
from monitoring.rotation import database as module
from monitoring.rotation import place
from monitoring.rotation.command import secrets
from monitoring.rotation.database import rotate, rotate_in_file, with_password
from streams.control import writer
from streams.control.records import AuditEntry
from tests.services.servers import execute, new_postgres


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A server that asks for a password, but not its superuser."""
    made = new_postgres(tmp_path_factory.mktemp("postgres"))
    made.start()
    hba = made.directory / "data" / "pg_hba.conf"
    hba.write_text("host all postgres 127.0.0.1/32 trust\n" + hba.read_text().replace("trust", "scram-sha-256"))
    process = made.daemon.find()
    assert process is not None
    psutil.Process(process.pid).send_signal(signal.SIGHUP)
    while asyncio.run(_let_in(made.url)):
        pass
    yield made
    made.kill()


@pytest.fixture
def asking(server: PostgresServer, unique: str) -> str:
    """An address with a password of the test's own."""
    execute(server.url.replace("crewai@", "postgres@"), f"ALTER ROLE crewai PASSWORD '{unique}'")
    return with_password(server.url, unique)


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
    monkeypatch.setenv("INCIDENT_DIR", str(tmp_path))
    noted: list[AuditEntry] = []

    async def write_down(_: Settings, entry: AuditEntry) -> None:
        noted.append(entry)

    monkeypatch.setattr(writer, "write_down", write_down)
    output, said = tmp_path / "url", ["--why", "a leak", "--as", "me"]
    done = CliRunner().invoke(secrets, ["rotate", "database", "--output", str(output), *said])
    assert done.exit_code == 0, done.output
    assert output.stat().st_mode & 0o777 == 0o600
    assert output.read_text().strip() not in done.output
    kept = output.read_text()
    assert CliRunner().invoke(secrets, ["rotate", "database", "--output", str(output), *said]).exit_code != 0
    assert output.read_text() == kept
    ((action, name, who, why),) = [(one.action, one.name, one.who, one.why) for one in noted]
    assert (action, name, who, why) == ("rotate", "secret database", "me", "a leak")


def in_file(url: str, path: Path) -> Settings:
    """The password of an address in a file."""
    path.write_text(unquote(urlsplit(url).password or ""))
    return load(database_url=with_password(url, "no longer this"), database_password_file=path)


async def test_a_password_in_a_file_is_changed_under_a_pool_and_sessions_of_the_old_one_end(
    asking: str, tmp_path: Path
) -> None:
    settings = in_file(asking, tmp_path / "password")
    pool = await connect(settings)
    async with pool.acquire() as used:
        ended = asyncio.Event()  # the server's last word and the end of the connection come one after the other
        used.add_termination_listener(lambda _: ended.set())
        assert await rotate_in_file(settings, end_sessions=True) == 1
        await ended.wait()
        with pytest.raises(asyncpg.InterfaceError):
            await used.fetchval("SELECT 1")
    async with pool.acquire() as again:
        assert await again.fetchval("SELECT 1") == 1
    await pool.close()
    assert not await _let_in(asking)
    assert len((tmp_path / "password").read_text().split()) == 1
    assert await password_in_use(settings) == (tmp_path / "password").read_text().strip()


@pytest.mark.parametrize("broken", ["_set", "_confirm", "place.write"])
async def test_wherever_it_is_killed_everybody_gets_in_and_the_next_run_ends_it(
    asking: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    settings = in_file(asking, tmp_path / "password")
    where, _, name = broken.rpartition(".")
    at = place if where else module
    real, calls = getattr(at, name), []

    def killed(*arguments: Any, **options: Any) -> Any:
        calls.append(name)
        if name == "write" and len(calls) == 1:  # the second one, which leaves the old password out
            return real(*arguments, **options)
        raise KeyboardInterrupt

    with monkeypatch.context() as killing:
        killing.setattr(at, name, killed)
        with pytest.raises(KeyboardInterrupt):
            await rotate_in_file(settings, end_sessions=False)
    old, begun = (tmp_path / "password").read_text().split()
    await (await connect_once(settings)).close()
    await rotate_in_file(settings, end_sessions=False)
    assert (tmp_path / "password").read_text().split() == [begun]
    assert not await _let_in(with_password(asking, old))
    await (await connect_once(settings)).close()


async def test_a_password_that_was_replaced_while_it_was_tried_is_tried_anew(
    asking: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole rotation happens between the reading of the file and the server's answer."""
    settings = in_file(asking, tmp_path / "password")
    dial, done = asyncpg.connect, list[bool]()

    async def late(*arguments: Any, **options: Any) -> Any:
        if not done:
            done.append(True)
            await rotate_in_file(settings, end_sessions=False)
        return await dial(*arguments, **options)

    monkeypatch.setattr(asyncpg, "connect", late)
    await (await connect_once(settings)).close()


async def test_a_password_of_neither_line_is_refused_without_being_told(asking: str, tmp_path: Path) -> None:
    settings = in_file(asking, tmp_path / "password")
    (tmp_path / "password").write_text("hunter2\nhunter3\n")
    with pytest.raises(Fatal) as refused:
        await connect_once(settings)
    assert "hunter" not in str(refused.value)

"""Mailbox, ports, environment, lag and threads of a run."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from click.testing import CliRunner

from infra.errors import ConfigError
from infra.settings import load
from infra.stack import ports
from infra.stack.ports import any_free
from monitoring.run import mailbox
from monitoring.run.command import run
from monitoring.run.home import Home
from monitoring.run.programs import free_port, programs
from monitoring.run.queues import AGE, LENGTH, Queues, values
from monitoring.run.threads import Interrupted, in_thread, unless
from streams.events import event_id


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "mails"
    (made / "sub").mkdir(parents=True)
    (made / "a.eml").write_text("Subject: a\n\n")
    (made / "empty").touch()
    (made / "sub" / "b").write_text("b")
    Path(os.fsdecode(bytes(made) + b"/caf\xe9")).write_text("c")
    (made / ".hidden").write_text("no mail")
    (made / "link").symlink_to("a.eml")
    os.mkfifo(made / "pipe")
    return made


def test_the_listing_is_what_ingest_announces(folder: Path, tmp_path: Path) -> None:
    account = mailbox.folder_account(folder, Home(root=tmp_path / "home"))
    names = ["a.eml", "empty", "sub/b", os.fsdecode(b"caf\xe9")]
    listing = mailbox.listing(account)
    assert listing.ids == {bytes.fromhex(event_id(account.id, "maildir", name)) for name in names}
    assert (listing.links, listing.closed) == (1, ())
    assert mailbox.paths(account, listing.ids) == sorted(names)


def test_a_folder_has_the_same_account_however_it_is_named(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other").symlink_to(folder)
    monkeypatch.chdir(tmp_path)
    assert (
        len({mailbox.account_id(one) for one in (folder, Path("mails"), tmp_path / "other", folder / "sub" / "..")})
        == 1
    )
    assert mailbox.account_id(folder) != mailbox.account_id(folder / "sub")


def test_everything_in_the_folder_is_wanted_however_old(folder: Path, tmp_path: Path) -> None:
    assert mailbox.folder_account(folder, Home(root=tmp_path / "home")).since_days is None


@pytest.mark.parametrize(
    ("maildir", "home"), [("missing", "home"), ("mails/a.eml", "home"), ("mails", "mails/home"), ("mails", "mails")]
)
def test_a_folder_that_cannot_be_read_or_that_the_run_writes_into_is_refused(
    folder: Path, tmp_path: Path, maildir: str, home: str
) -> None:
    with pytest.raises(ConfigError, match="--maildir"):
        mailbox.folder_account(tmp_path / maildir, Home(root=tmp_path / home))


def test_a_hidden_home_inside_the_folder_is_fine(folder: Path) -> None:
    assert mailbox.folder_account(folder, Home(root=folder / ".triage")).maildir == str(folder)


def test_why_a_file_cannot_be_read(folder: Path, tmp_path: Path) -> None:
    account = mailbox.folder_account(folder, Home(root=tmp_path / "home"))
    assert mailbox.unreadable(account, "a.eml") == ""
    assert mailbox.unreadable(account, "gone") == ""
    assert mailbox.unreadable(account, "link") != ""


@pytest.fixture
def own_claims(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Claims that this process keeps from nobody but the test's own ones."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    claims = ports._claims.__wrapped__()
    monkeypatch.setattr(ports, "_claims", lambda: claims)
    yield
    os.close(claims)


@pytest.mark.usefixtures("own_claims")
def test_no_port_is_given_twice_though_nobody_listens_there_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "SERVER_PORTS", (20_000, 20_200))
    monkeypatch.setattr(ports, "_given", set())
    given = [*any_free(40), *any_free(), *any_free(50)]
    assert len(set(given)) == len(given)
    assert len(set(any_free(90))) == 90, "and before they run out it begins anew"


OTHER = """
import sys
from infra.stack import ports
ports.SERVER_PORTS = (31_800, 32_000)
print(*ports.any_free(40), ports.first_free([int(sys.argv[1])]), flush=True)
sys.stdin.read()
"""


@pytest.mark.usefixtures("own_claims")
def test_no_port_is_given_that_another_process_was_given_while_it_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "SERVER_PORTS", (31_800, 32_000))
    monkeypatch.setattr(ports, "_given", set())
    (mine,) = any_free()
    command, pipe = [sys.executable, "-c", OTHER, str(mine)], subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as other:
        assert other.stdout is not None
        theirs = {int(word) for word in other.stdout.readline().split()}
        assert len(theirs) == 41
        assert not theirs & {mine, *any_free(50)}, "nobody listens at any of them"
        wanted = min(theirs)
        assert ports.first_free([wanted]) != wanted
        other.communicate("")
    assert ports.first_free([wanted]) == wanted, "what was given ends with the process"


def test_a_port_that_is_taken_gives_way_to_the_next_one() -> None:
    (port,) = any_free()
    with socket.create_server(("127.0.0.1", port)):  # as servers do: an old connection of that port must not matter
        assert port < free_port(port) <= port + 49
    assert free_port(port, but=[port]) > port


def test_webhooks_are_delivered_where_there_are_endpoints_and_wrong_ones_are_said_at_once(tmp_path: Path) -> None:
    file = tmp_path / "deliver.toml"
    file.write_text('[[endpoint]]\nname = "a"\nurl = "https://a.example/"\nsecrets = ["env:A"]\n')
    settings = load(deliver_file=file)
    readers = programs(settings, Home(root=tmp_path), workers=1, own_stack=True)[2]
    assert [one.name for one in readers] == ["archive", "deliver"]
    assert readers[1].argv[1:] == ("deliver",)
    assert readers[1].env["DELIVER_FILE"] == str(file)
    file.write_text("[[endpoint]]")
    with pytest.raises(ConfigError, match="name: Field required"):
        programs(settings, Home(root=tmp_path), workers=1, own_stack=True)


def test_processes_are_told_where_everything_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAG_INTERVAL_S", "7")
    settings = load(
        kafka_bootstrap_servers="127.0.0.1:1", database_url="postgresql://u@h/d", health_port=18000, metrics_port=18080
    )
    groups = programs(settings, Home(root=tmp_path), workers=2, own_stack=True)
    assert [[one.name for one in group] for group in groups] == [
        ["ingest"],
        ["worker-1", "worker-2"],
        ["archive"],
        ["control"],
    ]
    worker = groups[1][1]
    assert worker.argv[1:] == ("worker",)
    assert worker.env.items() >= {
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", "DATABASE_URL": "postgresql://u@h/d", "HEALTH_PORT": "18000", "INSTANCE_ID": "worker-2",
        "TABLE_DIR": str(tmp_path / "tables" / "worker-2"), "STATUS_INTERVAL_S": "1.0",
    }.items()  # fmt: skip
    assert "LAG_INTERVAL_S" not in worker.env
    for name, value in worker.env.items():
        monkeypatch.setenv(name, value)
    assert load().instance_id == "worker-2"


def test_on_a_cluster_of_somebody_else_its_settings_stay_and_names_are_told_apart(tmp_path: Path) -> None:
    (program,), *_ = programs(load(instance_id="me-1"), Home(root=tmp_path), workers=1, own_stack=False)
    assert program.env["INSTANCE_ID"] == "me-1-ingest"
    assert not {"KAFKA_BOOTSTRAP_SERVERS", "DATABASE_URL", "STATIC_MEMBERSHIP"} & program.env.keys()


async def test_a_run_ends_with_what_waits_at_its_end() -> None:
    """What was measured before the last mail was archived is not what the last picture shows."""
    answers = [f'{LENGTH}{{lane="low"}} {waiting}\n' for waiting in (82, 0)]

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(text=answers.pop(0) if len(answers) > 1 else answers[0])

    application = web.Application()
    application.router.add_get("/metrics", metrics)
    async with TestServer(application) as server:
        queues = Queues(str(server.make_url("/metrics")))
        asking = asyncio.create_task(queues.run())
        await queues.drained(10)
        asking.cancel()
    assert queues.length == {"low": 0}


async def test_a_run_ends_also_when_nobody_measures() -> None:
    await Queues("http://127.0.0.1:9/metrics").drained(0.01)


def test_lag_is_read_from_the_metrics_of_control() -> None:
    text = f'# HELP {LENGTH} x\n# TYPE {LENGTH} gauge\n{LENGTH}{{lane="urgent"}} 3.0\n{LENGTH}{{lane="received"}} 1e2\n{AGE}{{lane="urgent"}} 0.5\nother 1\n'
    assert values(text, LENGTH) == {"urgent": 3.0, "received": 100.0}
    assert values(text, AGE) == {"urgent": 0.5}
    assert values("", LENGTH) == {}


async def test_a_blocking_call_gives_its_result_or_its_error() -> None:
    assert await in_thread(sum, [1, 2]) == 3
    with pytest.raises(ZeroDivisionError):
        await in_thread(divmod, 1, 0)


async def test_a_stop_ends_the_wait_for_a_call_that_blocks() -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(0.05, stop.set)
    ended = threading.Event()
    with pytest.raises(Interrupted):
        await unless(stop, in_thread(ended.wait, 60))
    assert not ended.is_set(), "the call itself goes on"
    ended.set()
    assert await unless(asyncio.Event(), in_thread(sum, [1])) == 1


@pytest.mark.parametrize(
    "arguments", [["--json"], ["--maildir", ".", "--sample"], ["--workers", "0"], ["--patience", "0"]]
)
def test_options_that_make_no_sense_together_are_refused(arguments: list[str]) -> None:
    assert CliRunner().invoke(run, arguments).exit_code == 2

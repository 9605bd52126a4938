"""`triage lag`, `top`, `status` and `doctor` as a person runs them."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from agents.accounts.account import Account, ImapServer
from agents.accounts.store import remove_account, save_account
from infra.database import migrate
from infra.settings import load
from infra.stack.ports import any_free
from streams.admin import create_topics
from streams.status import Check
from streams.status_publisher import Report, StatusPublisher
from tests.integration.monitoring.test_control import TRIAGE, environment_of

Done = subprocess.CompletedProcess[str]


def triage(*words: str, kafka: str, database: str = "postgresql://x@127.0.0.1:1/x") -> Done:
    return subprocess.run(
        [*TRIAGE, *words],
        env=dict(environment_of(kafka, database)),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def nowhere() -> str:
    return f"127.0.0.1:{any_free()[0]}"


@pytest.fixture
def with_topics(kafka: str) -> str:
    create_topics(load(kafka_bootstrap_servers=kafka))
    return kafka


async def test_lag_prints_for_people_and_programs(bench, with_topics):
    await bench.create()
    await bench.transaction(4)
    await bench.commit({0: 1})
    shown = triage("lag", kafka=with_topics)
    assert shown.returncode == 0
    row = next(line for line in shown.stdout.splitlines() if bench.group in line)
    assert row.split()[:5] == [bench.group, "0", "empty", bench.topic, "3"]
    groups = {
        group["group"]: group for group in json.loads(triage("lag", "--json", kafka=with_topics).stdout)["groups"]
    }
    assert groups[bench.group]["lag"] == 3
    assert {topic["lane"] for topic in groups["triage-archive"]["topics"]} == {"urgent", "high", "normal", "low"}


async def two_lines(kafka: str, *command: str) -> tuple[asyncio.subprocess.Process, list[dict[str, Any]]]:
    """The first two lines of a command that goes on, and the command."""
    process = await asyncio.create_subprocess_exec(
        *TRIAGE,
        *command,
        env=environment_of(kafka, "postgresql://x@127.0.0.1:1/x"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    return process, [json.loads(await asyncio.wait_for(process.stdout.readline(), 120)) for _ in range(2)]


async def test_lag_watches_until_it_is_stopped(with_topics):
    process, lines = await two_lines(with_topics, "lag", "--json", "--watch")
    process.terminate()
    await process.communicate()
    assert lines[0]["at_ms"] < lines[1]["at_ms"]


async def test_top_shows_lanes_and_processes_once_and_again(with_topics):
    settings = load(kafka_bootstrap_servers=with_topics, instance_id="worker-top", status_interval_s=0.3)
    async with StatusPublisher(settings, "worker", lambda: Report(counts={"done": 12})):
        shown = await asyncio.to_thread(triage, "top", "--once", kafka=with_topics)
        assert (shown.returncode, shown.stderr) == (0, "")
        assert {"received", "urgent", "high", "normal", "low"} <= {
            line.split(" ")[0] for line in shown.stdout.splitlines()
        }
        process, views = await two_lines(with_topics, "top", "--json")
        process.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(process.wait(), 60) == 0
    assert views[0]["at"] < views[1]["at"]
    for view in views:
        assert [row["lane"] for row in view["lanes"]] == ["received", "urgent", "high", "normal", "low"]
        assert any(one["instance"] == "worker-top" for one in view["components"]["worker"]["instances"])
    assert views[1]["lanes"][0]["drain_per_s"] is not None


@pytest.mark.parametrize("command", ["lag", "status", "top"])
def test_without_kafka_one_line_says_so(command, nowhere):
    shown = triage(command, kafka=nowhere)
    assert shown.returncode == 1
    assert nowhere in shown.stderr
    assert len(shown.stderr.splitlines()) == 1


async def test_status_is_1_until_every_component_is_well(with_topics):
    assert triage("status", kafka=with_topics).returncode == 1
    failing = [Check(name="mailbox m1", ok=False, reason="refused: renew the password")]
    async with AsyncExitStack() as stack:
        for component in ("ingest", "worker", "archive"):
            settings = load(kafka_bootstrap_servers=with_topics, instance_id=f"{component}-s", status_interval_s=0.3)
            checks = failing if component == "ingest" else []
            report = lambda checks=checks: Report(checks=tuple(checks), counts={"done": 12})  # noqa: E731
            await stack.enter_async_context(StatusPublisher(settings, component, report))
        shown = await until_status(with_topics, lambda shown: "renew the password" in shown.stdout)
        assert shown.returncode == 1
        failing.clear()
        shown = await until_status(with_topics, lambda shown: shown.returncode == 0, "--json")
        parts = json.loads(shown.stdout)["components"]
        assert parts["worker"]["instances"][0]["instance"] == "worker-s"
        assert parts["archive"]["counts"] == {"done": 12}


async def until_status(kafka: str, wanted: Callable[[Done], bool], *options: str) -> Done:
    """Ask until the answer is the wanted one; the test's own time-out bounds it."""
    while True:
        shown = await asyncio.to_thread(triage, "status", *options, kafka=kafka)
        if wanted(shown):
            return shown
        await asyncio.sleep(0.1)


async def test_doctor_finds_nothing_on_a_sound_system_and_names_what_is_missing(with_topics, database, unique):
    settings = load(kafka_bootstrap_servers=with_topics, database_url=database)
    pending = json.loads(triage("doctor", "--json", kafka=with_topics, database=database).stdout)
    assert not pending["ok"]
    assert any("pending" in one["found"] and "triage archive" in one["remedy"] for one in pending["findings"])
    await migrate(settings)
    sound = triage("doctor", kafka=with_topics, database=database)
    assert (sound.returncode, "BAD" in sound.stdout) == (0, False), sound.stdout
    account = Account(
        id=f"a{unique}", kind="imap", imap=ImapServer(host="h", username="u"), secret="env:NO_SUCH_SECRET"
    )
    await save_account(settings, account)
    try:
        bad = triage("doctor", kafka=with_topics, database=database)
    finally:
        await remove_account(settings, account.id)
    assert bad.returncode == 1
    assert "NO_SUCH_SECRET" in bad.stdout


def test_doctor_with_nothing_running_names_each_remedy_and_no_traceback(nowhere):
    shown = triage("doctor", "--json", kafka=nowhere)
    assert (shown.returncode, shown.stderr) == (1, "")
    wrong = {one["area"]: one for one in json.loads(shown.stdout)["findings"] if not one["ok"]}
    assert set(wrong) == {"kafka", "topics", "database", "clock", "accounts"}
    assert all(one["remedy"] for one in wrong.values())


def test_doctor_lists_settings_without_any_service(nowhere):
    listed = {row["name"]: row for row in json.loads(triage("doctor", "--settings", "--json", kafka=nowhere).stdout)}
    assert listed["KAFKA_BOOTSTRAP_SERVERS"]["value"] == nowhere
    assert listed["DATABASE_URL"]["value"] == "***"

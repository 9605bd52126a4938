"""The commands and the status around ingest, against a real broker."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result
from confluent_kafka import Producer

from infra.cli import triage
from infra.settings import load
from streams.admin import check_topics, create_topics
from streams.partitioning import partition_of
from streams.status import Check
from streams.status_publisher import Report, StatusPublisher
from streams.topics import ALL
from tests.integration.ingest.conftest import Site

Run = Callable[..., Result]


@pytest.fixture
def site(shared_site: Site) -> Site:
    return shared_site


@pytest.fixture
def run(site: Site, monkeypatch: pytest.MonkeyPatch) -> Run:
    for name, value in site.environment.items():
        monkeypatch.setenv(name, value)
    return lambda *arguments: CliRunner().invoke(triage, list(arguments))


def test_topics_are_made_once_and_found_well(site: Site, run: Run) -> None:
    assert create_topics(site.settings).created == ()
    assert check_topics(site.settings) == ()
    made = run("topics", "create", "--json")
    assert (made.exit_code, len(orjson.loads(made.stdout)["existing"])) == (0, len(ALL))
    assert orjson.loads(run("topics", "check", "--json").stdout) == {"ok": True, "findings": []}


def test_what_is_wrong_with_the_topics_is_found(site: Site, run: Run) -> None:
    from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource

    admin = AdminClient({"bootstrap.servers": site.settings.kafka_bootstrap_servers})
    admin.delete_topics(["mail.dead"])["mail.dead"].result(60)
    entry = ConfigEntry("retention.ms", "1000", incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ConfigResource.Type.TOPIC, "mail.low", incremental_configs=[entry])
    admin.incremental_alter_configs([resource])[resource].result(60)
    wanted, deadline = {("mail.dead", "missing"), ("mail.low", "config")}, time.monotonic() + 60
    while (found := _findings(run)) != wanted and time.monotonic() < deadline:
        time.sleep(0.1)  # every part of the broker learns of a change a little later
    assert found == wanted
    assert run("topics", "check").exit_code == 1
    assert {one.kind for one in check_topics(load(**_changed(site, topic_partitions=3)))} >= {"partitions"}
    assert run("topics", "create").exit_code == 0


def _findings(run: Run) -> set[tuple[str, str]]:
    said = run("topics", "check", "--json").stdout  # nothing: the broker did not answer, which it may for a while
    return {(one["topic"], one["kind"]) for one in orjson.loads(said)["findings"]} if said else set()


def _changed(site: Site, **changes: Any) -> dict[str, Any]:
    return {"kafka_bootstrap_servers": site.settings.kafka_bootstrap_servers, **changes}


def test_an_account_is_added_listed_tested_and_removed(site: Site, run: Run, tmp_path: Path) -> None:
    (tmp_path / "mail" / "new").mkdir(parents=True)
    (tmp_path / "mail" / "cur").mkdir()
    (tmp_path / "mail" / "new" / "1.a").write_bytes(b"x")
    assert run("account", "add", "box", "--maildir", str(tmp_path / "mail"), "--everything", "--check").exit_code == 0
    assert run("account", "add", "gone", "--maildir", str(tmp_path / "gone")).exit_code == 0
    refused = run("account", "add", "not-saved", "--maildir", str(tmp_path / "gone"), "--check")
    assert (refused.exit_code, "must exist" in refused.output) == (1, True)
    listed = orjson.loads(run("account", "list", "--json").stdout)
    assert [(one["id"], one["since_days"]) for one in listed["accounts"]] == [("box", None), ("gone", "setting")]
    tested = run("account", "test", "box")
    assert (tested.exit_code, "maildir with 1 mails" in tested.output) == (0, True)
    tested = run("account", "test", "--json")
    assert tested.exit_code == 1
    assert [one["ok"] for one in orjson.loads(tested.stdout)["accounts"]] == [True, False]
    assert run("account", "remove", "gone").exit_code == 0
    assert run("account", "remove", "gone").exit_code == 1
    assert run("account", "test", "gone").exit_code == 1
    assert [one["id"] for one in orjson.loads(run("account", "list", "--json").stdout)["accounts"]] == ["box"]


def test_an_imap_account_keeps_a_reference_and_is_tested(site: Site, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    imap = ("--imap", "127.0.0.1", "--port", "9", "--security", "plain", "--username", "u")
    unset = run("account", "add", "box", *imap, "--secret", "env:SURELY_NOT_SET")
    assert (unset.exit_code, "SURELY_NOT_SET is not set" in unset.stderr) == (0, True)
    assert "SURELY_NOT_SET is not set" in run("account", "test", "box").output
    monkeypatch.setenv("BOX_SECRET", "hunter2")
    assert run("account", "add", "box", *imap, "--secret", "env:BOX_SECRET", "--folder", "INBOX").exit_code == 0
    tested, listed = run("account", "test", "box"), run("account", "list", "--json")
    assert tested.exit_code == 1
    assert "hunter2" not in tested.output + listed.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("box",),
        ("box", "--maildir", "/x", "--imap", "h"),
        ("box", "--imap", "h"),
        ("box", "--imap", "h", "--secret", "hunter2"),
        ("box", "--imap", "h", "--secret", "oauth"),
        ("box", "--imap", "imap.gmail.com", "--secret", "oauth", "--auth", "password"),
        ("box", "--gmail", "me"),
        ("box", "--gmail", "me@example.org", "--secret", "env:X"),
        ("box", "--gmail", "me@example.org", "--maildir", "/x"),
        ("box", "--gmail", "me@example.org", "--service-account", "hunter2"),
        ("box", "--maildir", "/x", "--label", "INBOX"),
        ("box", "--imap", "h", "--secret", "env:X", "--security", "plain"),
        ("b x", "--maildir", "/x"),
    ],
)
def test_wrong_usage_ends_with_2_and_repeats_no_secret(arguments: tuple[str, ...]) -> None:
    result = CliRunner().invoke(triage, ["account", "add", *arguments])
    assert result.exit_code == 2
    assert "hunter2" not in result.output


async def test_a_process_says_how_it_is_and_says_goodbye(site: Site) -> None:
    settings = load(**_changed(site, instance_id="me", status_interval_s=0.2))
    report = Report(checks=(Check(name="kafka", ok=False, reason="for the test"),), counts={"announced": 3})
    async with StatusPublisher(settings, "ingest", lambda: report):
        status = await site.until_status(lambda said: said.counts == {"announced": 3}, "me")
    assert (status.component, status.ok, status.checks) == ("ingest", False, report.checks)
    assert (await site.statuses())["me"] is None


async def test_a_report_that_fails_is_itself_reported(site: Site) -> None:
    settings = load(**_changed(site, instance_id="me", status_interval_s=0.2))
    async with StatusPublisher(settings, "ingest", lambda: Report(counts={"x": 1 // int("0")})):
        status = await site.until_status(lambda said: not said.ok, "me")
    assert "ZeroDivisionError" in status.checks[0].reason


async def test_a_status_that_cannot_be_published_disturbs_nobody() -> None:
    settings = load(kafka_bootstrap_servers="127.0.0.1:9", status_interval_s=0.2)
    started = time.monotonic()
    async with StatusPublisher(settings, "ingest", Report):
        await asyncio.sleep(1)
    assert time.monotonic() - started < 20  # aiokafka by itself would try for 40 s


def test_librdkafka_puts_a_key_where_everybody_looks_for_it(site: Site) -> None:
    placed: dict[bytes, int] = {}
    producer = Producer({"bootstrap.servers": site.settings.kafka_bootstrap_servers, "partitioner": "murmur2_random"})
    keys = [f"account-{number}@example.org".encode() for number in range(40)] + [b"", b"\x00", b"\xff" * 7]
    for key in keys:
        producer.produce(
            "mail.received", b"x", key, on_delivery=lambda _, done: placed.update({done.key(): done.partition()})
        )
    assert producer.flush(60) == 0
    assert {key: placed[key] for key in keys if key} == {key: partition_of(key, 4) for key in keys if key}

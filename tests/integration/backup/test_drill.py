"""The disaster, in full: load, a backup taken meanwhile, more load, the machine destroyed, all brought back elsewhere.

Printed: RTO, from the begin of the restore until every mail is archived again."""

from __future__ import annotations

import random
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from agents.oauth.seal import new_key
from infra.stack import LocalStack
from infra.stack.ports import any_free
from infra.stack.postgres import PostgresServer
from tests.integration.pipeline.processes import Pipeline, pipeline, write_mails
from tests.integration.pipeline.reading import lane_ids
from tests.services.servers import execute, new_broker

PROCESSES = ("ingest-0", "worker-0", "archive-0")
IN_CI = 300
"""The soak also loses the database alone and Kafka alone."""
RTO_S = 120.0
ROWS = "SELECT event_id, revision FROM verdicts ORDER BY event_id, revision"
CORRECTED = "SELECT event_id, revision, lane FROM verdicts WHERE revision > 0 ORDER BY event_id"


def wait_until(wanted: Callable[[], bool], flow: Pipeline, seconds: float, why: str) -> None:
    deadline = time.monotonic() + seconds
    while not wanted():
        assert time.monotonic() < deadline, f"{why}\n{flow.logs()}"
        time.sleep(0.2)


def archived(url: str) -> int:
    """How many mails."""
    there = execute(url, "SELECT to_regclass('verdicts') IS NOT NULL")
    return int(execute(url, "SELECT count(*) FROM verdicts WHERE revision = 0")) if there == "t" else 0


def correct(flow: Pipeline, url: str, *, but: str) -> tuple[str, str]:
    """Tell of a mail, of any sender but this one, that it is urgent; its event id and sender, once that is archived."""
    other = (
        f"SELECT event_id, sender_address FROM verdicts WHERE lane <> 'urgent' AND sender_address <> '{but}' LIMIT 1"
    )
    event_id, sender = execute(url, other).split("|")
    flow.triage("feedback", event_id, "--lane", "urgent")
    revision = f"SELECT max(revision) FROM verdicts WHERE event_id = '{event_id}'"
    wait_until(lambda: execute(url, revision) == "1", flow, 90, "the correction is not archived")
    return event_id, sender


@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    "mails", [IN_CI, *(pytest.param(number, marks=pytest.mark.soak) for number in (1_000, 100_000))]
)
def test_a_destroyed_machine_comes_back_elsewhere(mails: int, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    keep = tmp_path / "elsewhere"  # what a disaster leaves: backups, the archived log, the mailboxes
    keep.mkdir(mode=0o755)
    maildir, wal, patience = keep / "mail", keep / "wal", 120 + mails / 300
    rnd = random.Random(5)

    outside = {
        "BACKUP_DIR": str(keep / "backups"), "BACKUP_KEY": new_key(), "WAL_ARCHIVE_DIR": str(wal),
        "KAFKA_SESSION_TIMEOUT_S": "6", "STATUS_INTERVAL_S": "0.5",
    }  # fmt: skip
    machine = tmp_path / "machine"
    machine.mkdir(mode=0o755)
    kafka = new_broker(machine / "kafka")
    (port,) = any_free()
    postgres = PostgresServer(
        directory=machine / "postgres", port=port, archive=wal, settings={"fsync": "off", "archive_timeout": "5"}
    )
    write_mails(maildir, range(0), rnd)
    home = tmp_path / "new"
    (home / "stack").mkdir(parents=True)  # ports of its own: the usual ones may be another stack's
    ports = dict(zip(("kafka", "controller", "postgres"), any_free(3), strict=True))
    (home / "stack" / "ports.json").write_bytes(orjson.dumps(ports))
    try:
        kafka.start()
        postgres.start()
        first = {"KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap, "DATABASE_URL": postgres.url}
        with pipeline(machine, **outside, **first) as flow:
            flow.triage("topics", "create")
            flow.triage("account", "add", "box", "--maildir", str(maildir), "--everything")
            for name in PROCESSES:
                flow.start(name)
            write_mails(maildir, range(mails // 2), rnd)
            wait_until(lambda: archived(postgres.url) >= mails // 4, flow, patience, "nothing is archived")
            corrected, sender = correct(flow, postgres.url, but="")
            learned = flow.triage("learned", "show", "box", "--json")
            load = threading.Thread(target=write_mails, args=(maildir, range(mails // 2, mails), random.Random(6)))
            load.start()
            asked = time.monotonic()
            made = orjson.loads(flow.triage("backup", "create", "--json"))
            backing = time.monotonic() - asked
            load.join()
            assert made["encrypted"]
            assert made["base"]
            assert made["name"] in flow.triage("backup", "list")
            wait_until(lambda: archived(postgres.url) == mails, flow, patience, "not all is archived")
            until = execute(
                postgres.url,
                "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US+00:00')",
            )
            time.sleep(1.1)
            write_mails(maildir, range(mails, mails + 50), rnd)
            wait_until(lambda: archived(postgres.url) == mails + 50, flow, patience, "the last are not archived")
            everything = execute(postgres.url, ROWS)
            revised = execute(postgres.url, CORRECTED)
            assert revised == f"{corrected}|1|urgent"
            last = execute(postgres.url, "SELECT pg_walfile_name(pg_current_wal_lsn())")
            execute(postgres.url, "CREATE TABLE after_all AS SELECT 1")
            wait_until((wal / f"{last}.gz").exists, flow, 90, "the log is not archived")
        kafka.kill()
        postgres.kill()
        shutil.rmtree(machine)

        machine.mkdir(mode=0o755)
        began = time.monotonic()
        with pipeline(machine, **outside) as operator:
            told = operator.triage("backup", "restore", "--stack", str(home), "--until", until, "--json")
        back = orjson.loads(told)
        restored = time.monotonic() - began
        later = f"SELECT count(*) FROM verdicts WHERE archived_at > '{until}'"
        assert execute(back["database_url"], later) == "0"
        assert archived(back["database_url"]) == mails  # to the second: all before it, nothing after it
        second = {"KAFKA_BOOTSTRAP_SERVERS": back["kafka_bootstrap"], "DATABASE_URL": back["database_url"]}
        with pipeline(machine, **outside, **second) as flow:
            for name in PROCESSES:
                flow.start(name)
            url = back["database_url"]
            wait_until(lambda: archived(url) == mails + 50, flow, patience, "not all came back")
            assert execute(url, ROWS) == everything
            took = time.monotonic() - began
            print(
                f"\n{mails} mails: restored in {restored:.1f} s {back['seconds']}, RTO {took:.1f} s;"
                f" backup {made['size'] / 1e6:.1f} MB in {backing:.1f} s"
            )
            assert set(lane_ids(back["kafka_bootstrap"]).values()) == {1}  # nothing is announced twice
            assert flow.triage("learned", "show", "box", "--json") == learned  # taught once, and not again
            assert execute(url, CORRECTED) == revised
            correct(flow, url, but=sender)  # behind all other feedback: what would teach again has done so by now
            taught = [orjson.loads(row) for row in flow.triage("learned", "show", "box", "--json").splitlines()]
            assert {row["corrections"] for row in taught if row["of"].startswith("sender ")} == {1}
            assert len(execute(url, CORRECTED).splitlines()) == 2
            everything = execute(url, ROWS)
            if mails > IN_CI:
                _the_database_is_lost(flow, url, everything, patience)
                _kafka_is_lost(flow, home, everything, patience)
            assert took < RTO_S, f"RTO {took:.1f} s"
    finally:
        kafka.kill()
        postgres.kill()
        LocalStack(state_dir=home).stop()


def _the_database_is_lost(flow: Pipeline, url: str, everything: str, patience: float) -> None:
    """Kafka is there: the archive is rebuilt from the last copy and from the log."""
    flow.terminate("archive-0")
    execute(url, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    flow.triage("backup", "restore", "--tables")
    assert archived(url) > 0
    flow.triage("backup", "rebuild")
    flow.start("archive-0")
    wait_until(lambda: execute(url, ROWS) == everything, flow, patience, "the archive is not rebuilt")


def _kafka_is_lost(flow: Pipeline, home: Path, everything: str, patience: float) -> None:
    """The database is there: cursors, accounts and tables come back, mailboxes bring what came after the backup."""
    for name in PROCESSES:
        flow.terminate(name)
    stack = LocalStack(state_dir=home)
    stack.stop()
    shutil.rmtree(home / "stack" / "kafka")
    ends = stack.start()
    assert ends.kafka_bootstrap == flow.environment["KAFKA_BOOTSTRAP_SERVERS"]
    flow.triage("backup", "restore", "--topics")
    shutil.rmtree(flow.folder / "tables")
    for name in PROCESSES:
        flow.start(name)
    waiting = {"triage", "triage-archive"}

    def idle() -> bool:
        rows = orjson.loads(flow.triage("lag", "--json"))
        return not any(row["lag"] for row in rows["groups"] if row["group"] in waiting)

    wait_until(lambda: len(lane_ids(ends.kafka_bootstrap)) > 0 and idle(), flow, patience, "the queues do not drain")
    assert execute(ends.database_url, ROWS) == everything
    assert set(lane_ids(ends.kafka_bootstrap).values()) == {1}

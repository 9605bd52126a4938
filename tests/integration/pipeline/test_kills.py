"""SIGKILL of every kind of process, the broker included, at random moments while mails flow: nothing lost, nothing twice."""

from __future__ import annotations

import asyncio
import os
import random
import time
from pathlib import Path

import pytest

from infra.stack import KafkaBroker
from streams.events import event_id
from tests.integration.pipeline.processes import Pipeline, pipeline, write_mails
from tests.integration.pipeline.reading import archived, ids, lane_ids

MAILS = 5000
KILLS = 22
PROCESSES = ("ingest-0", "ingest-1", "worker-0", "worker-1", "archive-0", "archive-1")


def expected(account: str, count: int) -> set[str]:
    return {event_id(account, "maildir", f"{number:06d}.test.example") for number in range(count)}


async def wait_until_archived(bootstrap: str, database: str, wanted: set[str], flow: Pipeline, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while (missing := wanted - {event for event, _ in await archived(database)}) and time.monotonic() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.5)
    if missing:
        flow.show_stacks()
        where = {topic: len(missing & set(ids(bootstrap, [topic]))) for topic in ("mail.received", "mail.dead")}
        where["lanes"] = len(missing & set(lane_ids(bootstrap)))
        pytest.fail(
            f"{len(missing)} of {len(wanted)} never arrived; of these are on {where}\n{flow.triage('lag')}{flow.logs()}"
        )


async def test_5000_mails_survive_kills_of_everything(kafka_broker: KafkaBroker, database: str, tmp_path: Path) -> None:
    seed = int(os.environ.get("SEED", random.randrange(10**6)))
    print(f"seed {seed}")
    rnd = random.Random(seed)
    environment = {
        "KAFKA_BOOTSTRAP_SERVERS": kafka_broker.bootstrap,
        "DATABASE_URL": database,
        "KAFKA_SESSION_TIMEOUT_S": "6",
        "STATIC_MEMBERSHIP": "true",
    }
    with pipeline(tmp_path, **environment) as flow:
        flow.triage("topics", "create")
        flow.triage("account", "add", "box", "--maildir", str(tmp_path / "mail"), "--everything")
        write_mails(tmp_path / "mail", range(100), rnd)
        for name in PROCESSES:
            flow.start(name)
        victims = ["broker", "broker"] + [rnd.choice(PROCESSES) for _ in range(KILLS - 2)]
        rnd.shuffle(victims)
        for turn, victim in enumerate(victims):
            await asyncio.sleep(rnd.uniform(0.3, 2.5))
            first, last = (100 + (MAILS - 100) * number // KILLS for number in (turn, turn + 1))
            write_mails(tmp_path / "mail", range(first, last), rnd)
            assert not flow.died(), flow.logs()
            if victim == "broker":
                await asyncio.to_thread(kafka_broker.kill)
                await asyncio.to_thread(kafka_broker.start)
            else:
                flow.kill(victim)
                flow.start(victim)
        wanted = expected("box", MAILS)
        await wait_until_archived(kafka_broker.bootstrap, database, wanted, flow, 240)
        await asyncio.sleep(2)  # whatever would come twice is on its way now
        rows = await archived(database)
        assert sorted(rows) == sorted((event, 0) for event in wanted), (
            "PostgreSQL holds each event once and nothing else"
        )
        lanes = await asyncio.to_thread(lane_ids, kafka_broker.bootstrap)
        assert set(lanes) == wanted
        assert {event: count for event, count in lanes.items() if count > 1} == {}, (
            "visible twice to a read_committed reader"
        )
        assert not flow.died(), flow.logs()
        for name in PROCESSES:
            flow.until_up(name)
        assert [flow.terminate(name) for name in PROCESSES] == [0] * len(PROCESSES), flow.logs()


async def test_workers_and_ingest_processes_join_and_leave_under_load(
    kafka_broker: KafkaBroker, database: str, tmp_path: Path
) -> None:
    rnd = random.Random(7)
    accounts, each = [f"box-{number}" for number in range(6)], 250
    environment = {
        "KAFKA_BOOTSTRAP_SERVERS": kafka_broker.bootstrap,
        "DATABASE_URL": database,
        "KAFKA_SESSION_TIMEOUT_S": "6",
    }
    with pipeline(tmp_path, **environment) as flow:
        flow.triage("topics", "create")
        for account in accounts:
            flow.triage("account", "add", account, "--maildir", str(tmp_path / account), "--everything")
        for name in ("ingest-0", "worker-0", "archive-0"):
            flow.start(name)
        moves = [
            ("start", "worker-1"),
            ("start", "ingest-1"),
            ("stop", "worker-0"),
            ("stop", "ingest-0"),
            ("start", "worker-0"),
        ]
        for turn in range(10):
            for account in accounts:
                write_mails(tmp_path / account, range(turn * each // 10, (turn + 1) * each // 10), rnd)
            await asyncio.sleep(1.2)
            if turn % 2 and moves:
                verb, name = moves.pop(0)
                if verb == "start":
                    flow.start(name)
                else:
                    flow.until_up(name)
                    assert flow.terminate(name) == 0, flow.logs()
        wanted = set().union(*(expected(account, each) for account in accounts))
        await wait_until_archived(kafka_broker.bootstrap, database, wanted, flow, 240)
        lanes = await asyncio.to_thread(lane_ids, kafka_broker.bootstrap)
        assert set(lanes) == wanted
        assert set(lanes.values()) == {1}
        assert not flow.died(), flow.logs()

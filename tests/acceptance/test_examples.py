"""The README's consumers and its webhook receiver, as they stand there."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import pytest
from aiokafka import AIOKafkaProducer

from agents.deliver import signature
from infra.kafka import aiokafka_options
from infra.settings import Settings, load
from infra.stack import KafkaBroker
from infra.stack.ports import any_free
from streams.triage.verdict import Lane
from tests.integration.ingest.conftest import fresh_topics
from tests.integration.pipeline.processes import pipeline
from tests.unit.deliver.rows import LaneRecord, lane_record

README = Path(__file__).resolve().parents[2] / "README.md"
WAIT_S = 120


def example(name: str) -> str:
    """The block that begins with its file's name."""
    pattern = rf"^```python\n(# {re.escape(name)}\n.*?)^```$"
    (code,) = re.findall(pattern, README.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return str(code)


@contextmanager
def running(folder: Path, name: str, *arguments: str, **environment: str) -> Iterator[Path]:
    """The example as a program; the file that it prints to."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(example(name), "utf-8")
    printed = folder / f"{name}.out"
    with printed.open("ab") as output, (folder / f"{name}.err").open("ab") as errors:
        process = subprocess.Popen(
            [sys.executable, name, *arguments], cwd=folder, stdout=output, stderr=errors, env=os.environ | environment
        )
    try:
        yield printed
    finally:
        process.send_signal(signal.SIGINT)  # Ctrl-C: it leaves its group at once
        try:
            process.wait(60)
        finally:
            process.kill()


async def until_printed(printed: Path, *lines: str) -> None:
    """Wait for exactly these lines."""
    for _ in range(WAIT_S * 20):
        if len(printed.read_text().splitlines()) >= len(lines):
            break
        await asyncio.sleep(0.05)
    assert printed.read_text().splitlines() == list(lines)


@pytest.fixture
async def settings(ingest_broker: KafkaBroker) -> AsyncIterator[Settings]:
    settings = load(kafka_bootstrap_servers=ingest_broker.bootstrap, instance_id="examples")
    with fresh_topics(settings):
        yield settings


async def judge(settings: Settings, *records: LaneRecord, commit: bool = True) -> None:
    """Put verdicts on the urgent lane in one transaction, as the worker does."""
    producer = AIOKafkaProducer(**aiokafka_options(settings), transactional_id="examples")
    await producer.start()
    try:
        await producer.begin_transaction()
        for one in records:
            await producer.send_and_wait(one.topic, one.value, key=one.key, partition=one.partition)
        await (producer.commit_transaction() if commit else producer.abort_transaction())
    finally:
        await producer.stop()


def urgent(number: int, *, revision: int = 0) -> LaneRecord:
    return lane_record("home", number, lane=Lane.URGENT, subject=f"Mail {number}", priority=9, revision=revision)


@pytest.mark.parametrize("name", ["urgent_aiokafka.py", "urgent_confluent.py"])
async def test_a_consumer_acts_once_on_each_committed_verdict(settings: Settings, tmp_path: Path, name: str) -> None:
    brokers = settings.kafka_bootstrap_servers
    await judge(settings, urgent(0), urgent(1), urgent(0))
    await judge(settings, urgent(2), commit=False)
    with running(tmp_path, name, brokers) as printed:
        await until_printed(printed, "9 home Mail 0", "9 home Mail 1")
    await judge(settings, urgent(1), urgent(0, revision=1))  # a consumer meets again what it has done
    with running(tmp_path, name, brokers) as printed:
        await until_printed(printed, "9 home Mail 0", "9 home Mail 1", "9 home Mail 0")


async def test_a_receiver_takes_what_is_signed_and_nothing_else(settings: Settings, tmp_path: Path) -> None:
    secret = signature.new_secret()
    (port,) = any_free()
    url = f"http://127.0.0.1:{port}/triage"
    (tmp_path / "deliver.toml").write_text(
        f'[[endpoint]]\nname = "pager"\nurl = "{url}"\nsecrets = ["env:PAGER_SECRET"]\nlanes = ["urgent"]\n'
        'allow_networks = ["127.0.0.0/8"]\n'
    )
    environment = {
        "KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
        "DELIVER_FILE": str(tmp_path / "deliver.toml"),
        "DELIVER_RETRY_MAX_S": "0.5",
        "BREAKER_RESET_S": "0.5",
        "PAGER_SECRET": secret,
    }
    records = [urgent(0), urgent(1)]
    await judge(settings, *records)
    ids = [f"{dict(one.headers)['ce_id'].decode()}-0" for one in records]
    with (
        running(tmp_path / "receiver", "receive.py", PORT=str(port), PAGER_SECRET=secret) as printed,
        pipeline(tmp_path, **environment) as processes,
    ):
        assert "ok" in processes.triage("deliver", "check")
        processes.start("deliver-0")
        for _ in range(WAIT_S * 20):
            taken = [line for line in printed.read_text().splitlines() if "Mail" in line]
            if len(taken) >= 2:
                break
            await asyncio.sleep(0.05)
        assert taken == [f"{ids[0]} 9 Mail 0", f"{ids[1]} 9 Mail 1"], processes.logs()
        forged = signature.headers("x-0", 0, b"{}", [signature.key(signature.new_secret())])
        async with aiohttp.ClientSession() as session, session.post(url, data=b"{}", headers=forged) as answer:
            assert answer.status == 401

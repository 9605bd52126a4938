"""`triage control` as a process: real Kafka, real PostgreSQL, and dependencies that hang, die and come back."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiokafka import AIOKafkaProducer

from infra.settings import load
from infra.stack.kafka import KafkaBroker
from infra.stack.ports import any_free
from streams.admin import create_topics
from streams.status_publisher import Report, StatusPublisher

TRIAGE = (sys.executable, "-c", "from infra.cli import main; main()")
HTTP = aiohttp.ClientTimeout(total=60)


class Control:
    """The process and its two servers."""

    def __init__(self, process: asyncio.subprocess.Process, health_port: int, metrics_port: int) -> None:
        self.process = process
        self.health = f"http://127.0.0.1:{health_port}"
        self.metrics = f"http://127.0.0.1:{metrics_port}/metrics"

    async def get(self, path: str) -> tuple[int, dict[str, Any]]:
        async with aiohttp.ClientSession(timeout=HTTP) as session, session.get(self.health + path) as response:
            return response.status, await response.json()

    async def scrape(self) -> str:
        async with aiohttp.ClientSession(timeout=HTTP) as session, session.get(self.metrics) as response:
            assert response.status == 200
            return await response.text()

    async def until(self, path: str, wanted: Callable[[int, dict[str, Any]], bool]) -> dict[str, Any]:
        """Ask until the answer is the wanted one; the test's own time-out bounds it."""
        while True:
            try:
                status, body = await self.get(path)
                if wanted(status, body):
                    return body
            except aiohttp.ClientConnectionError:
                assert self.process.returncode is None
            await asyncio.sleep(0.1)


@asynccontextmanager
async def running(kafka: str, database: str, **more: str) -> AsyncIterator[Control]:
    ports = any_free(2)
    environment = environment_of(
        kafka, database, **{"HEALTH_PORT": str(ports[0]), "METRICS_PORT": str(ports[1]), **more}
    )
    process = await asyncio.create_subprocess_exec(*TRIAGE, "control", env=environment, stderr=asyncio.subprocess.PIPE)
    try:
        yield Control(process, *ports)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def environment_of(kafka: str, database: str, **more: str) -> Mapping[str, str]:
    return {
        **os.environ,
        "KAFKA_BOOTSTRAP_SERVERS": kafka,
        "DATABASE_URL": database,
        "LAG_INTERVAL_S": "0.5",
        "STATUS_INTERVAL_S": "0.5",
        "CANARY_INTERVAL_S": "0",  # the broker is shared, and nobody takes them
        **more,
    }


@asynccontextmanager
async def everybody(kafka: str) -> AsyncIterator[None]:
    """A live process of every expected kind, as far as triage.status tells."""
    async with AsyncExitStack() as stack:
        for component in ("ingest", "worker", "archive"):
            settings = load(kafka_bootstrap_servers=kafka, instance_id=f"{component}-1", status_interval_s=0.5)
            await stack.enter_async_context(StatusPublisher(settings, component, lambda: Report(counts={"done": 3})))
        yield


@pytest.fixture
def with_topics(kafka: str) -> str:
    create_topics(load(kafka_bootstrap_servers=kafka))
    return kafka


async def test_it_is_ready_once_every_component_lives_and_says_which_one_went(with_topics, database):
    async with running(with_topics, database) as control:
        status, _ = await asyncio.wait_for(first_answer(control), 120)
        assert status == 503
        async with everybody(with_topics):
            await control.until("/health/ready", lambda status, _: status == 200)
            _, parts = await control.get("/health/components")
            assert parts["components"]["worker"]["counts"] == {"done": 3}
            assert parts["components"]["database"]["status"] == "ok"
            text = await control.scrape()
            assert 'crewai_component_up{component="worker"} 1.0' in text
            assert 'crewai_component_count{component="worker",count="done"} 3.0' in text
        # They said goodbye: no waiting for silence.
        await control.until(
            "/health/ready",
            lambda status, body: status == 503 and "worker: no live process" in " ".join(body["reasons"]),
        )
        assert (await control.get("/health"))[0] == 200


async def first_answer(control: Control) -> tuple[int, dict[str, Any]]:
    await control.until("/health/live", lambda status, _: status == 200)
    return await control.get("/health/ready")


async def test_queue_lengths_are_scraped_and_are_mails(with_topics, database, unique):
    producer = AIOKafkaProducer(bootstrap_servers=with_topics, transactional_id=unique)
    await producer.start()
    for _ in range(2):
        await producer.begin_transaction()
        await producer.send_and_wait("mail.urgent", b"{}", partition=2)
        await producer.commit_transaction()
    await producer.begin_transaction()
    await producer.send_and_wait("mail.urgent", b"{}", partition=2)
    await producer.abort_transaction()
    await producer.stop()
    async with running(with_topics, database) as control:
        await control.until("/health", lambda _, body: body["components"].get("lag") == "ok")
        text = await control.scrape()
    assert 'crewai_email_queue_length{lane="urgent"} 2.0' in text
    assert 'crewai_email_queue_length{lane="low"} 0.0' in text
    assert 'kafka_consumergroup_group_lag{group="triage-archive",partition="2",topic="mail.urgent"} 2.0' in text


@asynccontextmanager
async def mute_server() -> AsyncIterator[int]:
    """A port that accepts connections and then says nothing at all."""
    accepted: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _, writer: accepted.append(writer), "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in accepted:
            writer.transport.abort()


async def test_it_answers_while_every_dependency_hangs():
    async with mute_server() as port, running(f"127.0.0.1:{port}", f"postgresql://x@127.0.0.1:{port}/x") as control:
        body = await control.until(
            "/health", lambda _, body: any("database: no answer within" in reason for reason in body["reasons"])
        )
        assert body["status"] == "down"
        assert any("kafka: no answer" in reason for reason in body["reasons"])
        assert (await control.get("/health/live"))[0] == 200
        assert (await control.get("/health/ready"))[0] == 503
        for path in ("/health", "/health/live", "/health/ready", "/health/components"):
            assert await at_best_s(control, path) < 0.1, path
        control.process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(control.process.wait(), 60) == 0


async def at_best_s(control: Control, path: str) -> float:
    """How long an answer takes; the quickest, because this machine has more to do. What waits for another, always does."""
    took = []
    for _ in range(15):
        began = time.monotonic()
        await control.get(path)
        took.append(time.monotonic() - began)
    return min(took)


async def test_kafka_may_come_later_go_away_and_come_back(kafka_broker: KafkaBroker, database):
    """Lag series vanish while it is away: the last figure is not the present one."""
    await asyncio.to_thread(create_topics, load(kafka_bootstrap_servers=kafka_broker.bootstrap))
    await asyncio.to_thread(kafka_broker.stop)
    async with running(kafka_broker.bootstrap, database) as control:
        await control.until("/health", lambda _, body: body["components"]["kafka"] == "down")
        assert "crewai_email_queue_length{" not in await control.scrape()
        await asyncio.to_thread(kafka_broker.start)
        await control.until("/health", lambda _, body: body["components"].get("lag") == "ok")
        assert "crewai_email_queue_length{" in await control.scrape()
        await asyncio.to_thread(kafka_broker.kill)
        await control.until("/health", lambda _, body: body["components"].get("lag") == "degraded")
        assert "crewai_email_queue_length{" not in await control.scrape()
        await asyncio.to_thread(kafka_broker.start)
        await control.until(
            "/health", lambda _, body: body["components"].get("lag") == body["components"]["kafka"] == "ok"
        )


@pytest.mark.parametrize("setting", ["HEALTH_PORT", "METRICS_PORT"])
async def test_a_port_in_use_is_named_with_its_setting(kafka, database, setting):
    async with mute_server() as port, running(kafka, database, **{setting: str(port)}) as control:
        _, complaint = await asyncio.wait_for(control.process.communicate(), 120)
    assert control.process.returncode == 1
    assert f"port {port} on 127.0.0.1 is in use: stop the other program or set {setting}" in complaint.decode()
    assert "Traceback" not in complaint.decode()


async def test_it_ends_in_order_and_takes_its_status_back(with_topics, database):
    async with running(with_topics, database, INSTANCE_ID="control-x") as control:
        await control.until("/health", lambda _, body: body["components"].get("control") == "ok")
        control.process.send_signal(signal.SIGTERM)
        _, log = await asyncio.wait_for(control.process.communicate(), 60)
        assert control.process.returncode == 0
        assert "Traceback" not in log.decode()
        assert '"message":"stopping"' in log.decode()
    async with running(with_topics, database) as other:
        await other.until("/health", lambda _, body: body["components"].get("control") == "ok")
        _, parts = await other.get("/health/components")
        names = [one["instance"] for one in parts["components"]["control"]["instances"]]
        assert "control-x" not in names

"""`triage deliver` as people run it: processes of their own between a real broker and receivers of ours."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiokafka import AIOKafkaProducer
from confluent_kafka import ConsumerGroupTopicPartitions
from confluent_kafka.admin import AdminClient

from agents.deliver import signature
from agents.deliver.endpoints import GROUP_PREFIX
from infra.kafka import aiokafka_options
from infra.settings import Settings, load
from infra.stack import KafkaBroker
from streams.kafka_errors import answered
from streams.partitioning import partition_of
from streams.topics import LANES
from streams.triage.verdict import Lane
from tests.integration.ingest.conftest import fresh_topics
from tests.integration.pipeline.processes import Pipeline, pipeline
from tests.services.group import members
from tests.unit.deliver.rows import lane_record

SECRET = signature.new_secret()
WAIT_S = 120


class Receiver:
    """A downstream service: checks each signature, keeps what came in its order, answers as `answer` says."""

    def __init__(self) -> None:
        self.url = ""
        self.got: dict[str, list[str]] = defaultdict(list)
        """Event ids by account, with repetitions."""
        self.ids: dict[tuple[str, int], set[str]] = defaultdict(set)
        """webhook-ids by event id and revision."""
        self.answer: Callable[[dict[str, Any]], Awaitable[int]] = self._taken

    @staticmethod
    async def _taken(_: dict[str, Any]) -> int:
        return 204

    async def serve(self, request: web.Request) -> web.Response:
        body = await request.read()
        now = float(request.headers[signature.TIMESTAMP])
        message_id = signature.verify(request.headers, body, [signature.key(SECRET)], now=now)
        verdict = json.loads(body)
        status = await self.answer(verdict)
        if status < 300:
            self.got[verdict["account"]].append(verdict["event_id"])
            self.ids[verdict["event_id"], verdict["revision"]].add(message_id)
        return web.Response(status=status)

    @property
    def total(self) -> int:
        return sum(map(len, self.got.values()))


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver, app = Receiver(), web.Application()
    app.router.add_post("/hook", receiver.serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield receiver
    finally:
        await runner.cleanup()


class Site:
    """The broker's lanes, the endpoints' file and the processes of one test; accounts and endpoints are its own."""

    def __init__(self, settings: Settings, processes: Pipeline, unique: str) -> None:
        self.settings, self.processes, self.unique = settings, processes, unique
        self._file = ""

    def account(self, name: str) -> str:
        return f"{self.unique}-{name}"

    def endpoint(self, name: str, url: str, **fields: object) -> str:
        """Add an endpoint; its name."""
        fields = {
            "name": f"{self.unique}-{name}", "url": url, "secrets": ["env:HOOK_SECRET"], "timeout_s": 60,
            "accounts": [f"{self.unique}-*"], "allow_networks": ["127.0.0.0/8"],
        } | fields  # fmt: skip
        lines = (f"{key} = {json.dumps(value)}" for key, value in fields.items())
        self._file += "[[endpoint]]\n" + "\n".join(lines) + "\n\n"
        (self.processes.folder / "deliver.toml").write_text(self._file)
        return str(fields["name"])

    async def judged(
        self, *accounts: str, lane: Lane = Lane.HIGH, begin: int = 0, each: int = 1
    ) -> dict[str, list[str]]:
        """Put verdicts on a lane, in turn of the accounts; event ids by account."""
        producer = AIOKafkaProducer(**aiokafka_options(self.settings), linger_ms=5)
        await producer.start()
        written: dict[str, list[str]] = defaultdict(list)
        sent = []
        try:
            for number in range(begin, begin + each):
                for account in accounts:
                    one = lane_record(account, number, lane=lane)
                    partition = partition_of(account.encode(), self.settings.topic_partitions)
                    sent.append(
                        await producer.send(
                            LANES[lane].name, one.value, key=one.key, partition=partition, headers=list(one.headers)
                        )
                    )
                    written[account].append(dict(one.headers)["ce_id"].decode())
            await asyncio.gather(*sent)
        finally:
            await producer.stop()
        return dict(written)

    def committed(self, endpoint: str) -> dict[tuple[str, int], int]:
        """Offsets of an endpoint's group; none yet."""
        admin = AdminClient({"bootstrap.servers": self.settings.kafka_bootstrap_servers})
        group = GROUP_PREFIX + endpoint
        asked = answered(
            lambda: admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])[group], within_s=60
        )
        return {(one.topic, one.partition): one.offset for one in asked.topic_partitions}

    def members(self, endpoint: str) -> dict[str, int]:
        """Members of an endpoint's group, with how many partitions each has."""
        return members(self.settings.kafka_bootstrap_servers, GROUP_PREFIX + endpoint)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for it; a process that ends meanwhile is a failure."""
        try:
            async with asyncio.timeout(WAIT_S):
                while not holds():
                    assert self.processes.died() == [], self.processes.logs()
                    await asyncio.sleep(0.02)
        except TimeoutError:
            pytest.fail(self.processes.logs())

    async def command(self, *arguments: str) -> tuple[int, str]:
        """`triage ARGUMENTS`: exit code and output, while this process's receivers answer."""
        code, stdout, stderr = await asyncio.to_thread(self.processes.outcome, *arguments)
        assert code in {0, 1}, stderr
        return code, stdout


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as one:
        yield one


@pytest.fixture
async def other() -> AsyncIterator[Receiver]:
    async with receiving() as one:
        yield one


@pytest.fixture
def deliver_settings(ingest_broker: KafkaBroker) -> Iterator[Settings]:
    settings = load(kafka_bootstrap_servers=ingest_broker.bootstrap, instance_id="deliver-test")
    with fresh_topics(settings):
        yield settings


@pytest.fixture
def site(deliver_settings: Settings, tmp_path: Path, unique: str) -> Iterator[Site]:
    environment = {
        "KAFKA_BOOTSTRAP_SERVERS": deliver_settings.kafka_bootstrap_servers,
        "KAFKA_SESSION_TIMEOUT_S": "6",
        "DELIVER_FILE": str(tmp_path / "deliver.toml"),
        "DELIVER_RETRY_MAX_S": "0.2",
        "BREAKER_RESET_S": "0.5",
        "STATUS_INTERVAL_S": "0.3",
        "HOOK_SECRET": SECRET,
    }
    with pipeline(tmp_path, **environment) as processes:
        yield Site(deliver_settings, processes, unique)

"""A broker, a model, and a worker and a crew process that the tests of this folder share."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer

from streams.events import VerdictRecord
from streams.partitioning import partition_of
from streams.reviews import Review, ReviewRequest
from streams.topics import LANES, RECEIVED, REVIEW, REVIEWED
from tests.integration.pipeline.processes import Pipeline, pipeline
from tests.services.log import committed_records
from tests.services.model import Model, crew_python
from tests.services.servers import new_broker, running
from tests.unit.crew.requests import UNSURE, mail

PARTITIONS = 2
DAY_TOKENS = 120_000


@dataclass
class System:
    """What runs, and what is on its topics."""

    bootstrap: str
    flow: Pipeline
    model: Model
    crew: tuple[str, ...]
    sent: int = 0
    reviewed: list[Review] = field(default_factory=list)

    def start_crew(self, name: str = "crew-0") -> None:
        self.flow.start(name, *self.crew)

    def send(self, count: int, account: str = "box", *, subject: str = UNSURE[0], text: str = UNSURE[1]) -> list[str]:
        """Put mails of different strangers on mail.received; their event ids."""
        producer = Producer({"bootstrap.servers": self.bootstrap, "linger.ms": 5})
        ids = []
        for _ in range(count):
            self.sent += 1
            received = mail(self.sent, account, subject, text)
            headers: Any = list(received.headers())
            producer.produce(
                RECEIVED.name, received.raw, account.encode(), partition_of(account.encode(), PARTITIONS),
                headers=headers,
            )  # fmt: skip
            ids.append(received.event_id)
        producer.flush(60)
        return ids

    def ask(self, requests: Iterable[ReviewRequest]) -> None:
        """Put review requests on mail.review, as the worker does."""
        producer = Producer({"bootstrap.servers": self.bootstrap, "linger.ms": 5})
        for request in requests:
            key = request.verdict.account.encode()
            headers: Any = [("ce_id", request.verdict.event_id.encode()), ("traceparent", b"")]
            partition = partition_of(key, PARTITIONS)
            producer.produce(REVIEW.name, request.encode(), key, partition, headers=headers)
        producer.flush(60)

    def put(self, topic: str, account: str, values: Iterable[bytes | None]) -> None:
        """Anything at all."""
        producer = Producer({"bootstrap.servers": self.bootstrap, "linger.ms": 5})
        key = account.encode()
        for value in values:
            producer.produce(topic, value, key, partition_of(key, PARTITIONS))
        producer.flush(60)

    def requests(self) -> list[ReviewRequest]:
        return [ReviewRequest.decode(one.value()) for one in committed_records(self.bootstrap, REVIEW.name)]

    def reviews(self) -> list[Review]:
        return [Review.decode(one.value()) for one in committed_records(self.bootstrap, REVIEWED.name)]

    def verdicts(self) -> list[VerdictRecord]:
        lanes = [lane.name for lane in LANES.values()]
        return [VerdictRecord.decode(one.value()) for one in committed_records(self.bootstrap, *lanes)]

    def until(self, holds: Callable[[], bool], what: str, seconds: float = 120) -> None:
        """Wait for a condition."""
        deadline = time.monotonic() + seconds
        while not holds():
            assert not self.flow.died(), self.flow.logs()
            assert time.monotonic() < deadline, f"{what}\n{self.flow.logs()}"
            time.sleep(0.3)


@pytest.fixture(scope="module")
def model() -> Iterator[Model]:
    with running(Model()) as made:
        yield made


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory, model: Model) -> Iterator[System]:
    """One worker and one crew process on a broker of their own."""
    python = crew_python()
    folder: Path = tmp_path_factory.mktemp("crew")
    with running(new_broker(tmp_path_factory.mktemp("crew-broker"))) as broker:
        environment = {
            "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap,
            "KAFKA_SESSION_TIMEOUT_S": "6",
            "STATIC_MEMBERSHIP": "true",
            "TOPIC_PARTITIONS": str(PARTITIONS),
            "CREW_URL": model.remote.endpoint,
            "CREW_MODEL": "scripted",
            "CREW_TIMEOUT_S": "2",
            "CREW_RETRY_S": "0.1",
            "CREW_CONCURRENCY": "4",
            "CREW_TOKENS_PER_DAY": str(DAY_TOKENS),
            "BREAKER_FAILURES": "3",
            "BREAKER_RESET_S": "1",
            "STATUS_INTERVAL_S": "0.5",
            "LOG_FORMAT": "text",
        }
        with pipeline(folder, **environment) as flow:
            flow.triage("topics", "create")
            made = System(broker.bootstrap, flow, model, (str(python), "-m", "tests.integration.crew.watched"))
            flow.start("worker-0")
            made.start_crew()
            yield made

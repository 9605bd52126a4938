"""Follows topics as a downstream consumer does, and notes when each mail got there."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, NamedTuple, Self

from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

from streams.topics import LANES

LANE_NAMES = tuple(topic.name for topic in LANES.values())


class Landed(NamedTuple):
    """One record, times in seconds since 1970."""

    found: float
    """When ingest learned of the mail (ce_time)."""
    logged: float
    """The record's own time: the broker's clock on lanes, the producer's on mail.received."""
    seen: float
    """When the consumer here was given it, i.e. after the transaction was committed."""


class Follower:
    """Reads topics from their beginning, read_committed, in a thread of its own, until the block ends."""

    def __init__(self, bootstrap: str, topics: Sequence[str] = LANE_NAMES) -> None:
        self._topics = topics
        self._consumer = Consumer({
            "bootstrap.servers": bootstrap,
            "group.id": "bench-follower",  # required by the client; it neither joins nor commits
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "fetch.wait.max.ms": 50,
        })  # fmt: skip
        self.landed: dict[str, Landed] = {}
        """By event id."""
        self._lock = threading.Condition()
        self._ending = False
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def __enter__(self) -> Self:
        partitions = [
            TopicPartition(topic, partition, OFFSET_BEGINNING)
            for topic in self._topics
            for partition in self._consumer.list_topics(topic, timeout=10).topics[topic].partitions
        ]
        self._consumer.assign(partitions)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending = True
        self._thread.join()
        self._consumer.close()

    def until(self, count: int, seconds: float) -> None:
        """Return when so many mails have landed.

        Raises:
            TimeoutError
        """
        with self._lock:
            if not self._lock.wait_for(lambda: len(self.landed) >= count, seconds):
                raise TimeoutError(f"{len(self.landed)} of {count} mails on {self._topics} after {seconds:.0f} s")

    def _follow(self) -> None:
        while not self._ending:
            first = self._consumer.poll(0.02)  # `consume` would wait for a full thousand
            now = time.time()
            messages = [] if first is None else [first, *self._consumer.consume(1000, 0)]
            with self._lock:
                for message in messages:
                    if message.error() is None:
                        self._take(message, now)
                self._lock.notify_all()

    def _take(self, message: Any, now: float) -> None:
        headers = dict(message.headers())
        found = datetime.fromisoformat(headers["ce_time"].decode()).timestamp()
        self.landed[headers["ce_id"].decode()] = Landed(found, message.timestamp()[1] / 1000, now)

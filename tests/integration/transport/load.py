"""Events for the counting agent, written in transactions of which some are aborted, and the model of what must come out."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from confluent_kafka import KafkaException, Producer

from tests.integration.transport.counting import PARTITIONS

KEYS = 60
_STEP_S = 5.0
_TRIES = 24
"""A broker may be away for two minutes."""


@dataclass
class Model:
    """What the committed input holds."""

    events: dict[bytes, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    """Good event ids per key, in the order of the input."""
    poison: list[bytes] = field(default_factory=list)

    @property
    def outputs(self) -> dict[bytes, list[bytes]]:
        """Values per key, in order, that the agent must have written, each once."""
        return {
            key: [b"%s %d" % (event, count) for count, event in enumerate(events, 1)]
            for key, events in self.events.items()
        }

    @property
    def counts(self) -> dict[bytes, int]:
        """Rows of the table."""
        return {key: len(events) for key, events in self.events.items()}


class Load:
    """Writes events; after a failed transaction the same events are written again, so the model stays right."""

    def __init__(self, bootstrap: str, prefix: str, rnd: random.Random) -> None:
        self._topic, self._rnd = f"{prefix}in", rnd
        self.model = Model()
        self.written = 0
        self.aborted = 0
        self._producer = Producer(
            {
                "bootstrap.servers": bootstrap,
                "transactional.id": f"{prefix}load",
                "linger.ms": 2,
                "retry.backoff.ms": 5,
                "retry.backoff.max.ms": 500,
                "log_level": 2,
            }
        )
        self._until_done(self._producer.init_transactions)

    def write(self, events: int, *, keys: int = KEYS, poison: float = 0.01, aborts: float = 0.1) -> None:
        """One transaction of this many new events, perhaps after an aborted one of events that nobody may ever see."""
        if self._rnd.random() < aborts:
            self._send([(self._key(keys), b"aborted %d" % number) for number in range(self._rnd.randrange(1, 30))])
            self._until_done(self._producer.abort_transaction)
            self.aborted += 1
        batch = []
        for _ in range(events):
            kind = b"poison" if self._rnd.random() < poison else b"event"
            batch.append((self._key(keys), b"%s-%d" % (kind, self.written)))
            self.written += 1
        while not self._committed(batch):
            self.aborted += 1
        for key, value in batch:
            if value.startswith(b"poison"):
                self.model.poison.append(value)
            else:
                self.model.events[key].append(value)

    def _key(self, keys: int) -> bytes:
        return b"box-%d" % self._rnd.randrange(keys)

    def _send(self, batch: list[tuple[bytes, bytes]]) -> None:
        self._producer.begin_transaction()
        for key, value in batch:
            partition = int(key[4:]) % PARTITIONS
            self._producer.produce(self._topic, value, key, partition)
        self._producer.flush(_STEP_S)  # an aborted event shall really reach the log

    def _committed(self, batch: list[tuple[bytes, bytes]]) -> bool:
        self._send(batch)
        try:
            self._until_done(self._producer.commit_transaction)
        except KafkaException as error:
            if not error.args[0].txn_requires_abort():
                raise
            self._until_done(self._producer.abort_transaction)
            return False
        return True

    @staticmethod
    def _until_done(call: Callable[[float], object]) -> None:
        for attempt in range(_TRIES):
            try:
                call(_STEP_S)
            except KafkaException as error:
                if not error.args[0].retriable() or attempt == _TRIES - 1:
                    raise
            else:
                return

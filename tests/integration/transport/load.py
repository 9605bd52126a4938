"""Events for the counting agent, written in transactions of which some are aborted."""

from __future__ import annotations

import random
from collections.abc import Callable

from confluent_kafka import KafkaException, Producer

from tests.integration.transport.counting import PARTITIONS
from tests.integration.transport.model import Model
from tests.services.log import committed_records

KEYS = 60
_STEP_S = 5.0
_TRIES = 24
"""A broker may be away for two minutes."""


class Load:
    """Writes events; after a failed transaction the same events are written again, so the model stays right."""

    def __init__(self, bootstrap: str, prefix: str, rnd: random.Random) -> None:
        self._bootstrap, self._prefix, self._topic, self._rnd = bootstrap, prefix, f"{prefix}in", rnd
        self.model = Model()
        self.written = 0
        self.aborted = 0
        self._producer = self._opened()

    def _opened(self) -> Producer:
        producer = Producer(
            {
                "bootstrap.servers": self._bootstrap,
                "transactional.id": f"{self._prefix}load",
                "linger.ms": 2,
                "retry.backoff.ms": 5,
                "retry.backoff.max.ms": 500,
                "log_level": 2,
            }
        )
        self._until_done(producer.init_transactions)
        return producer

    def write(self, events: int, *, keys: int = KEYS, poison: float = 0.01, aborts: float = 0.1) -> None:
        """One transaction of this many new events, perhaps after an aborted one of events that nobody may ever see."""
        if self._rnd.random() < aborts:
            lost = [(self._key(keys), b"aborted %d" % number) for number in range(self._rnd.randrange(1, 30))]
            assert not self._sent(lost, commit=False)
            self.aborted += 1
        batch = []
        for _ in range(events):
            kind = b"poison" if self._rnd.random() < poison else b"event"
            batch.append((self._key(keys), b"%s-%d" % (kind, self.written)))
            self.written += 1
        while not self._sent(batch):
            self.aborted += 1
        for key, value in batch:
            if value.startswith(b"poison"):
                self.model.poison.append(value)
            else:
                self.model.events[key].append(value)

    def _key(self, keys: int) -> bytes:
        return b"box-%d" % self._rnd.randrange(keys)

    def _sent(self, batch: list[tuple[bytes, bytes]], *, commit: bool = True) -> bool:
        """Whether the batch is committed."""
        producer = self._producer
        try:
            producer.begin_transaction()
            for key, value in batch:
                producer.produce(self._topic, value, key, int(key[4:]) % PARTITIONS)
            producer.flush(_STEP_S)  # an aborted event shall really reach the log
            self._until_done(producer.commit_transaction if commit else producer.abort_transaction)
            return commit
        except KafkaException as error:
            cause = error.args[0]
            if cause.fatal() or not cause.txn_requires_abort():
                return self._asked(batch)
        try:
            self._until_done(producer.abort_transaction)
        except KafkaException:
            return self._asked(batch)
        return False

    def _asked(self, batch: list[tuple[bytes, bytes]]) -> bool:
        """A broker died in the middle and the producer cannot say what became of the batch: the topic can."""
        self._producer = self._opened()  # ends the old one's transaction, one way or the other
        return batch[-1][1] in {message.value() for message in committed_records(self._bootstrap, self._topic)}

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

"""One input partition at work: fetch, decide, do the effects, commit everything in one transaction, again.

States: waiting for records (may be cancelled at any time) or committing (must be let finish)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Protocol

from confluent_kafka import TopicPartition

from infra.errors import Transient
from monitoring.metrics import BATCH_SECONDS, TRANSACTIONS
from streams.runtime.agent import Event, Output
from streams.runtime.batch import Decided, Decider
from streams.runtime.tables import Rows
from streams.transport.offsets import GroupOffsets
from streams.transport.producer import Aborted, TransactionalProducer

log = logging.getLogger(__name__)
_PAUSE_S, _PAUSE_MAX_S = 0.05, 5.0
_ABORTS_TO_TELL = 3
"""A broker that comes back costs one or two; more than that in a row is something to see."""


class Inputs(Protocol):
    """What a task needs of the group's consumer."""

    async def fetch(self, topic: str, partition: int, limit: int) -> Sequence[Event]:
        """Records from the position on, read_committed; empty after a short wait without any."""
        ...

    def seek(self, topic: str, partition: int, offset: int) -> None:
        """Fetch from `offset` next."""
        ...


@dataclass(slots=True, kw_only=True)
class Progress:
    """What a task has done since it was opened, for status and health."""

    records: int = 0
    transactions: int = 0
    aborted: int = 0
    stuck: str = ""
    """Why the task waits, e.g. a database that is away; empty when it does not."""


class PartitionTask:
    """The work on one input partition, from the moment its producer is open until the partition is lost."""

    def __init__(
        self,
        topic: str,
        partition: int,
        *,
        decider: Decider,
        producer: TransactionalProducer,
        offsets: GroupOffsets,
        inputs: Inputs,
        rows: Rows,
        position: int,
        batch_size: int,
    ) -> None:
        self.topic, self.partition, self.rows, self.position = topic, partition, rows, position
        self.producer = producer
        self.progress = Progress()
        self.committing = False
        self._decider, self._offsets, self._inputs, self._batch_size = decider, offsets, inputs, batch_size
        self._changelogs = {table.name: table.changelog for table in decider.agent.tables}
        self._stopping = False

    async def run(self) -> None:
        """Work until stopped.

        Raises:
            LostOwnership: another process owns the partition now.
            TooManyDeadLetters
        """
        self._stopping = False
        self._inputs.seek(self.topic, self.partition, self.position)
        while not self._stopping:
            records = await self._inputs.fetch(self.topic, self.partition, self._batch_size)
            # The fetch may be from before a seek: what is behind the position is committed already.
            fresh = [record for record in records if record.offset >= self.position]
            if fresh:
                await self._take(fresh)

    def stop(self) -> None:
        """End after the running transaction."""
        self._stopping = True

    async def _take(self, records: Sequence[Event]) -> None:
        taken = aborts = 0
        pause = _PAUSE_S
        while taken < len(records) and not self._stopping:
            started = monotonic()
            decided = await self._decider.decide(records[taken:], self.rows)
            await self._do_effects(decided)
            try:
                await self._commit(decided)
            except Aborted as error:
                self.progress.aborted += 1
                TRANSACTIONS.labels(self._decider.agent.name, "aborted").inc()
                log.warning("transaction aborted, taking the batch again: %s", error, extra=self._where())
                aborts += 1
                if aborts >= _ABORTS_TO_TELL:
                    self.progress.stuck = f"no transaction succeeds: {error}"
                await asyncio.sleep(pause)
                pause = min(2 * pause, _PAUSE_MAX_S)
                continue
            taken += decided.taken
            aborts, pause, self.progress.stuck = 0, _PAUSE_S, ""
            BATCH_SECONDS.labels(self._decider.agent.name).observe(monotonic() - started)

    async def _do_effects(self, decided: Decided) -> None:
        effect = self._decider.agent.effect
        if effect is None or not decided.effects:
            return
        pause = _PAUSE_S
        while True:
            try:
                rejected = await effect([outcome.effect for _, outcome in decided.effects])
                break
            except Transient as error:
                if not self.progress.stuck:
                    log.warning("waiting: %s", error, extra=self._where())
                self.progress.stuck = str(error) or type(error).__name__
                await asyncio.sleep(pause)
                pause = min(2 * pause, _PAUSE_MAX_S)
        if self.progress.stuck:
            log.info("going on after: %s", self.progress.stuck, extra=self._where())
            self.progress.stuck = ""
        self._decider.reject(decided, rejected)

    async def _commit(self, decided: Decided) -> None:
        outputs = decided.outputs + [
            Output(topic=self._changelogs[name], key=key, value=value)
            for name, changes in decided.changes.items()
            for key, value in changes.items()
        ]
        offset = TopicPartition(self.topic, self.partition, decided.next_offset)
        self.committing = True
        try:
            await self.producer.write(outputs, self.partition, offset, self._offsets.metadata)
        finally:
            self.committing = False
        self._keep(decided)

    def _keep(self, decided: Decided) -> None:
        self.position = decided.next_offset
        for name, changes in decided.changes.items():
            self.rows.setdefault(name, {}).update(changes)
        self.progress.records += decided.taken
        self.progress.transactions += 1
        TRANSACTIONS.labels(self._decider.agent.name, "committed").inc()
        self._decider.count(decided)

    def _where(self) -> dict[str, object]:
        return {"topic": self.topic, "partition": self.partition, "offset": self.position}

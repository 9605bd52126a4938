"""One input partition at work: take what is there, decide, do the effects, commit everything in one transaction, again.

States: waiting for records (may be cancelled at any time) or committing (must be let finish)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import chain
from time import monotonic
from typing import Protocol

from confluent_kafka import TopicPartition

from infra.errors import Transient
from monitoring.metrics import BATCH_SECONDS, TRANSACTIONS
from streams.runtime.agent import Event, Output
from streams.runtime.batch import Decided, Decider
from streams.runtime.spans import trace
from streams.runtime.store import Store
from streams.runtime.tables import Tables, position_key
from streams.tracing import SPANS
from streams.transport.flow import Flow
from streams.transport.merge import Inlet, Merged
from streams.transport.offsets import GroupOffsets
from streams.transport.producer import Aborted, TransactionalProducer

log = logging.getLogger(__name__)
_PAUSE_S, _PAUSE_MAX_S = 0.05, 5.0
_ABORTS_TO_TELL = 3
"""A broker that comes back costs one or two; more than that in a row is something to see."""
CHECKPOINT_S = 60.0
"""A store learns this often how much of its changelogs it holds: what a start after a kill replays at most."""
_CLOSE_S = 2.0


class Inputs(Protocol):
    """What a task needs to read its partition."""

    def read(self, topic: str, partition: int, offset: int) -> Inlet:
        """Its records from `offset` on."""
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
        tables: Tables,
        position: int,
        flow: Flow,
        joined: Mapping[str, int] | None = None,
    ) -> None:
        """`joined`: positions of the topics that are read together with `topic`."""
        self.topic, self.partition, self.tables = topic, partition, tables
        self.positions = {topic: position, **(joined or {})}
        """Next offset of each input."""
        self.producer = producer
        self.progress = Progress()
        self.committing = False
        self._decider, self._offsets, self._inputs, self._flow = decider, offsets, inputs, flow
        self._changelogs = {table.name: table.changelog for table in decider.agent.tables}
        self._first_changelogs = {
            name: decider.agent.tables_of(name)[0].changelog for name in self.positions if self._changelogs
        }
        """By input: where its position is written."""
        self._stopping = False
        self._checkpoint_at = monotonic() + CHECKPOINT_S
        self.changed = False
        """Whether rows have changed since the last checkpoint."""

    @property
    def position(self) -> int:
        """Next offset of the input that the task is named after."""
        return self.positions[self.topic]

    async def run(self) -> None:
        """Work until stopped.

        Raises:
            LostOwnership: another process owns the partition now.
            TooManyDeadLetters, StoreFailed
        """
        self._stopping = False
        while not self._stopping:
            await self._flow.until_released(self.topic)
            inlet = self._inlet()
            try:
                while self._going and await self._take(await inlet.take(self._flow.size_of(self.topic))):
                    if self.changed and monotonic() > self._checkpoint_at:
                        await self.checkpoint()
            finally:
                inlet.close()

    def _inlet(self) -> Inlet:
        inlets = {topic: self._inputs.read(topic, self.partition, at) for topic, at in self.positions.items()}
        return inlets[self.topic] if len(inlets) == 1 else Merged(inlets)

    @property
    def _going(self) -> bool:
        """Not while the topic is held: what was fetched is dropped then, and read again from the position."""
        return not self._stopping and self.topic not in self._flow.held

    def stop(self) -> None:
        """End after the running transaction."""
        self._stopping = True

    async def _take(self, records: Sequence[Event]) -> bool:
        """Whether all of them were taken; if not, they have to be read again."""
        aborts, pause = 0, _PAUSE_S
        while records and self._going:
            started = monotonic()
            try:
                async with self._flow.place(self.topic):
                    # Asked again here: the size may have changed while records were waited for.
                    decided = await self._decider.decide(records[: self._flow.size_of(self.topic)], self.tables)
                if not await self._do_effects(decided):
                    break
                async with self._flow.place(self.topic):
                    await self._commit(decided)
            except Aborted as error:
                self.progress.aborted += 1
                TRANSACTIONS.labels(self._decider.agent.name, "aborted").inc()
                log.warning("transaction aborted, taking the batch again: %s", error, extra=_at(records[0]))
                aborts += 1
                if aborts >= _ABORTS_TO_TELL:
                    self.progress.stuck = f"no transaction succeeds: {error}"
                await asyncio.sleep(pause)
                pause = min(2 * pause, _PAUSE_MAX_S)
                continue
            records = records[decided.taken :]
            aborts, pause, self.progress.stuck = 0, _PAUSE_S, ""
            seconds = monotonic() - started
            BATCH_SECONDS.labels(self._decider.agent.name).observe(seconds)
            if SPANS.on:
                trace(SPANS, self._decider.agent.name, decided, seconds)
        self.progress.stuck = ""
        return not records

    async def _do_effects(self, decided: Decided) -> bool:
        """Whether they were done; not, when the topic is to be held and they do not succeed."""
        effect = self._decider.agent.effect
        if effect is None or not (effects := decided.effects):
            return True
        pause = _PAUSE_S
        while True:
            try:
                async with self._flow.place(self.topic):  # not while it waits: others may succeed
                    rejected = await effect(list(effects.values()))
                break
            except Transient as error:
                if not self.progress.stuck:
                    log.warning("waiting: %s", error, extra=_at(decided.events[0]))
                self.progress.stuck = str(error) or type(error).__name__
                await asyncio.sleep(pause)
                pause = min(2 * pause, _PAUSE_MAX_S)
                if not self._going:
                    return False
        if self.progress.stuck:
            log.info("going on after: %s", self.progress.stuck, extra=_at(decided.events[0]))
            self.progress.stuck = ""
        if rejected:
            numbers = list(effects)
            self._decider.reject(decided, {numbers[index]: error for index, error in rejected.items()})
        return True

    async def _commit(self, decided: Decided) -> None:
        outputs: Iterator[Output] = iter(decided.outputs)
        if self._changelogs:
            outputs = chain(outputs, self._changes(decided))
        topic, position = decided.events[0].topic, decided.next_offset
        key = position_key(topic, self.topic)
        store = partial(self.tables.store_batch, decided.rows, position, key) if self._changelogs else _nothing
        offset = TopicPartition(topic, self.partition, position)
        self.committing = True
        try:
            await self.producer.write(outputs, offset, self._offsets.metadata, store)
        finally:
            self.committing = False
        self._keep(decided)

    def _changes(self, decided: Decided) -> Iterator[Output]:
        """Changelog records: the changed rows, and up to where in the input the rows count the events."""
        for name, changed in decided.rows.items():
            topic = self._changelogs[name]
            for key, value in changed.items():
                yield Output(topic, key, value)
        topic = decided.events[0].topic
        yield Output(self._first_changelogs[topic], position_key(topic, self.topic), b"%d" % decided.next_offset)

    def _keep(self, decided: Decided) -> None:
        self.positions[decided.events[0].topic] = decided.next_offset
        if self._changelogs:
            self.tables.remember_batch(decided.entries)
            self.changed = True
        self.progress.records += decided.taken
        self.progress.transactions += 1
        TRANSACTIONS.labels(self._decider.agent.name, "committed").inc()
        self._decider.count(decided)

    async def checkpoint(self) -> None:
        """Tell the store how much of its changelogs it holds: all that is there, as only this task's transactions
        write to them and none is running."""
        self._checkpoint_at = monotonic() + CHECKPOINT_S
        ends = {}
        try:
            for changelog in self._changelogs.values():
                _, ends[changelog] = await self._offsets.bounds(changelog, self.partition, self.producer.calls)
        except Transient as error:
            where = {"topic": self.topic, "partition": self.partition, "offset": self.position}
            log.info("no checkpoint now: %s", error, extra=where)
            return
        self.tables.store.mark(ends)
        self.changed = False

    async def close(self) -> None:
        """Give the partition up. Nothing may be running."""
        await let_go(self.producer, [self.tables.store])


async def let_go(producer: TransactionalProducer, stores: Sequence[Store]) -> None:
    """Release what a partition was worked with. The stores in the producer's thread: behind whatever it still does to
    them, and behind an opening that adds one."""

    def close() -> None:
        for store in stores:
            store.close()

    with suppress(TimeoutError):
        await producer.calls.settle(close, seconds=_CLOSE_S)
    await producer.close()


def _at(event: Event) -> dict[str, object]:
    """Where a batch begins: of a joined topic, not of the one that the task is named after."""
    return {"topic": event.topic, "partition": event.partition, "offset": event.offset}


def _nothing() -> None:
    """An agent without tables has nothing to store."""

"""Opening an input partition: fence the former owner → committed offsets → tables → still assigned? → a task for it.

The order keeps exactly once: what the former owner had under way is ended one way or the other before it is read."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from threading import Event
from time import monotonic
from typing import Any

from infra.errors import Transient
from streams.runtime.agent import Agent
from streams.runtime.batch import Decider
from streams.runtime.store import MemoryStore, Store
from streams.runtime.tables import Tables, position_key
from streams.transport.flow import Flow
from streams.transport.offsets import GroupOffsets
from streams.transport.position import position_of
from streams.transport.producer import TransactionalProducer
from streams.transport.recovery import Bounds, recover
from streams.transport.task import Inputs, PartitionTask, let_go

log = logging.getLogger(__name__)
Input = tuple[str, int]
_OPEN_STORE_S = 300.0

OpenStore = Callable[[str, Sequence[str], str], Store]
"""Opens a store by its name, its tables' names and the identity of their changelogs. Blocks."""


class Opener:
    """Makes the tasks of one process; knows nothing of who owns what."""

    def __init__(
        self,
        inputs: Inputs,
        deciders: Mapping[str, Decider],
        *,
        name: str,
        options: Mapping[str, Any],
        flow: Flow,
        stores: OpenStore | None,
    ) -> None:
        """`stores` opens what rows are kept in; None: memory."""
        self._inputs, self._deciders, self._name, self._options = inputs, deciders, name, options
        self._flow, self._stores = flow, stores
        self._offsets: GroupOffsets | None = None
        self.recovering: dict[Input, str] = {}
        """How far tables are read back, for people."""
        self.left: dict[Input, int] = {}
        """Changelog offsets that are still to be replayed."""

    def connect(self) -> None:
        """Have the connections that an opening needs made now."""
        self._group_offsets()

    async def close(self) -> None:
        """Release them."""
        if self._offsets is not None:
            await self._offsets.close()

    async def open(self, input_: Input, is_wanted: Callable[[], bool]) -> PartitionTask:
        """A task that owns the partition and has its rows; it does not run yet.

        Raises:
            Transient: not now, or no longer wanted.
            LostOwnership: another process is taking the partition at the same time.
        """
        topic, partition = input_
        producer = TransactionalProducer(self._options, f"{self._name}-{topic}-{partition}")
        started = monotonic()
        stores: list[Store] = []
        overtaken = Event()
        try:
            await producer.open()
            task, replayed = await self._fenced(input_, producer, stores, overtaken)
            if not is_wanted():
                raise Transient("the partition went away while it was opened")
        except BaseException:  # a rebalance, too: the partition may stay, and is opened anew
            overtaken.set()
            await asyncio.shield(let_go(producer, stores))
            raise
        finally:
            self.recovering.pop(input_, None)
            self.left.pop(input_, None)
        log.info(
            "owner: position %d, %d table changes replayed",
            task.positions[topic],
            replayed,
            extra={"topic": topic, "partition": partition, "duration_ms": round((monotonic() - started) * 1000)},
        )
        return task

    async def _fenced(
        self, input_: Input, producer: TransactionalProducer, stores: list[Store], overtaken: Event
    ) -> tuple[PartitionTask, int]:
        """The task of a partition whose id is ours, and how many table changes were replayed."""
        topic, partition = input_
        decider, offsets = self._deciders[topic], self._group_offsets()
        await offsets.require_even(topic, (*decider.agent.changelogs, *decider.agent.joined), producer.calls)
        store = await self._open_store(input_, decider.agent, producer, stores)
        tables = Tables(store)
        replayed = await recover(
            self._options,
            decider.agent.tables,
            partition,
            store,
            producer.calls,
            bounds=await self._changelog_bounds(partition, decider.agent, producer),
            cancelled=overtaken.is_set,
            progress=lambda done, of: self._say_recovering(input_, done, of),
        )
        task = PartitionTask(
            topic,
            partition,
            decider=decider,
            producer=producer,
            offsets=offsets,
            inputs=self._inputs,
            tables=tables,
            position=await position_of(input_, tables, producer, offsets),
            flow=self._flow,
            joined={
                name: await position_of((name, partition), tables, producer, offsets, position_key(name, topic))
                for name in decider.agent.joined
            },
        )
        return task, replayed

    async def _open_store(
        self, input_: Input, agent: Agent, producer: TransactionalProducer, opened: list[Store]
    ) -> Store:
        """Also notes it in `opened`, in the producer's thread: nobody may be waiting any more when it is open."""
        stores = self._stores
        if stores is None or not agent.tables:
            opened.append(MemoryStore())
            return opened[0]
        name, tables = f"{input_[0]}-{input_[1]}", [table.name for table in agent.tables]
        known = await self._group_offsets().identity(agent.changelogs, producer.calls)
        await producer.calls.run(lambda: opened.append(stores(name, tables, known)), seconds=_OPEN_STORE_S)
        return opened[0]

    async def _changelog_bounds(
        self, partition: int, agent: Agent, producer: TransactionalProducer
    ) -> Mapping[str, Bounds]:
        offsets = self._group_offsets()
        return {name: await offsets.bounds(name, partition, producer.calls) for name in agent.changelogs}

    def _say_recovering(self, input_: Input, done: int, of: int) -> None:
        self.left[input_] = of - done
        self.recovering[input_] = f"{input_[0]}/{input_[1]}: {done} of {of} table changes replayed"
        log.info("recovering tables: %d of %d", done, of, extra={"topic": input_[0], "partition": input_[1]})

    def _group_offsets(self) -> GroupOffsets:
        if self._offsets is None:
            self._offsets = GroupOffsets(self._options, self._name)
        return self._offsets

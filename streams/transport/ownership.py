"""Which input partitions this process owns, and their tasks, over rebalances.

Order of steps that keeps exactly once (each proven by the kill tests):
revoke: let running transactions end, cancel everything that waits; keep the tasks' producers and rows.
assign: drop the tasks of partitions that went away. Nothing slow here: aiokafka sends no heartbeat meanwhile.
open:   fence the former owner (init_transactions) → committed offsets → tables → still assigned? → seek → work.
A partition that stays over a rebalance keeps its producer, rows and position: its producer's epoch is the lease."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from time import monotonic
from typing import Any, Protocol

from infra.errors import Fatal, Transient
from streams.runtime.agent import Agent
from streams.runtime.batch import Decider
from streams.runtime.tables import Rows
from streams.transport.offsets import GroupOffsets
from streams.transport.producer import LostOwnership, TransactionalProducer
from streams.transport.recovery import recover
from streams.transport.task import Inputs, PartitionTask

log = logging.getLogger(__name__)
Input = tuple[str, int]
_PAUSE_S, _PAUSE_MAX_S = 0.2, 5.0


class Group(Inputs, Protocol):
    """The consumer group as ownership sees it."""

    def assigned(self) -> set[Input]:
        """Input partitions that the group gave to this member."""
        ...

    def rejoin(self) -> None:
        """Ask for a rebalance."""
        ...

    def crash(self, error: BaseException) -> None:
        """Stop the whole process because of a fatal error."""
        ...


class Ownership:
    """The tasks of one process."""

    def __init__(
        self,
        group: Group,
        deciders: Mapping[str, Decider],
        *,
        name: str,
        options: Mapping[str, Any],
        batch_size: int,
        batch_timeout_s: float,
    ) -> None:
        self._group, self._deciders, self._name, self._options = group, deciders, name, options
        self._batch_size, self._batch_timeout_s = batch_size, batch_timeout_s
        self._offsets: GroupOffsets | None = None
        self.tasks: dict[Input, PartitionTask] = {}
        self.rows: dict[Input, Rows] = {}
        self._running: dict[Input, asyncio.Task[None]] = {}
        self._opening: asyncio.Task[None] | None = None
        self._stopped = False
        self.opened = False
        """Whether every partition of the present assignment is at work (an empty share counts)."""

    async def pause(self) -> None:
        """Partitions are being revoked, or the process stops: nothing is fetched or committed when this returns."""
        self.opened = False
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.wait([self._opening])
        started = monotonic()
        for input_, task in self.tasks.items():
            task.stop()
            running = self._running.get(input_)
            if running is not None and not task.committing:
                running.cancel()
        if self._running:
            # A revocation may take the rebalance time-out; a transaction that is stuck longer is fenced later.
            _, late = await asyncio.wait(self._running.values(), timeout=self._batch_timeout_s / 2)
            for input_ in [input_ for input_, running in self._running.items() if running in late]:
                log.warning("a transaction did not end within %.0f s", monotonic() - started)
                self._running[input_].cancel()
                # It may still be committed: only the next `open` of its id can tell, so rows and position are void.
                self._forget(input_)
        self._running.clear()

    async def keep_only(self, assigned: Iterable[Input]) -> None:
        """Drop the tasks of partitions that are not in `assigned`."""
        await asyncio.gather(*map(self._drop, set(self.tasks) - set(assigned)))

    def open(self) -> None:
        """Open and start a task for every assigned partition, in the background."""
        if self._stopped:
            return
        if self._opening is not None and not self._opening.done():
            self._opening.cancel()
        self._opening = asyncio.create_task(self._open_all(), name="open partitions")
        self._opening.add_done_callback(self._opening_ended)

    async def stop(self) -> None:
        """End everything in order."""
        self._stopped = True
        await self.pause()
        await self.keep_only(())
        if self._offsets is not None:
            await self._offsets.close()

    async def _open_all(self) -> None:
        mine = self._group.assigned()
        await asyncio.gather(*(self._open_one(input_) for input_ in mine if input_ not in self._running))
        self.opened = True
        log.info("working on %d partitions", len(self._running))

    def _opening_ended(self, done: asyncio.Task[None]) -> None:
        """A partition that nobody opens must not look like an idle one."""
        if not done.cancelled() and (error := done.exception()) is not None:
            log.error("unexpected end of opening", exc_info=error)
            self._group.crash(error)

    async def _open_one(self, input_: Input) -> None:
        pause = _PAUSE_S
        while input_ in self._group.assigned() and not self._stopped:
            try:
                task = self.tasks.get(input_) or await self._fenced(input_)
            except LostOwnership as error:
                log.warning("cannot own: %s", error, extra={"topic": input_[0], "partition": input_[1]})
            except Transient as error:
                log.warning("cannot open yet: %s", error, extra={"topic": input_[0], "partition": input_[1]})
            else:
                self._start(input_, task)
                return
            await asyncio.sleep(pause)
            pause = min(2 * pause, _PAUSE_MAX_S)

    async def _fenced(self, input_: Input) -> PartitionTask:
        topic, partition = input_
        decider = self._deciders[topic]
        producer = TransactionalProducer(self._options, f"{self._name}-{topic}-{partition}")
        started = monotonic()
        try:
            await producer.open()
            position = await self._group_offsets().committed(topic, partition)
            rows = await recover(
                self._options,
                decider.agent.tables,
                partition,
                producer.calls,
                lambda: self._stopped or input_ not in self._group.assigned(),
            )
            if input_ not in self._group.assigned():
                raise Transient("the partition went away while it was opened")
        except BaseException:
            await asyncio.shield(producer.close())
            raise
        log.info(
            "owner: position %d, %d table rows",
            position,
            sum(map(len, rows.values())),
            extra={"topic": topic, "partition": partition, "duration_ms": round((monotonic() - started) * 1000)},
        )
        task = PartitionTask(
            topic,
            partition,
            decider=decider,
            producer=producer,
            offsets=self._group_offsets(),
            inputs=self._group,
            rows=rows,
            position=position,
            batch_size=self._batch_size,
        )
        self.tasks[input_], self.rows[input_] = task, rows
        return task

    def _group_offsets(self) -> GroupOffsets:
        if self._offsets is None:
            self._offsets = GroupOffsets(self._options, self._name)
        return self._offsets

    def _start(self, input_: Input, task: PartitionTask) -> None:
        running = asyncio.create_task(task.run(), name=f"{input_[0]}-{input_[1]}")
        self._running[input_] = running
        running.add_done_callback(lambda done: self._ended(input_, done))

    def _ended(self, input_: Input, done: asyncio.Task[None]) -> None:
        if self._running.get(input_) is not done:
            return  # given up by `pause`
        if done.cancelled() or (error := done.exception()) is None:
            return
        if isinstance(error, LostOwnership):
            log.warning("lost: %s", error, extra={"topic": input_[0], "partition": input_[1]})
            self._forget(input_)
            # Never take the id back on the spot: a zombie would fence the real owner. The group decides first.
            self._group.rejoin()
        else:
            if not isinstance(error, Fatal):
                log.error(
                    "unexpected end of a task", exc_info=error, extra={"topic": input_[0], "partition": input_[1]}
                )
            self._group.crash(error)

    def _forget(self, input_: Input) -> None:
        self.opened = False
        self._running.pop(input_, None)
        self.rows.pop(input_, None)
        task = self.tasks.pop(input_, None)
        if task is not None:
            self._closing = asyncio.create_task(task.producer.close())

    async def _drop(self, input_: Input) -> None:
        self.rows.pop(input_, None)
        await self.tasks.pop(input_).producer.close()


def deciders(agents: Iterable[Agent], make: Callable[[Agent], Decider]) -> dict[str, Decider]:
    """Input topic → the decider that takes its events."""
    return {topic: decider for agent in agents for decider in [make(agent)] for topic in agent.reads}

"""Which input partitions this process owns, and their tasks, over rebalances.

Order of steps that keeps exactly once (each proven by the kill tests):
revoke: let running transactions end, cancel everything that waits; keep the tasks' producers and rows.
assign: drop the tasks of partitions that went away. Nothing slow here: aiokafka sends no heartbeat meanwhile.
open:   fence the former owner and take over what it left (`streams.transport.opening`), then work.
A partition that stays over a rebalance keeps its producer, rows and position: its producer's epoch is the lease."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping
from time import monotonic
from typing import Protocol

from infra.errors import Fatal, Transient
from streams.runtime.batch import Decider
from streams.runtime.tables import Tables
from streams.transport.opening import Input, Opener
from streams.transport.producer import LostOwnership
from streams.transport.task import Inputs, PartitionTask

log = logging.getLogger(__name__)
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
        opener: Opener,
        *,
        batch_timeout_s: float,
    ) -> None:
        self._group, self._deciders, self._batch_timeout_s = group, deciders, batch_timeout_s
        self.opener = opener
        self.tasks: dict[Input, PartitionTask] = {}
        self.tables: dict[Input, Tables] = {}
        self.opening: dict[Input, float] = {}
        """Partitions that are not open yet, and since when: monotonic seconds."""
        self._running: dict[Input, asyncio.Task[None]] = {}
        self._closing: set[asyncio.Task[None]] = set()
        """Of partitions that were lost."""
        self._opening: asyncio.Task[None] | None = None
        self._stopped = False
        self.opened = False
        """Whether every partition of the present assignment is at work (an empty share counts)."""

    async def pause(self) -> None:
        """Partitions are being revoked, or the process stops: nothing is fetched or committed when this returns."""
        self.opening, self.opened = {}, False
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
        await asyncio.gather(*(task.checkpoint() for task in self.tasks.values() if task.changed))
        await self.keep_only(())
        if self._closing:
            await asyncio.wait(set(self._closing))
        await self.opener.close()

    async def _open_all(self) -> None:
        self.opening = dict.fromkeys(self._assigned() - self._running.keys(), monotonic())
        await asyncio.gather(*map(self._open_one, self.opening))
        self.opening, self.opened = {}, True
        log.info("working on %d partitions", len(self._running))

    def _assigned(self) -> set[Input]:
        """Partitions to work on. Where an agent joins topics, its first stands for all: they are co-partitioned, and
        the first's transactional id guards the work on all of them."""
        return {(topic, number) for topic, number in self._group.assigned() if not self._is_joined(topic)}

    def _is_joined(self, topic: str) -> bool:
        return topic in self._deciders and topic in self._deciders[topic].agent.joined

    def _opening_ended(self, done: asyncio.Task[None]) -> None:
        """A partition that nobody opens must not look like an idle one."""
        if not done.cancelled() and (error := done.exception()) is not None:
            log.error("unexpected end of opening", exc_info=error)
            self._group.crash(error)

    async def _open_one(self, input_: Input) -> None:
        pause = _PAUSE_S
        while input_ in self._assigned() and not self._stopped:
            try:
                task = self.tasks.get(input_) or await self._opened(input_)
            except LostOwnership as error:
                log.warning("cannot own: %s", error, extra={"topic": input_[0], "partition": input_[1]})
            except Transient as error:
                log.warning("cannot open yet: %s", error, extra={"topic": input_[0], "partition": input_[1]})
            else:
                self._start(input_, task)
                return
            await asyncio.sleep(pause)
            pause = min(2 * pause, _PAUSE_MAX_S)

    async def _opened(self, input_: Input) -> PartitionTask:
        task = await self.opener.open(input_, lambda: input_ in self._assigned())
        self.tasks[input_], self.tables[input_] = task, task.tables
        return task

    def _start(self, input_: Input, task: PartitionTask) -> None:
        self.opening.pop(input_, None)
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
        self.tables.pop(input_, None)
        task = self.tasks.pop(input_, None)
        if task is not None:
            closing = asyncio.create_task(task.close())
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)

    async def _drop(self, input_: Input) -> None:
        self.tables.pop(input_, None)
        await self.tasks.pop(input_).close()

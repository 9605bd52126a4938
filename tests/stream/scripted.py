"""A broker's side of a task, by script: what a fetch gives and how each transaction ends."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Any

from streams.runtime import Agent, Event, Output
from streams.runtime.batch import Decider
from streams.runtime.dead import DeadLetterLimit
from streams.runtime.tables import Rows
from streams.transport.task import PartitionTask


class ScriptedInputs:
    """Hands out batches in order, then waits like an idle partition."""

    def __init__(self, *batches: Sequence[Event]) -> None:
        self.batches = deque(batches)
        self.seeks: list[int] = []
        self.drained = asyncio.Event()

    async def fetch(self, topic: str, partition: int, limit: int) -> Sequence[Event]:
        del topic, partition, limit
        if self.batches:
            return self.batches.popleft()
        self.drained.set()
        await asyncio.sleep(0.005)
        return []

    def seek(self, topic: str, partition: int, offset: int) -> None:
        del topic, partition
        self.seeks.append(offset)


class ScriptedProducer:
    """Commits, unless the script has an error for that transaction; then nothing of it is kept."""

    def __init__(self, *errors: Exception | None) -> None:
        self.errors = deque(errors)
        self.committed: list[Output] = []
        self.offsets: list[int] = []
        self.attempts = 0
        self.hold: asyncio.Event | None = None

    async def write(self, outputs: Sequence[Output], partition: int, offset: Any, group: Any) -> None:
        del partition, group
        self.attempts += 1
        if self.hold is not None:
            await self.hold.wait()
        if self.errors and (error := self.errors.popleft()) is not None:
            raise error
        self.committed += outputs
        self.offsets.append(offset.offset)


class NoOffsets:
    """The group's metadata, which the scripted producer ignores."""

    metadata = None


def decider(agent: Agent, *, limit: int = 20, event_timeout_s: float = 5.0) -> Decider:
    """As the app makes it."""
    return Decider(agent, event_timeout_s=event_timeout_s, limit=DeadLetterLimit(limit))


def task(
    agent: Agent, inputs: ScriptedInputs, producer: ScriptedProducer, *, rows: Rows | None = None, position: int = 0
) -> PartitionTask:
    """A task of partition 3 of the agent's first topic."""
    return PartitionTask(
        agent.reads[0],
        3,
        decider=decider(agent),
        producer=producer,  # type: ignore[arg-type]
        offsets=NoOffsets(),  # type: ignore[arg-type]
        inputs=inputs,
        rows=rows if rows is not None else {},
        position=position,
        batch_size=100,
    )


async def until_drained(work: PartitionTask, inputs: ScriptedInputs) -> None:
    """Run until everything fetched is committed, then stop in order."""
    running = asyncio.create_task(work.run())
    drained = asyncio.create_task(inputs.drained.wait())
    await asyncio.wait({running, drained}, return_when=asyncio.FIRST_COMPLETED, timeout=10)
    work.stop()
    drained.cancel()
    await asyncio.wait_for(running, 5)

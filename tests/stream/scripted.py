"""A broker's side of a task, by script: what a fetch gives and how each transaction ends."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from streams.runtime import Agent, Event, Output
from streams.runtime.batch import Decider
from streams.runtime.dead import DeadLetterLimit
from streams.runtime.store import Changes
from streams.transport.flow import Flow
from streams.transport.task import PartitionTask
from tests.unit.runtime.records import tables_of


class ScriptedInputs:
    """Hands out batches in order, then waits like an idle partition."""

    def __init__(self, *batches: Sequence[Event]) -> None:
        self.batches = deque(batches)
        self.reads: list[int] = []
        """From where the partition was read."""
        self.closed = 0
        self.drained = asyncio.Event()

    def read(self, topic: str, partition: int, offset: int) -> ScriptedInputs:
        del topic, partition
        self.reads.append(offset)
        return self

    async def take(self, limit: int) -> list[Event]:
        if self.batches:
            batch = self.batches.popleft()
            assert len(batch) <= limit
            return list(batch)
        self.drained.set()
        await asyncio.Event().wait()
        return []

    def close(self) -> None:
        self.closed += 1


class ScriptedProducer:
    """Commits, unless the script has an error for that transaction; then nothing of it is kept."""

    def __init__(self, *errors: Exception | None) -> None:
        self.errors = deque(errors)
        self.committed: list[Output] = []
        self.offsets: list[int] = []
        self.attempts = 0
        self.hold: asyncio.Event | None = None

        self.calls = NoCalls()

    async def write(
        self, outputs: Iterable[Output], offset: Any, group: Any, then: Callable[[], None] = lambda: None
    ) -> None:
        del group
        self.attempts += 1
        if self.hold is not None:
            await self.hold.wait()
        if self.errors and (error := self.errors.popleft()) is not None:
            raise error
        self.committed += outputs
        self.offsets.append(offset.offset)
        then()

    async def close(self) -> None:
        """Nothing to release."""


class NoCalls:
    """Calls that block for no time."""

    async def run(self, call: Callable[..., Any], *args: Any, seconds: float) -> Any:
        del seconds
        return call(*args)

    settle = run


class NoOffsets:
    """The group's metadata, which the scripted producer ignores."""

    metadata = None


def decider(agent: Agent, *, limit: int = 20, event_timeout_s: float = 5.0) -> Decider:
    """As the app makes it."""
    return Decider(agent, event_timeout_s=event_timeout_s, limit=DeadLetterLimit(limit))


def task(
    agent: Agent,
    inputs: ScriptedInputs,
    producer: ScriptedProducer,
    *,
    rows: Changes | None = None,
    position: int = 0,
    offsets: object | None = None,
    flow: Flow | None = None,
) -> PartitionTask:
    """A task of partition 3 of the agent's first topic."""
    return PartitionTask(
        agent.reads[0],
        3,
        decider=decider(agent),
        producer=producer,  # type: ignore[arg-type]
        offsets=offsets or NoOffsets(),  # type: ignore[arg-type]
        inputs=inputs,
        tables=tables_of(rows),
        position=position,
        flow=flow or Flow(batch_size=100),
    )


async def until_drained(work: PartitionTask, inputs: ScriptedInputs) -> None:
    """Run until everything fetched is committed, then stop in order."""
    running = asyncio.create_task(work.run())
    drained = asyncio.create_task(inputs.drained.wait())
    await asyncio.wait({running, drained}, return_when=asyncio.FIRST_COMPLETED, timeout=60)
    drained.cancel()
    await stopped(work, running)


async def stopped(work: PartitionTask, running: asyncio.Task[None]) -> None:
    """Stop it as a revocation does: what runs may end, what waits is cancelled."""
    work.stop()
    if not work.committing:
        running.cancel()
    await asyncio.wait({running}, timeout=60)
    assert running.done()
    if not running.cancelled():
        running.result()

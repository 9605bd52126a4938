"""How much of what a process reads it may work on at this moment: what an operator turns while tasks run.

One object per process; it outlives the Faust app, which is made anew when the brokers were away at the start."""

from __future__ import annotations

import asyncio
from bisect import insort
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager

from infra.settings import Settings


class Flow:
    """Batch size, places at work, and topics that wait. Belongs to the event loop's thread."""

    def __init__(self, *, batch_size: int, workers: int = 1024, ranks: Mapping[str, int] | None = None) -> None:
        """`ranks`: topics of which a lower one goes first where places are scarce."""
        self.batch_size = batch_size
        self.batch_sizes: Mapping[str, int] = {}
        """Of topics that have one of their own."""
        self._workers = workers
        self._workers_of: Mapping[str, int] = {}
        self._ranks = ranks or {}
        self._at_work: Counter[str] = Counter()
        self._queue: list[tuple[int, int, str, asyncio.Future[None]]] = []
        self._arrivals = 0
        self._held: frozenset[str] = frozenset()
        self._released = asyncio.Event()

    @classmethod
    def of(cls, settings: Settings, ranks: Mapping[str, int] | None = None) -> Flow:
        """As the settings say."""
        workers = settings.max_workers if settings.parallel_processing else 1
        return cls(batch_size=settings.batch_size, workers=workers, ranks=ranks)

    @property
    def held(self) -> frozenset[str]:
        """Topics that wait."""
        return self._held

    def hold(self, topics: Iterable[str]) -> None:
        """Have exactly these topics wait, from the end of the batch that is at work."""
        self._held = frozenset(topics)
        self._released.set()
        self._released = asyncio.Event()

    async def until_released(self, topic: str) -> None:
        """Wait while the topic is held."""
        while topic in self._held:
            await self._released.wait()

    def size_of(self, topic: str) -> int:
        """Most records of a batch."""
        return self.batch_sizes.get(topic, self.batch_size)

    def employ(self, workers: int, of_topics: Mapping[str, int] | None = None) -> None:
        """Let so many batches be at work at once, and so many of some topics."""
        self._workers, self._workers_of = workers, of_topics or {}
        self._admit()

    @asynccontextmanager
    async def place(self, topic: str) -> AsyncIterator[None]:
        """A place at work for one batch; the lowest rank first, then who came first."""
        if self._free(topic):  # whoever waits could not go either
            self._at_work[topic] += 1
        else:
            await self._wait(topic)
        try:
            yield
        finally:
            self._at_work[topic] -= 1
            self._admit()

    def _free(self, topic: str) -> bool:
        full = self._at_work.total() >= self._workers
        return not full and self._at_work[topic] < self._workers_of.get(topic, self._workers)

    async def _wait(self, topic: str) -> None:
        self._arrivals += 1
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        insort(self._queue, (self._ranks.get(topic, 0), self._arrivals, topic, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # admitted in the same moment
                self._at_work[topic] -= 1
            turn.cancel()
            self._admit()
            raise

    def _admit(self) -> None:
        waiting = [entry for entry in self._queue if not entry[3].done()]
        self._queue = []
        for entry in waiting:
            _, _, topic, turn = entry
            if self._free(topic):
                self._at_work[topic] += 1
                turn.set_result(None)
            else:
                self._queue.append(entry)

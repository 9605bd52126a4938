"""How much of what a process reads it may work on at this moment: what an operator turns while tasks run.

One object per process; it outlives the Faust app, which is made anew when the brokers were away at the start."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager

from infra.settings import Settings


class Flow:
    """Batch size, places at work, and topics that wait. Belongs to the event loop's thread."""

    def __init__(self, *, batch_size: int, workers: int = 1024, ranks: Mapping[str, int] | None = None) -> None:
        """`ranks`: topics of which a lower one goes first where places are scarce."""
        self.batch_size = batch_size
        self._workers = workers
        self._ranks = ranks or {}
        self._at_work = 0
        self._queue: list[tuple[int, int, asyncio.Future[None]]] = []
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

    def employ(self, workers: int) -> None:
        """Let so many batches be at work at once."""
        self._workers = workers
        self._admit()

    @asynccontextmanager
    async def place(self, topic: str) -> AsyncIterator[None]:
        """A place at work for one batch; the lowest rank first, then who came first."""
        if self._at_work < self._workers and not self._queue:
            self._at_work += 1
        else:
            await self._wait(topic)
        try:
            yield
        finally:
            self._at_work -= 1
            self._admit()

    async def _wait(self, topic: str) -> None:
        self._arrivals += 1
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._queue, (self._ranks.get(topic, 0), self._arrivals, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # admitted in the same moment
                self._at_work -= 1
            turn.cancel()
            self._admit()
            raise

    def _admit(self) -> None:
        while self._queue and (self._queue[0][2].done() or self._at_work < self._workers):
            _, _, turn = heapq.heappop(self._queue)
            if not turn.done():
                self._at_work += 1
                turn.set_result(None)

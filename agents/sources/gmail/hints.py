"""Between push and mailboxes: which of this process's mailboxes has something new, and how far each is committed.

A hint is a historyId that a mailbox has reached at Google. Hints are coalesced: only the highest counts."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Iterator
from contextlib import contextmanager


class Listener:
    """One mailbox's side."""

    def __init__(self) -> None:
        self.wanted = 0
        """The highest historyId that was pushed."""
        self.reached = 0
        """Everything up to it is committed."""
        self._hinted = asyncio.Event()
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._count = 0

    def hint(self, history_id: int) -> None:
        """The mailbox has changed."""
        if history_id > self.wanted:
            self.wanted = history_id
            self._hinted.set()

    async def until_hinted(self, timeout_s: float) -> bool:
        """Wait for a hint beyond what is committed; False: none came in this time."""
        try:
            async with asyncio.timeout(timeout_s):
                while self.wanted <= self.reached:
                    self._hinted.clear()
                    await self._hinted.wait()
        except TimeoutError:
            return False
        return True

    def commit(self, history_id: int) -> None:
        """Everything up to here is on Kafka."""
        self.reached = max(self.reached, history_id)
        while self._waiting and self._waiting[0][0] <= self.reached:
            _, _, waiter = heapq.heappop(self._waiting)
            if not waiter.done():
                waiter.set_result(None)

    def give_up(self) -> None:
        """A hint that the history does not bear out: it is not asked for again until a higher one comes."""
        self.wanted = min(self.wanted, self.reached)

    async def until_committed(self, history_id: int) -> None:
        """Return when everything up to this historyId is on Kafka."""
        if history_id <= self.reached:
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._count += 1
        heapq.heappush(self._waiting, (history_id, self._count, waiter))
        await waiter


class Hints:
    """The listeners of a process by account id."""

    def __init__(self) -> None:
        self._listeners: dict[str, Listener] = {}
        self.changed = asyncio.Event()
        """Set when a mailbox comes or goes."""
        self.missed = 0
        """How often a mailbox had changed although no push had said so."""

    @contextmanager
    def owned(self, account: str) -> Iterator[Listener]:
        """This process reads the account while the context lasts."""
        listener = self._listeners[account] = Listener()
        self.changed.set()
        try:
            yield listener
        finally:
            if self._listeners.get(account) is listener:
                del self._listeners[account]
            self.changed.set()

    def of(self, account: str) -> Listener | None:
        """The listener of an account that this process reads."""
        return self._listeners.get(account)

    def __len__(self) -> int:
        return len(self._listeners)

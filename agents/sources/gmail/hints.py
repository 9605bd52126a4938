"""Between push and mailboxes: which of this process's mailboxes has something new, and how far each is committed.

A hint is a historyId that a mailbox has reached at Google. Hints are coalesced: only the highest counts."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Listener:
    """One mailbox's side."""

    def __init__(self) -> None:
        self.wanted = 0
        """The highest historyId that was pushed."""
        self.reached = 0
        """Everything up to it is committed."""
        self._hinted = asyncio.Event()
        self._woken = False
        self._waiting: dict[asyncio.Future[None], int] = {}

    def hint(self, history_id: int) -> None:
        """The mailbox has changed."""
        if history_id > self.wanted:
            self.wanted = history_id
            self._hinted.set()

    async def until_hinted(self, timeout_s: float) -> bool:
        """Wait for a hint beyond what is committed; False: none came in this time, or somebody woke us."""
        try:
            async with asyncio.timeout(timeout_s):
                while self.wanted <= self.reached and not self._woken:
                    self._hinted.clear()
                    await self._hinted.wait()
        except TimeoutError:
            pass
        self._woken = False
        return self.wanted > self.reached

    async def until_higher(self, timeout_s: float) -> bool:
        """Wait for a hint above all so far; False: none came in this time."""
        highest = self.wanted
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while self.wanted <= highest:
                    self._hinted.clear()
                    await self._hinted.wait()
        return self.wanted > highest

    def wake(self) -> None:
        """Something else than a mail wants the mailbox's attention."""
        self._woken = True
        self._hinted.set()

    def commit(self, history_id: int) -> None:
        """Everything up to here is on Kafka; 0: nobody knows. Below what was reached: the mailbox counts anew."""
        if 0 < history_id < self.reached:
            self.wanted = history_id
        self.reached = history_id or self.reached
        for waiter, awaited in self._waiting.items():
            if awaited <= self.reached and not waiter.done():
                waiter.set_result(None)

    def give_up(self) -> None:
        """A hint that the history does not bear out: it is not asked for again until a higher one comes."""
        self.wanted = min(self.wanted, self.reached)

    async def until_committed(self, history_id: int) -> None:
        """Return when everything up to this historyId is on Kafka."""
        if history_id <= self.reached:
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[waiter] = history_id
        try:
            await waiter
        finally:
            del self._waiting[waiter]


class Hints:
    """The listeners of a process by account id."""

    def __init__(self) -> None:
        self._listeners: dict[str, Listener] = {}

    @contextmanager
    def owned(self, account: str) -> Iterator[Listener]:
        """This process reads the account while the context lasts."""
        listener = self._listeners[account] = Listener()
        try:
            yield listener
        finally:
            if self._listeners.get(account) is listener:
                del self._listeners[account]

    def of(self, account: str) -> Listener | None:
        """The listener of an account that this process reads."""
        return self._listeners.get(account)

    def wake_all(self) -> None:
        """Something concerns every mailbox."""
        for listener in self._listeners.values():
            listener.wake()

"""Bytes of mail that all mailboxes of this process may hold together."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress


class ByteBudget:
    """First come, first served. A reservation larger than the whole budget is cut to it, so that it can be granted."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._free = total
        self._waiting: deque[tuple[asyncio.Future[None], int]] = deque()

    @property
    def used(self) -> int:
        """Bytes in use; more than the total for a moment when a batch was larger than reserved."""
        return self._total - self._free

    async def acquire(self, wanted: int) -> int:
        """Wait until `wanted` bytes are free; returns what was reserved, for `release`."""
        amount = min(wanted, self._total)
        if not self._waiting and amount <= self._free:
            self._free -= amount
            return amount
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((turn, amount))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.release(amount)
            else:
                with suppress(ValueError):  # whoever gave bytes back meanwhile took it out of the queue
                    self._waiting.remove((turn, amount))
                self._grant()
            raise
        return amount

    def extend(self, amount: int) -> None:
        """Count bytes that are in memory already, more than were reserved for them."""
        self._free -= amount

    def release(self, amount: int) -> None:
        """Give bytes back."""
        self._free += amount
        self._grant()

    def _grant(self) -> None:
        while self._waiting and self._waiting[0][1] <= self._free:
            turn, amount = self._waiting.popleft()
            if not turn.done():
                self._free -= amount
                turn.set_result(None)


class Reservation:
    """What one mailbox holds of the budget: asked for before it fetches, given back when that is stored."""

    def __init__(self, budget: ByteBudget) -> None:
        self._budget = budget
        self._held = 0

    async def renew(self, size: int) -> None:
        """Give back what was held; return when `size` bytes may be fetched."""
        self.release()
        self._held = await self._budget.acquire(size)

    def cover(self, size: int) -> None:
        """A batch of so many bytes is here: more than asked for where a server gave sizes that were too small, and
        nothing when the mailbox is in step."""
        if not size:
            self.release()
        elif size > self._held:
            self._budget.extend(size - self._held)
            self._held = size

    def release(self) -> None:
        """Give back everything."""
        held, self._held = self._held, 0
        self._budget.release(held)

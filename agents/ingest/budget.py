"""Bytes of mail that all mailboxes of this process may hold together."""

from __future__ import annotations

import asyncio
from collections import deque


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
                self._waiting.remove((turn, amount))
                self._grant()
            raise
        return amount

    def exchange(self, reserved: int, actual: int) -> int:
        """Turn a reservation into what is really held, at once; returns the new amount for `release`."""
        self._free += reserved - actual
        self._grant()
        return actual

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

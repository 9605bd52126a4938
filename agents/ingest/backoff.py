"""How long to wait before the next attempt."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

from infra.waiting import until_set

STABLE_S = 300.0
"""A connection that lasted this long was a good one: the next failure starts the count anew."""


class Soon:
    """Waits that somebody may end early: what failed may succeed now."""

    def __init__(self) -> None:
        self._now = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        """Wait so long, or until the next `now`."""
        await until_set(self._now, seconds)

    def now(self) -> None:
        """End every wait that is under way."""
        self._now.set()
        self._now = asyncio.Event()


class Backoff:
    """Exponential backoff with full jitter: uniform between 0 and min(cap, first · 2^attempts)."""

    def __init__(self, cap_s: float, *, first_s: float = 0.5, draw: Callable[[], float] = random.random) -> None:
        self._cap_s, self._first_s, self._draw = cap_s, first_s, draw
        self._attempts = 0

    def next_s(self, lasted_s: float = 0.0) -> float:
        """Seconds to wait after an attempt that lasted `lasted_s`."""
        if lasted_s >= STABLE_S:
            self._attempts = 0
        bound = min(self._cap_s, self._first_s * 2.0 ** min(self._attempts, 32))
        self._attempts += 1
        return bound * self._draw()

    def reset(self) -> None:
        """Success: the next failure is a first one."""
        self._attempts = 0

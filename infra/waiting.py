"""Waiting for whichever comes first, and never longer than said."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any


async def first(*awaitables: Awaitable[Any], within_s: float | None = None) -> None:
    """Wait until one of them is done, at most `within_s`; the others are cancelled, but for futures and tasks that the
    caller holds: those are the caller's to end. What they raise is not looked at."""
    futures = [asyncio.ensure_future(one) for one in awaitables]
    try:
        await asyncio.wait(futures, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for future in futures:
            if future not in awaitables:
                future.cancel()


async def until_set(event: asyncio.Event, within_s: float) -> bool:
    """Wait until it is set; False when it was not within that time. Not `asyncio.wait_for`: where the event is set and
    the waiter is cancelled in the same moment, it keeps the cancellation to itself (CPython 86296)."""
    try:
        async with asyncio.timeout(within_s):
            await event.wait()
    except TimeoutError:
        return False
    return True

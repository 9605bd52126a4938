"""What operators turn on a running crew process."""

from __future__ import annotations

import asyncio
import logging

from agents import controls
from agents.crew.cache import Cache
from streams.control import Follower, Order

log = logging.getLogger(__name__)
_CLEARING = set[asyncio.Task[None]]()


def follow(control: Follower, cache: Cache) -> None:
    """Have the process do what the control topic says."""

    def clear(order: Order) -> None:
        del order
        task = asyncio.create_task(_clear(cache))
        _CLEARING.add(task)
        task.add_done_callback(_CLEARING.discard)

    controls.follow(control)
    control.on_order("clear-cache", clear)


async def _clear(cache: Cache) -> None:
    try:
        log.info("cache cleared: %d answers", await cache.clear())
    except Exception as error:
        log.warning("the shared cache could not be cleared: %s", type(error).__name__)

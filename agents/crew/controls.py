"""What operators turn on a running crew process."""

from __future__ import annotations

import asyncio
import logging
from typing import cast

from agents.breakers import BREAKERS, Hold
from agents.crew.cache import Cache
from infra import logging as log_lines
from streams.control import Follower, Order, Values

log = logging.getLogger(__name__)
_CLEARING = set[asyncio.Task[None]]()


def follow(control: Follower, cache: Cache) -> None:
    """Have the process do what the control topic says."""

    def hold_breakers(values: Values) -> None:
        BREAKERS.hold({name: cast("Hold", state) for name, state in values.of("BREAKER").items()})

    def clear(order: Order) -> None:
        del order
        task = asyncio.create_task(_clear(cache))
        _CLEARING.add(task)
        task.add_done_callback(_CLEARING.discard)

    control.on("LOG_LEVEL", apply=lambda values: log_lines.set_level(str(values["LOG_LEVEL"])))
    control.on("BREAKER", apply=hold_breakers)
    control.on_order("clear-cache", clear)


async def _clear(cache: Cache) -> None:
    try:
        log.info("cache cleared: %d answers", await cache.clear())
    except Exception as error:
        log.warning("the shared cache could not be cleared: %s", type(error).__name__)

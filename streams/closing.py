"""Letting go of an aiokafka client in bounded time, whatever state it or the broker is in."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Any

log = logging.getLogger(__name__)


async def close_within(client: Any, seconds: float) -> None:
    """Stop an aiokafka producer or consumer; after `seconds` drop its connections and forget it.

    A producer's own `stop` first flushes, which never ends while the broker is away. Only cancellation is raised.
    """
    try:
        async with asyncio.timeout(seconds):
            await client.stop()
    except Exception as error:  # a broken client's parting words change nothing
        log.debug("client did not stop cleanly: %s", type(error).__name__)
        await _drop(client)
    finally:
        _retrieve(client)


async def _drop(client: Any) -> None:
    sender = getattr(client, "_sender", None)
    if sender is not None and sender.sender_task is not None:
        sender.sender_task.cancel()
    with suppress(Exception):
        async with asyncio.timeout(1):
            await (getattr(client, "_client", None) or client.client).close()


def _retrieve(client: Any) -> None:
    """Look at the futures nobody awaits any more, or asyncio logs each as never retrieved (aiokafka 0.14)."""
    transactions = getattr(client, "_txn_manager", None)
    waiter = getattr(transactions, "_transaction_waiter", None)
    task = getattr(getattr(client, "_sender", None), "sender_task", None)
    for future in (waiter, task):
        if future is not None and future.done() and not future.cancelled():
            future.exception()

"""Letting go of an aiokafka client in bounded time, whatever state it or the broker is in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

log = logging.getLogger(__name__)


async def close_within(client: Any, seconds: float) -> None:
    """Stop an aiokafka producer or consumer; after `seconds` drop its connections and forget it.

    A producer's own `stop` first flushes, which never ends while the broker is away. Only cancellation is raised.
    """

    async def stop() -> None:
        await client.stop()

    try:
        if not await _ended(stop(), seconds):
            await _drop(client)
    finally:
        _retrieve(client)


async def hang_up_within(client: Any, seconds: float) -> None:
    """Close a bare AIOKafkaClient; after `seconds` (and one more) forget it. Only cancellation is raised."""
    await _ended(client.close(), seconds)


async def _ended(stop: Coroutine[Any, Any, object], seconds: float) -> bool:
    """Whether it came to its end in time. It is only waited for: a client that is being closed may keep a cancellation
    to itself (`AIOKafkaClient.close`, a heartbeat that ends by it), and who awaits it would then wait for ever."""
    stopping = asyncio.ensure_future(stop)
    stopping.add_done_callback(_say)
    try:
        await asyncio.wait({stopping}, timeout=seconds)
        if not stopping.done():
            stopping.cancel()
            await asyncio.wait({stopping}, timeout=1)
    finally:
        stopping.cancel()
    return stopping.done() and not stopping.cancelled() and stopping.exception() is None


def _say(stopping: asyncio.Future[object]) -> None:
    """A broken client's parting words change nothing."""
    if not stopping.cancelled() and (error := stopping.exception()) is not None:
        log.debug("client did not stop cleanly: %s", type(error).__name__)


async def _drop(client: Any) -> None:
    sender = getattr(client, "_sender", None)
    if sender is not None and sender.sender_task is not None:
        sender.sender_task.cancel()
    with suppress(Exception):
        await _ended((getattr(client, "_client", None) or client.client).close(), 1)


def _retrieve(client: Any) -> None:
    """Look at the futures nobody awaits any more, or asyncio logs each as never retrieved (aiokafka 0.14)."""
    transactions = getattr(client, "_txn_manager", None)
    waiter = getattr(transactions, "_transaction_waiter", None)
    task = getattr(getattr(client, "_sender", None), "sender_task", None)
    for future in (waiter, task):
        if future is not None and future.done() and not future.cancelled():
            future.exception()

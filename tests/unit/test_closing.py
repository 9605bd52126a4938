"""A Kafka client is let go of in bounded time, whatever it does with that."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest

from streams.closing import close_within


class Client:
    """As much of aiokafka's as closing needs; `stop` does what the test says."""

    def __init__(self, stop: Callable[[], Any]) -> None:
        self.stop = stop
        self.dropped = False
        self._client = SimpleNamespace(close=self._close)

    async def _close(self) -> None:
        self.dropped = True


async def ends() -> None:
    await asyncio.sleep(0)


async def fails() -> None:
    raise ConnectionError


async def hangs() -> None:
    await asyncio.Event().wait()


async def keeps_its_cancellation() -> None:
    for _ in range(2):
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
    await asyncio.sleep(30)


@pytest.mark.parametrize(
    ("stop", "dropped"), [(ends, False), (fails, True), (hangs, True), (keeps_its_cancellation, True)]
)
async def test_a_client_is_let_go_of_whatever_its_stop_does(stop: Callable[[], Any], dropped: bool) -> None:
    client = Client(stop)
    async with asyncio.timeout(60):
        await close_within(client, 0.05)
    assert client.dropped is dropped
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()


async def test_who_closes_may_be_cancelled_and_takes_the_stop_along() -> None:
    gone = asyncio.Event()

    async def stop() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            gone.set()

    closing = asyncio.create_task(close_within(Client(stop), 60))
    await asyncio.sleep(0.01)
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    async with asyncio.timeout(60):
        await gone.wait()

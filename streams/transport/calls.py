"""Blocking calls into librdkafka, in order, on a thread of their own, with a bound that holds.

A librdkafka call takes a time-out, but not every one keeps it: after a broker was killed, `send_offsets_to_transaction`
has been seen to stay away for two minutes. Its thread is then given up: a daemon, for which nobody waits at the end."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")
_Job = tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]


class BlockingCalls:
    """One thread that runs calls one after another."""

    def __init__(self, name: str) -> None:
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        threading.Thread(target=self._run, name=name, daemon=True).start()

    async def run(self, call: Callable[..., T], *args: Any, seconds: float) -> T:
        """The call's result.

        Raises:
            TimeoutError: no answer within `seconds`; whether the call took effect is unknown.
        """
        done: Future[T] = Future()
        self._jobs.put((done, call, args))
        async with asyncio.timeout(seconds):  # not wait_for, which may keep a cancellation to itself (CPython 86296)
            return await asyncio.wrap_future(done)

    async def settle(self, call: Callable[..., T], *args: Any, seconds: float) -> T:
        """As `run`, but the call is made in its turn even if nobody waits any more: what has to be released is.

        Raises:
            TimeoutError: no answer within `seconds`; it comes later.
        """
        done: Future[T] = Future()
        self._jobs.put((done, call, args))
        async with asyncio.timeout(seconds):
            return await asyncio.shield(asyncio.wrap_future(done))

    def close(self) -> None:
        """End the thread after what is queued."""
        self._jobs.put(None)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            done, call, args = job
            if not done.set_running_or_notify_cancel():
                continue
            try:
                result = call(*args)
            except BaseException as error:  # it belongs to whoever waits
                done.set_exception(error)
            else:
                done.set_result(result)
            del job, done, call, args

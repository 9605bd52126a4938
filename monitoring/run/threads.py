"""Blocking calls beside the event loop, on threads that never hold up the end of the program."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")


class Interrupted(Exception):
    """The run is to stop; what was waited for does not matter any more."""


async def in_thread(call: Callable[..., T], *args: Any) -> T:
    """The result of a blocking call. Unlike `asyncio.to_thread`, the program may end while it still blocks."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def work() -> None:
        try:
            result = call(*args)
        except BaseException as error:  # the caller's to judge, whatever it is
            _post(loop, future, None, error)
        else:
            _post(loop, future, result, None)

    threading.Thread(target=work, daemon=True, name=f"blocking {call.__qualname__}").start()
    return await future


async def unless(stop: asyncio.Event, work: Awaitable[T]) -> T:
    """The result of `work`.

    Raises:
        Interrupted: `stop` was set first; `work` is cancelled.
    """
    working, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait([working, stopping], return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise Interrupted
    finally:
        for one in (working, stopping):
            one.cancel()
        await asyncio.wait([working, stopping], timeout=1)


def _post(
    loop: asyncio.AbstractEventLoop, future: asyncio.Future[T], result: T | None, error: BaseException | None
) -> None:
    def settle() -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    with suppress(RuntimeError):  # the loop is closed: nobody waits
        loop.call_soon_threadsafe(settle)

"""Waiting until something changes below a directory. A hint only: what counts is the next look at the tree."""

from __future__ import annotations

import asyncio
import logging
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

from watchfiles import watch

log = logging.getLogger(__name__)

STEP_MS = 20
"""Changes that come within this time of each other are one."""
DEBOUNCE_MS = 200
SETTLE_MS = 500
BLIND_S = 2.0
"""Time between looks when the system has no more watches to give (fs.inotify.max_user_instances)."""
CLOSE_S = 1.0


class Watch:
    """`async with Watch(root) as watch: await watch.changed(10)`.

    A thread of its own: to set a watch on a large tree takes seconds, on a file system that hangs for ever, and a
    shared pool has as many threads as it has, whatever the number of mailboxes.
    """

    def __init__(self, root: str) -> None:
        self._root = root
        self._changed = asyncio.Event()
        self._ended = asyncio.Event()
        self._stop = threading.Event()
        self._blind = False

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        threading.Thread(target=self._follow, name="watch", daemon=True).start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_S):
                await self._ended.wait()

    async def changed(self, seconds: float) -> None:
        """Return when something changed since the last call, or after `seconds`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(min(seconds, BLIND_S) if self._blind else seconds):
                await self._changed.wait()
        self._changed.clear()

    def _follow(self) -> None:
        settled = False
        try:
            for changes in watch(
                self._root,
                step=STEP_MS,
                debounce=DEBOUNCE_MS,
                rust_timeout=SETTLE_MS,
                yield_on_timeout=True,
                stop_event=self._stop,
                watch_filter=None,
                ignore_permission_denied=True,
            ):
                if changes or not settled:  # at first: the watch is set, look for what came before
                    self._tell(self._changed)
                settled = True
        except Exception as error:  # without notifications mail is found by looking, only later
            self._blind = True
            self._tell(self._changed)
            log.warning("no file notifications (%s): looking every %.0f s instead", type(error).__name__, BLIND_S)
        finally:
            self._tell(self._ended)

    def _tell(self, event: asyncio.Event) -> None:
        with suppress(RuntimeError):  # the loop ended before the file system answered
            self._loop.call_soon_threadsafe(event.set)

"""Waiting until something changes below a directory. A hint only: what counts is the next look at the tree."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from types import TracebackType
from typing import Self

from watchfiles import awatch

log = logging.getLogger(__name__)

STEP_MS = 20
"""Changes that come within this time of each other are one."""
DEBOUNCE_MS = 200
BLIND_S = 2.0
"""Time between looks when the system has no more watches to give (fs.inotify.max_user_instances)."""


class Watch:
    """`async with Watch(root) as watch: await watch.changed(10)`."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._changed = asyncio.Event()
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._blind = False

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._follow(), name="watch")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task], timeout=1)

    async def changed(self, seconds: float) -> None:
        """Return when something changed since the last call, or after `seconds`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(min(seconds, BLIND_S) if self._blind else seconds):
                await self._changed.wait()
        self._changed.clear()

    async def _follow(self) -> None:
        try:
            async for _ in awatch(
                self._root,
                step=STEP_MS,
                debounce=DEBOUNCE_MS,
                stop_event=self._stop,
                watch_filter=None,
                ignore_permission_denied=True,
            ):
                self._changed.set()
        except Exception as error:  # without notifications mail is found by looking, only later
            self._blind = True
            log.warning("no file notifications (%s): looking every %.0f s instead", type(error).__name__, BLIND_S)

"""When an account's folders log in: they share one password, and every refusal brings the account nearer to a lock."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from agents.sources.base import AuthFailed

LOOK_S = 2.0
"""How often a closed door looks whether somebody has logged in again: a file that changes tells nobody."""


class Door:
    """One account's. After any failure its folders log in one by one until the first was let in; after a refusal none
    does for a while, or until what was refused has been replaced, and all of them say why."""

    def __init__(self, pause_s: float) -> None:
        self._pause_s = pause_s
        self._queue = asyncio.Lock()
        self._open = False
        self._refusal: AuthFailed | None = None
        self._refused_until = 0.0

    @property
    def closed_for_s(self) -> float:
        """How long no folder may log in, unless what was refused is replaced before."""
        if self._refusal is None or (self._refusal.mended and self._refusal.mended()):
            return 0.0
        return max(0.0, self._refused_until - time.monotonic())

    async def until_open(self) -> None:
        """Return when a login may be tried again."""
        while left := self.closed_for_s:
            looks = self._refusal is not None and self._refusal.mended is not None
            await asyncio.sleep(min(left, LOOK_S) if looks else left)

    async def _queue_up(self) -> bool:
        """Wait for one's turn; whether the others wait until this folder was let in."""
        if self._open:
            return False
        await self._queue.acquire()
        first = not self._was_opened()
        if not first:
            self._queue.release()
        return first

    def _was_opened(self) -> bool:
        return self._open

    @asynccontextmanager
    async def entering(self) -> AsyncIterator[Callable[[], None]]:
        """One folder's session, from before its login to its end. What it yields is called once the login was accepted.

        Raises:
            AuthFailed: a login was refused a short while ago, perhaps another folder's.
        """
        first = False

        def let_in() -> None:
            nonlocal first
            self._open = True
            if first:
                first = False
                self._queue.release()

        try:
            first = await self._queue_up()
            if self._refusal is not None and self.closed_for_s:
                raise AuthFailed(str(self._refusal))
            yield let_in
        except AuthFailed as error:
            if not self.closed_for_s:
                self._refusal, self._refused_until = _without_trace(error), time.monotonic() + self._pause_s
            raise
        finally:
            self._open = False
            if first:
                self._queue.release()


def _without_trace(error: AuthFailed) -> AuthFailed:
    """What is kept of it for long: its frames may hold a secret or mails."""
    kept = AuthFailed(str(error))
    kept.mended = error.mended
    return kept

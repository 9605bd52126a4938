"""Answers that need no second call: in memory, and in Redis where several processes share them.

A cache that is away is an empty one. Values are opinions as JSON; nothing else of a mail is in it."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import orjson

from infra.settings import Settings
from streams.reviews import opinion_from
from streams.triage.opinion import Opinion

log = logging.getLogger(__name__)
ENTRIES = 10_000
PREFIX = "triage:crew:"
TIMEOUT_S = 0.5


class Cache:
    """Verbs: get, put, clear. `ttl_s` seconds an answer is kept."""

    def __init__(
        self, *, ttl_s: float, shared: Any = None, enabled: bool = True, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._ttl_s, self._shared, self._enabled, self._clock = ttl_s, shared, enabled, clock
        self._entries: OrderedDict[str, tuple[float, Opinion]] = OrderedDict()
        self._failing = False

    @classmethod
    def of(cls, settings: Settings) -> Cache:
        """As the settings say."""
        shared = shared_cache(settings.cache_url) if settings.cache_url and settings.cache_enabled else None
        return cls(ttl_s=settings.cache_ttl, shared=shared, enabled=settings.cache_enabled)

    def __len__(self) -> int:
        return len(self._entries)

    async def get(self, key: str) -> Opinion | None:
        """The answer, or None."""
        if not self._enabled:
            return None
        entry = self._entries.get(key)
        if entry is not None and entry[0] > self._clock():
            self._entries.move_to_end(key)
            return entry[1]
        value = await self._ask("get", PREFIX + key)
        try:
            opinion = opinion_from(orjson.loads(value)) if value else None
        except (KeyError, TypeError, ValueError):  # another version's, or somebody else's
            return None
        if opinion is not None:
            self.remember(key, opinion)
        return opinion

    async def put(self, key: str, opinion: Opinion) -> None:
        """Keep an answer."""
        if self._enabled:
            self.remember(key, opinion)
            await self._ask("set", PREFIX + key, orjson.dumps(opinion), ex=max(1, int(self._ttl_s)))

    def remember(self, key: str, opinion: Opinion) -> None:
        """Keep it in this process alone; also what the log has from earlier runs."""
        if not self._enabled:
            return
        self._entries[key] = (self._clock() + self._ttl_s, opinion)
        self._entries.move_to_end(key)
        if len(self._entries) > ENTRIES:
            self._entries.popitem(last=False)

    async def clear(self) -> int:
        """Forget all; how many answers this process and the shared cache held.

        Raises what the shared cache's client does: who clears wants to know.
        """
        count = len(self._entries)
        self._entries.clear()
        return count + (await clear_shared(self._shared) if self._shared is not None else 0)

    async def close(self) -> None:
        """Disconnect."""
        if self._shared is not None:
            await self._shared.aclose()

    async def _ask(self, verb: str, *arguments: Any, **options: Any) -> Any:
        if self._shared is None:
            return None
        try:
            found = await getattr(self._shared, verb)(*arguments, **options)
        except Exception as error:
            if not self._failing:
                log.warning("the shared cache is away (%s); going on without", type(error).__name__)
            self._failing = True
            return None
        self._failing = False
        return found


def shared_cache(url: str) -> Any:
    """A client of Redis; it connects when it is first asked."""
    from redis.asyncio import Redis

    return Redis.from_url(url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S, retry=None)


async def clear_shared(shared: Any) -> int:
    """Delete our keys, and no others; how many."""
    count = 0
    async for key in shared.scan_iter(match=PREFIX + "*", count=1000):
        count += int(await shared.delete(key))
    return count

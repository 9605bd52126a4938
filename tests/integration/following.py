"""Reads a source as ingest does: a batch's mails and cursor are stored before the next batch is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from types import TracebackType
from typing import Self, cast

from agents.sources.base import Batch, FoundMail, Source


async def nothing_announced() -> frozenset[str]:
    """An empty log."""
    return frozenset()


class Follower:
    """One reading of a source from a cursor on; `async with` closes it."""

    def __init__(self, source: Source, cursor: Mapping[str, bytes] | None = None) -> None:
        self.cursor: dict[str, bytes] = dict(cursor or {})
        self.batches: list[Batch] = []
        self._changes = cast("AsyncGenerator[Batch, None]", source.changes(dict(self.cursor)))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._changes.aclose()

    @property
    def mails(self) -> list[FoundMail]:
        """Everything so far."""
        return [mail for batch in self.batches for mail in batch.mails]

    @property
    def skipped(self) -> int:
        """Everything passed over so far."""
        return sum(batch.skipped for batch in self.batches)

    async def next(self, seconds: float = 60) -> Batch:
        """The next batch, stored."""
        async with asyncio.timeout(seconds):
            batch = await anext(self._changes)
        self.batches.append(batch)
        for name, entry in batch.cursor.items():
            if entry is None:
                self.cursor.pop(name, None)
            else:
                self.cursor[name] = entry
        return batch

    async def until_in_step(self, seconds: float = 60) -> list[FoundMail]:
        """Everything up to the next empty batch."""
        before = len(self.mails)
        async with asyncio.timeout(seconds):
            while (await self.next(seconds)).mails:
                pass
        return self.mails[before:]

    async def until_found(self, count: int, seconds: float = 60) -> list[FoundMail]:
        """The next `count` mails; empty batches are passed over."""
        before = len(self.mails)
        async with asyncio.timeout(seconds):
            while len(self.mails) - before < count:
                await self.next(seconds)
        return self.mails[before:]


async def read_all(source: Source, cursor: Mapping[str, bytes] | None = None) -> Follower:
    """Read until in step, close, and return what was found."""
    async with Follower(source, cursor) as follower:
        await follower.until_in_step()
    return follower

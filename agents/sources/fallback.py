"""A Gmail mailbox that goes on over IMAP while Gmail's circuit breaker is open, and goes back when Gmail is.

Both name a mail by Gmail's own number, so the log tells what was announced by the other way: IMAP begins a margin
before the time when all was known over the API and drops what the log has; back at Gmail, its history goes on from
where it stood, and drops what IMAP has announced meanwhile. The cursor entry "fallback" says that there may be such
mails."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from agents.breakers import Breaker, BreakerState
from agents.sources.base import Announced, AuthFailed, Batch, Cursor, ProviderTransient, Source
from agents.sources.gmail import position as gmail_positions
from agents.sources.gmail.api import GmailApi
from agents.sources.gmail.mailbox import Gmail
from agents.sources.gmail.reading import FALLBACK

log = logging.getLogger(__name__)

PROBE_S = 1.0
"""Least time between two looks whether Gmail is back."""


class WithFallback:
    """A `Source` of two. What it raises is what the one in use raises."""

    def __init__(
        self,
        account: str,
        gmail: Gmail,
        api: GmailApi,
        breaker: Breaker,
        *,
        imap: Callable[[datetime | None], Source],
        folder: str,
        announced: Announced,
        wanted: Callable[[], bool],
    ) -> None:
        """Keyword-only where it is not plain.

        Args:
            account: id of the account.
            gmail: the source to prefer.
            api: its calls, to see whether Gmail is back.
            breaker: open: Gmail is away.
            imap: makes the other source, whose first contact reaches back to this moment; None: the account's own.
            folder: name of the IMAP source's cursor entry.
            announced: event ids of the account on the log.
            wanted: whether an operator wants the other way to be used at all, at this moment.
        """
        self._account, self._gmail, self._api, self._breaker = account, gmail, api, breaker
        self._imap, self._folder, self._announced, self._wanted = imap, folder, announced, wanted

    @property
    def complaint(self) -> str:
        """What is wrong although mails come, for the status."""
        return "Gmail is away: read over IMAP" if self._away else self._gmail.complaint

    @property
    def _away(self) -> bool:
        return self._wanted() and self._breaker.state != BreakerState.CLOSED

    async def changes(self, cursor: Cursor) -> AsyncGenerator[Batch, None]:
        """See `Source.changes`."""
        kept = dict(cursor)
        while True:
            # Asked first: where IMAP fails at once, nobody else might ever find out that Gmail is back.
            away = self._away and not await self._gmail_is_back()
            way = self._over_imap(kept) if away else self._over_gmail(kept)
            async with aclosing(way) as batches:
                async for batch in batches:
                    yield batch
                    for name, entry in batch.cursor.items():
                        if entry is None:
                            kept.pop(name, None)
                        else:
                            kept[name] = entry
                    del batch  # here and below: its bytes must not outlive their reservation

    async def _over_gmail(self, kept: dict[str, bytes]) -> AsyncGenerator[Batch, None]:
        """Until the breaker opens."""
        strays = FALLBACK in kept
        try:
            async with aclosing(self._gmail.changes(kept)) as batches:
                async for batch in batches:
                    if strays and not batch.mails and not batch.remaining:  # in step: IMAP's place is void from now on
                        yield replace(batch, cursor={**batch.cursor, FALLBACK: None, self._folder: None})
                        strays = False
                    else:
                        yield batch
                    del batch
        except ProviderTransient:
            if not self._away:
                raise
            log.warning("Gmail is away: going on over IMAP", extra={"account": self._account})

    async def _over_imap(self, kept: dict[str, bytes]) -> AsyncGenerator[Batch, None]:
        """Until Gmail is back, or this way is not wanted any more."""
        known = set(await self._announced())
        source = self._imap(self._since(kept))
        place = {name: entry for name, entry in kept.items() if name == self._folder and FALLBACK in kept}
        batches = cast("AsyncGenerator[Batch, None]", source.changes(place))
        step: asyncio.Task[Batch] | None = None
        try:
            while True:
                step = step or asyncio.create_task(cast("Any", anext(batches)))
                await asyncio.wait({step}, timeout=PROBE_S)
                if step.done():
                    batch, step = step.result(), None
                    new = tuple(mail for mail in batch.mails if mail.event_id not in known)
                    skipped = batch.skipped + len(batch.mails) - len(new)
                    yield replace(batch, mails=new, skipped=skipped, cursor={**batch.cursor, FALLBACK: b"1"})
                    known.update(mail.event_id for mail in new)
                    del batch, new
                if not self._wanted():
                    return
                if await self._gmail_is_back():
                    log.info("Gmail is back", extra={"account": self._account})
                    return
        finally:
            if step is not None:
                step.cancel()
                await asyncio.wait({step})
            await batches.aclose()

    async def _gmail_is_back(self) -> bool:
        if self._breaker.retry_in_s:
            return False
        try:
            await self._api.profile()
        except ProviderTransient:
            return False
        except AuthFailed:
            return True  # it answers; the source says the rest
        return True

    def _since(self, kept: dict[str, bytes]) -> datetime | None:
        position = gmail_positions.Position.decode(kept.get(gmail_positions.ENTRY))
        if position is None:
            return None
        return max(position.begins, (position.since or position.synced_at) - gmail_positions.MARGIN)

"""Message ids → mails, in their order, several at a time, within the memory that is granted.

Parallel gets over connections that stay open, not Gmail's batch endpoint: a batch costs the same units, is what most
often draws "too many concurrent requests", and its one answer with up to a hundred mails cannot be bounded by mail."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from agents.sources.base import FoundMail, Room
from agents.sources.gmail import message, portions
from agents.sources.gmail.api import GmailApi
from agents.sources.gmail.failures import Gone
from agents.sources.gmail.message import Described
from agents.sources.imap.fingerprint import fingerprint
from monitoring import metrics
from streams.events import event_id

CONCURRENT = 8
"""Gets of one mailbox at a time: twice what hides the round trip, half of what Gmail complains about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What became of one id."""

    id: int
    mail: FoundMail | None
    """None: the message was deleted meanwhile."""
    described: Described | None = None

    @property
    def bytes(self) -> int:
        """What it takes in memory."""
        return len(self.mail.raw) if self.mail else 0


def identity(account: str, number: int) -> str:
    """The event id of a Gmail message: over IMAP the same, from X-GM-MSGID."""
    return event_id(account, "gmail", f"{number:x}")


class Fetch:
    """Gets the messages of one account."""

    def __init__(self, account: str, api: GmailApi, *, mail_max_bytes: int, room: Room) -> None:
        self._account, self._api, self._limit, self._room = account, api, mail_max_bytes, room

    async def portions(
        self, ids: Iterable[int], now: Callable[[], datetime]
    ) -> AsyncGenerator[tuple[Fetched, ...], None]:
        """Each id with its mail, as many at a time as make a batch. Room is asked for before they are fetched: ask for
        the next portion when the last is stored. Close the iterator to end what is on its way.

        Raises:
            ProviderTransient, AuthFailed
        """
        waiting = deque(ids)
        while waiting:
            await self._room(portions.most(len(waiting), self._limit, CONCURRENT))
            fetched = await self._next(waiting, now)
            while fetched:
                yield portions.take(fetched)

    async def _next(self, waiting: deque[int], now: Callable[[], datetime]) -> deque[Fetched]:
        """Take ids off the front until their mails make a batch; all that were begun belong to it."""
        fetched: deque[Fetched] = deque()
        running: deque[asyncio.Task[Fetched]] = deque()
        size = 0
        try:
            while True:
                room = min(CONCURRENT, portions.BATCH_MAILS - len(fetched)) if size < portions.BATCH_BYTES else 0
                while waiting and len(running) < room:
                    running.append(asyncio.create_task(self._one(waiting.popleft(), now())))
                if not running:
                    return fetched
                one = await running[0]
                running.popleft()
                fetched.append(one)
                size += one.bytes
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _one(self, number: int, found_at: datetime) -> Fetched:
        name = f"{number:x}"  # as Gmail writes it: those of before November 2004 have 15 digits
        try:
            answer, whole = await self._api.message(name, "raw", message.answer_limit(self._limit))
            raw, longer = message.raw_of(answer, self._limit)
            if not whole:  # the rest of the answer was never read, and with it what stands behind `raw`
                answer, _ = await self._api.message(name, "minimal", message.JSON_ROOM)
        except Gone:
            metrics.MAILS_GONE.labels(source="gmail").inc()
            return Fetched(id=number, mail=None)
        about = message.described(answer)
        cut = longer or not whole
        mail = FoundMail(
            event_id=identity(self._account, number),
            raw=raw,
            size=max(about.size, len(raw)) if cut else len(raw),
            truncated=cut,
            location=f"gmail;{name}",
            found_at=found_at,
            fingerprint=fingerprint(raw),
        )
        return Fetched(id=number, mail=mail, described=about)

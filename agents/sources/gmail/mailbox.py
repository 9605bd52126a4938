"""A Gmail mailbox as a source.

     no cursor → pin profile.historyId → list since N days ─┐
404 on history → pin profile.historyId → list since then ───┴→ history from the pinned id → in step
                                                                    ↑                          │
                                                                    └── hint or long silence ──┘
"""

from __future__ import annotations

import logging
import random
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace

from agents.sources.base import Announced, Batch, Cursor, ProviderError, Room, unbounded
from agents.sources.gmail import position as positions
from agents.sources.gmail.api import GmailApi
from agents.sources.gmail.hints import Listener
from agents.sources.gmail.position import Position
from agents.sources.gmail.reading import FALLBACK, Clock, Reading, utc_now
from agents.sources.gmail.sent import Answers
from agents.sources.gmail.watching import Watching

log = logging.getLogger(__name__)

SETTLE_S = (0.3, 1.0, 3.0, 10.0)
"""A push may be ahead of what history.list shows: it is asked again after these; then the hint is let go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GmailLimits:
    """Bounds of reading; `Settings` says what each means."""

    first_contact_days: float | None = 7.0
    mail_max_bytes: int = 512 * 1024
    silence_s: float = 600.0
    """After so long without a hint the history is asked all the same."""
    answers: bool = True
    """Whether it is looked up which mails the owner answers."""


class Gmail:
    """A `Source`: the mails of one account that have one of its labels.

    It never loops over failures: the first one ends the iterator, and whoever asked decides when to ask again.
    """

    def __init__(
        self,
        account: str,
        labels: tuple[str, ...],
        api: GmailApi,
        *,
        limits: GmailLimits,
        announced: Announced,
        listener: Listener,
        watching: Watching,
        room: Room = unbounded,
        clock: Clock = utc_now,
    ) -> None:
        self._account, self._labels, self._api, self._limits = account, labels, api, limits
        self._announced, self._listener, self._watching = announced, listener, watching
        self._room, self._clock = room, clock
        self._answers = Answers(account, api, wanted=limits.answers)
        self._asked_again = 0

    @property
    def complaint(self) -> str:
        """What is wrong although mails come, for the status."""
        return self._watching.complaint

    async def changes(self, cursor: Cursor) -> AsyncGenerator[Batch, None]:
        """See `Source.changes`. The cursor has the entries "history" and "watch"."""
        try:
            self._watching.resume(cursor)
            reading = self._reading(cursor)
            self._asked_again, unasked = 0, False
            while True:
                watch = await self._watching.renew()  # before the history is asked: what comes meanwhile is pushed
                async with aclosing(reading.batches()) as batches:
                    async for batch in batches:
                        yield replace(batch, cursor={**batch.cursor, **watch})
                        watch = {}
                        self._listener.commit(reading.committed)
                        if unasked and batch.mails:
                            self._watching.missed()
                            unasked = False
                        del batch  # its bytes must not outlive their reservation while the next is awaited
                end = reading.in_step()
                yield replace(end, cursor={**end.cursor, **watch})
                self._listener.commit(reading.committed)
                unasked = not await self._wait()
        except ProviderError as error:
            error.args = (f"{self._account}: {error}",)
            raise

    def _reading(self, cursor: Cursor) -> Reading:
        entry = cursor.get(positions.ENTRY)
        stored = Position.decode(entry)
        if lost := entry is not None and stored is None:
            said = "%s: its cursor cannot be read: the mailbox is read anew and compared with the log"
            log.warning(said, self._account, extra={"account": self._account})
        return Reading(
            self._account,
            self._labels,
            self._api,
            self._announced,
            answers=self._answers,
            stored=stored,
            strays=lost or FALLBACK in cursor,
            first_contact_days=self._limits.first_contact_days,
            mail_max_bytes=self._limits.mail_max_bytes,
            room=self._room,
            clock=self._clock,
        )

    async def _wait(self) -> bool:
        """Return when there is reason to ask the history again: True for a hint, False for a long silence."""
        listener = self._listener
        if listener.wanted > listener.reached:
            if self._asked_again < len(SETTLE_S):
                higher = await listener.until_higher(SETTLE_S[self._asked_again])
                self._asked_again = 0 if higher else self._asked_again + 1
                return True
            listener.give_up()
        self._asked_again = 0
        silence_s = self._limits.silence_s * random.uniform(0.9, 1.1)  # not all mailboxes at the same moment
        if await listener.until_hinted(min(silence_s, self._watching.due_s())):
            self._watching.pushed()
            return True
        return False

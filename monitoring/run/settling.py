"""Waits until everything of the mailbox has been archived, or until nothing moves any more."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from functools import partial

from agents.accounts import Account
from infra.errors import TriageError
from monitoring.run import mailbox
from monitoring.run.accounting import Outcome, settle
from monitoring.run.reader import Reader
from monitoring.run.shelf import Shelf
from monitoring.run.tally import Tally

LOOK_S = 0.25
CAUGHT_UP_S = 30.0
SETTLED_S = 5.0
"""Without progress for this long, files that cannot be opened are taken for what is missing."""


@dataclass(kw_only=True)
class Settling:
    """One mailbox on its way into PostgreSQL."""

    account: Account
    tally: Tally
    reader: Reader
    shelf: Shelf
    patience_s: float
    """Without any progress for this long the wait ends."""
    files: int | None = None
    """How many there are to wait for; None: not looked yet."""

    async def run(self) -> Outcome:
        """Return when every file is accounted for, or say what is missing."""
        await self._list()
        progress, moved_at = self._progress(), time.monotonic()
        while True:
            if self._may_be_complete():
                started = time.monotonic()
                outcome = await self.outcome()
                if outcome.complete:
                    return outcome
                await asyncio.sleep(10 * (time.monotonic() - started))  # thousands of ids: not four times a second
            if (now := self._progress()) != progress:
                progress, moved_at = now, time.monotonic()
            idle = time.monotonic() - moved_at
            if idle > self.patience_s:
                return self._given_up(await self.outcome(), f"nothing has moved for {idle:.0f} s")
            if idle > SETTLED_S and (why := await asyncio.to_thread(self._unreadable)):
                return self._given_up(await self.outcome(), why)
            await asyncio.sleep(LOOK_S)

    async def outcome(self) -> Outcome:
        """How things stand, with everything counted that is committed now."""
        listing = await self._list()
        try:
            await self.shelf.look()
            archived = await self.shelf.ids()
        except TriageError as error:
            return self._given_up(self._settle(listing, frozenset()), str(error))
        try:
            await asyncio.wait_for(self.reader.caught_up(), CAUGHT_UP_S)
        except Exception as error:  # Kafka is away: its counts are too low, and the reason is said
            return self._given_up(self._settle(listing, archived), f"the log was not read: {type(error).__name__}")
        return self._settle(listing, archived)

    async def _list(self) -> mailbox.Listing:
        try:
            listing = await asyncio.to_thread(mailbox.listing, self.account)
        except OSError as error:
            listing = mailbox.Listing(ids=frozenset(), links=0, closed=(f"{self.account.maildir}: {error.strerror}",))
        self.files = len(listing.ids)
        return listing

    def _settle(self, listing: mailbox.Listing, archived: frozenset[bytes]) -> Outcome:
        return settle(self.tally, listing, archived, dict(self.shelf.ours), partial(mailbox.paths, self.account))

    def _given_up(self, outcome: Outcome, why: str) -> Outcome:
        return replace(outcome, problems=(*outcome.problems, why), missing=max(1, outcome.missing))

    def _progress(self) -> tuple[int, ...]:
        return (*self.tally.progress, self.shelf.ours.total(), self.files or 0)

    def _may_be_complete(self) -> bool:
        settled = self.shelf.ours.total() + len(self.tally.dead)
        return not self.shelf.trouble and settled >= max(self.files or 0, len(self.tally.received))

    def _unreadable(self) -> str:
        """The reason when all that is not received are files that nobody here can open."""
        if self.shelf.ours.total() + len(self.tally.dead) < len(self.tally.received):
            return ""
        missing = mailbox.listing(self.account).ids - self.tally.received
        reasons = [mailbox.unreadable(self.account, path) for path in mailbox.paths(self.account, missing)]
        return f"{len(reasons)} files cannot be read: {reasons[0]}" if reasons and all(reasons) else ""

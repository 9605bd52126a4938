"""Rounds over one open folder: list what is new, take it in portions, end in step with the server, wait for mail."""

from __future__ import annotations

import asyncio
import logging
from array import array
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from agents.sources.base import Batch, FoundMail, Move, Room
from agents.sources.imap import listing
from agents.sources.imap.connection import Connection, FolderState
from agents.sources.imap.listing import Window
from agents.sources.imap.mails import Mails
from agents.sources.imap.observer import Observer
from agents.sources.imap.position import Position
from agents.sources.imap.responses import Fetched

Clock = Callable[[], datetime]

FRUITLESS_MAX = 5
"""So many announcements in a row without a mail behind them are answered at once: of one that was read, or is gone."""
FRUITLESS_S = 1.0
NOTHING: Mapping[str, bytes] = MappingProxyType({})

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Portion:
    """Mails that are fetched together; after them every UID up to `up_to` is done."""

    described: list[Fetched]
    up_to: int


class Reading:
    """One folder over one connection, from a position on. `next` is asked again and again."""

    def __init__(
        self,
        connection: Connection,
        mails: Mails,
        state: FolderState,
        position: Position,
        *,
        stored: Position | None,
        known: frozenset[str],
        room: Room,
        clock: Clock,
        observer: Observer,
    ) -> None:
        self._connection = connection
        self._mails = mails
        self._state = state
        self._position = position
        self._stored = stored
        self._known = known
        self._room = room
        self._clock = clock
        self._observer = observer
        self._windows: deque[Window] = deque()
        self._uids = array("Q")
        self._portions: deque[Portion] = deque()
        self._ready: deque[Batch] = deque()
        self._skipped = self._recognised = self._unlisted = self._fruitless = 0
        self._in_step = False
        self._begin_round()

    async def next(self) -> Batch:
        """The next batch; an empty one when the folder is in step, and after that when mail came or a proof of life.

        Raises:
            ProviderTransient
        """
        if self._in_step:
            await self._wait()
            self._begin_round()
        while not self._ready:
            portion = await self._next_portion()
            if portion is None:
                self._in_step = True
                end = self._position.in_step(self._started)
                moves, entry = await self._observer.look(end.uid)
                return self._batch((), end, remaining=0, moves=moves, entry=entry)
            await self._take(portion)
        return self._ready.popleft()

    async def _wait(self) -> None:
        """Wait for mail; a server that keeps on announcing what it does not have is asked once a second."""
        clock = asyncio.get_running_loop().time
        if self._fruitless > FRUITLESS_MAX:
            await asyncio.sleep(FRUITLESS_S)
        started = clock()
        await self._connection.wait_for_mail()
        self._fruitless = self._fruitless + 1 if clock() - started < FRUITLESS_S else 0

    def _begin_round(self) -> None:
        self._in_step = False
        self._started = self._clock()
        self._found_at = self._connection.wire.take_announcement() or self._started
        last, exists = self._state.highest, self._state.exists
        if self._position.catching_up:
            last = self._position.until
            self._unlisted = exists if self._position.rebuilt and not self._position.uid else 0
        closed = self._position.catching_up
        self._windows.extend(listing.windows(self._position.uid + 1, last, exists, open_ended=not closed))

    async def _next_portion(self) -> Portion | None:
        while not self._portions:
            while self._windows and len(self._uids) < listing.LISTED_MAX:
                await self._list(self._windows.popleft())
            if self._uids:
                await self._describe()
            elif self._position.catching_up:
                self._end_catching_up()
            else:
                return None
        return self._portions.popleft()

    async def _list(self, window: Window) -> None:
        first, last = window
        since = self._position.since
        criteria = f"UID {first}:{last or '*'}"
        if since:  # SEARCH knows days only, and disregards time zones (RFC 3501 §6.4.4)
            criteria += f" SINCE {listing.imap_date(since - timedelta(days=1))}"
        # n:* always names the last mail, also when its UID is below n (RFC 3501 §6.4.8).
        found = [uid for uid in await self._connection.search(criteria) if first <= uid <= (last or uid)]
        self._uids.extend(found)
        self._unlisted -= len(found)

    async def _describe(self) -> None:
        chunk = self._uids[: listing.DESCRIBED_MAX]
        del self._uids[: listing.DESCRIBED_MAX]
        described = await self._mails.describe(self._connection, chunk)
        wanted = [one for one in described if self._may_be_new(one)]
        if self._position.rebuilt:
            self._skipped += len(described) - len(wanted)
        portions = [Portion(part, part[-1].uid) for part in listing.portions(wanted, self._mails.fetch_size)]
        if portions:
            portions[-1] = Portion(portions[-1].described, chunk[-1])
        else:
            self._position = self._position.reached(chunk[-1])
        self._portions.extend(portions)

    def _may_be_new(self, described: Fetched) -> bool:
        since = self._position.since
        return since is None or described.internal_date is None or described.internal_date >= since

    async def _take(self, portion: Portion) -> None:
        await self._room(sum(map(self._mails.fetch_size, portion.described)))
        found = await self._mails.take(self._connection, self._position.uidvalidity, portion.described, self._found_at)
        new = [mail for mail in found if mail.fingerprint not in self._known]
        self._fruitless = 0
        self._recognised += len(found) - len(new)
        self._skipped += len(found) - len(new)
        self._position = self._position.reached(portion.up_to)
        self._ready.extend(self._batches(new))

    def _batches(self, mails: list[FoundMail]) -> Iterator[Batch]:
        """One batch, or several where the server's sizes were too small; the last moves the cursor."""
        behind = len(self._uids) + sum(len(portion.described) for portion in self._portions)
        is_last = not (behind or self._windows or self._position.catching_up)
        end = self._position.in_step(self._started) if is_last else self._position
        parts = list(listing.portions(mails, lambda mail: len(mail.raw)))
        for number, part in enumerate(parts, start=1):
            rest = sum(map(len, parts[number:]))
            yield self._batch(tuple(part), None if rest else end, remaining=behind + rest)

    def _batch(
        self,
        mails: tuple[FoundMail, ...],
        position: Position | None,
        remaining: int,
        *,
        moves: tuple[Move, ...] = (),
        entry: Mapping[str, bytes] = NOTHING,
    ) -> Batch:
        cursor: dict[str, bytes | None] = {**entry}
        if position and position.worth_storing(self._stored):
            cursor[self._mails.folder] = position.encode()
            self._stored = position
        skipped, self._skipped = self._skipped, 0
        return Batch(mails=mails, cursor=cursor, moves=moves, remaining=remaining, skipped=skipped)

    def _end_catching_up(self) -> None:
        if self._position.rebuilt:
            self._skipped += max(0, self._unlisted)  # too old to be new: not even compared
            log.warning("%s: %d mails were recognised after the rebuild", self._mails.folder, self._recognised)
        self._known = frozenset()
        self._position = self._position.caught_up()
        self._windows.append((self._position.uid + 1, None))

"""One reading of a Gmail mailbox from a position on: catch up with a list of mails, then take the history in order."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Callable, Container, Iterable, Mapping, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from itertools import count
from typing import Any

from agents.sources.base import Announced, Batch, CursorExpired, FoundMail, Move, ProviderTransient, Room
from agents.sources.gmail import position as positions
from agents.sources.gmail.api import GmailApi
from agents.sources.gmail.fetch import Fetch, Fetched, identity
from agents.sources.gmail.history import Arrival, Changes, Moved, counts, digest, message_number
from agents.sources.gmail.portions import position_after
from agents.sources.gmail.position import Position
from agents.sources.gmail.sent import Answers
from monitoring import metrics

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
LOSSES_MAX = 3
"""So often the history may be lost within one reading."""
LOG_IDS_KEPT = 1000
"""Event ids that a mailbox in step keeps in memory; more are read again when they are needed again."""
FALLBACK = "fallback"
"""Name of a cursor entry: mails may have been announced over IMAP that this cursor does not know of."""
PAGES_MAX = 20
"""Pages of history that are digested together: 10,000 records."""


def utc_now() -> datetime:
    """The time, UTC."""
    return datetime.now(UTC)


class Reading:
    """`batches` again and again; each batch is committed when the next one is asked for."""

    def __init__(
        self,
        account: str,
        labels: Sequence[str],
        api: GmailApi,
        announced: Announced,
        *,
        answers: Answers,
        stored: Position | None,
        strays: bool = False,
        first_contact_days: float | None,
        mail_max_bytes: int,
        room: Room,
        clock: Clock,
    ) -> None:
        self._account, self._labels, self._api, self._clock = account, labels, api, clock
        self._fetch = Fetch(account, api, mail_max_bytes=mail_max_bytes, room=room)
        self._announced, self._answers, self._first_contact_days = announced, answers, first_contact_days
        self._stored, self._position = stored, stored
        self._skipped = 0
        self._strays = strays
        self._log: set[str] | None = None if stored or strays else set()
        """Event ids on the log, once they had to be known; a mailbox of the first contact has none."""

    @property
    def committed(self) -> int:
        """Everything up to this historyId is on Kafka, once the last batch is; 0: there is a list to catch up with."""
        position = self._position
        return 0 if position is None or position.catching_up else position.history_id

    def in_step(self) -> Batch:
        """The batch that says: all is known up to now."""
        return self._batch((), remaining=0)

    async def batches(self) -> AsyncGenerator[Batch, None]:
        """Everything up to now, oldest first; the last batch leaves nothing to go.

        Raises:
            ProviderTransient, AuthFailed
        """
        for losses in count(1):
            try:
                async with aclosing(self._to_the_end()) as batches:
                    async for batch in batches:
                        yield batch
                        del batch
                return
            except CursorExpired as error:
                if losses > LOSSES_MAX:  # also the ids that were pinned a moment ago: listing again would not help
                    raise ProviderTransient(str(error)) from None
                await self._lost(error)

    async def _to_the_end(self) -> AsyncGenerator[Batch, None]:
        if self._position is None:
            pinned = (await self._api.profile()).history_id
            self._position = positions.first_contact(pinned, self._clock(), self._first_contact_days)
        if self._position.catching_up:
            async with aclosing(self._catch_up()) as batches:
                async for batch in batches:
                    yield batch
                    del batch
        whole = False
        while not whole:
            asked_at = self._clock()
            changes, whole = await self._history(self._position)
            async with aclosing(self._take(changes, more=not whole)) as batches:
                async for batch in batches:
                    yield batch
                    del batch
            if whole:
                self._position = self._position.known_at(asked_at)
        self._strays = False
        if self._log is not None and len(self._log) > LOG_IDS_KEPT:
            self._log = None

    async def _lost(self, error: CursorExpired) -> None:
        """The history is gone. The newest id is pinned before the list is asked for: what comes while it is read is in
        the history after it. Setting the cursor to the newest id and no more is how mails get lost."""
        assert self._position is not None
        pinned = (await self._api.profile()).history_id
        self._position = self._position.lost(pinned)
        metrics.RESYNCS.labels(source="gmail").inc()
        said = "%s: the mails since %s are listed and compared with the log"
        log.warning(said, error, self._position.since, extra={"account": self._account})

    # Catching up

    async def _catch_up(self) -> AsyncGenerator[Batch, None]:
        position = self._position
        assert position is not None
        listed = await self._listed(position)
        left = listed
        on_log: Container[str] = frozenset()
        if self._is_place(position) and position.after in listed:
            left = listed[listed.index(position.after) + 1 :]
        elif position.after or position.floor or self._stored or self._strays:
            on_log = await self._on_log()  # only the log can tell
        # What arrived after the pinned id comes by the history; everything else only by this list.
        coming = await self._arrived_since(position)
        wanted = [one for one in left if one not in coming and identity(self._account, one) not in on_log]
        self._skipped += len(left) - len(wanted)
        async with aclosing(self._fetch.portions(wanted, self._clock)) as fetched:
            taken = 0
            async for part in fetched:
                taken += len(part)
                self._position = position = position.listed_to(part[-1].id)
                new = tuple(one.mail for one in part if one.mail and not _dealt_with(one, position))
                self._skipped += len(part) - len(new)
                if new:  # a batch without mails would say that the mailbox is in step
                    yield self._batch(new, remaining=len(wanted) - taken)
                    self._remember(new)
                del part, new  # see Room: the next portion waits for memory
        self._position = position.caught_up()

    def _is_place(self, position: Position) -> bool:
        """Whether the list's last taken mail tells all: mails of several labels may change places."""
        return bool(position.after) and len(self._labels) == 1 and not position.floor and not self._strays

    async def _listed(self, position: Position) -> list[int]:
        """Ids of the mails in scope since then, oldest first."""
        assert position.since is not None
        found: dict[int, None] = {}
        for label in self._labels:
            newest_first: list[int] = []
            token: str = ""
            while True:
                page = await self._api.messages(label, position.since, token)
                newest_first += _numbers(page.ids)
                if not (token := page.next_token):
                    break
            found |= dict.fromkeys(reversed(newest_first))
        return list(found)

    async def _arrived_since(self, position: Position) -> frozenset[int]:
        found: set[int] = set()
        whole, at = False, position
        while not whole:
            changes, whole = await self._history(at)
            found |= {one.message for one in changes.arrivals if not one.returned}
            at = at.at(changes.up_to)
        return frozenset(found)

    # History

    async def _history(self, position: Position) -> tuple[Changes, bool]:
        """What happened after the position, and whether that is all."""
        pages: list[Mapping[str, Any]] = []
        token = ""
        while len(pages) < PAGES_MAX:
            pages.append(await self._api.history(position.history_id, token))
            if not (token := str(pages[-1].get("nextPageToken", ""))):
                break
        try:
            changes = digest(pages, frozenset(self._labels), start=position.history_id, whole=not token)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ProviderTransient(f"a history that is not what Gmail documents ({type(error).__name__})") from None
        if changes.head < position.history_id:
            await self._check_same(position)
        return changes, not token

    async def _check_same(self, position: Position) -> None:
        """A mailbox that was deleted and made anew counts its history from the beginning: it would seem empty until it
        reaches the cursor. An answer may also come from a server that lags behind; then the profile says so."""
        newest = (await self._api.profile()).history_id
        if newest < position.history_id:
            raise CursorExpired(f"the mailbox is at historyId {newest}, the cursor at {position.history_id}")

    async def _take(self, changes: Changes, *, more: bool) -> AsyncGenerator[Batch, None]:
        """The mails of the changes in portions, each with the moves and the cursor up to there."""
        start = self._position
        assert start is not None
        arrivals = await self._new(changes, start)
        unsure = frozenset(one.message for one in arrivals if one.unsure)
        moves = sorted([*changes.moves, *await self._answers.by(changes.sent)], key=lambda one: one.record)
        taken = 0
        async with aclosing(self._fetch.portions([one.message for one in arrivals], self._clock)) as fetched:
            async for part in fetched:
                taken += len(part)
                self._position = position_after(self._position or start, arrivals, taken, changes.up_to)
                new = tuple(one.mail for one in part if one.mail and not self._is_beside(one, unsure))
                self._skipped += len(part) - len(new)
                if new:
                    remaining = max(len(arrivals) - taken, int(more))
                    yield self._batch(new, self._pass(moves, self._position), remaining=remaining)
                    self._remember(new)
                del part, new
        self._position = (self._position or start).at(changes.up_to)
        if moves:
            yield self._batch((), self._pass(moves, self._position), remaining=int(more))

    async def _new(self, changes: Changes, position: Position) -> list[Arrival]:
        """The arrivals to fetch. One that came back into scope may have been announced when it was there before, any of
        them over IMAP."""
        arrivals = [one for one in changes.arrivals if one.message not in position.done]
        metrics.MAILS_GONE.labels(source="gmail").inc(sum(one.message in changes.gone for one in arrivals))
        arrivals = [one for one in arrivals if one.message not in changes.gone]
        if doubtful := {one.message for one in arrivals if one.returned or self._strays}:
            on_log = await self._on_log()
            doubtful = {one for one in doubtful if identity(self._account, one) in on_log}
            self._skipped += len(doubtful)
            arrivals = [one for one in arrivals if one.message not in doubtful]
        return arrivals

    def _is_beside(self, one: Fetched, unsure: Container[int]) -> bool:
        """Whether it turns out not to be in scope."""
        if one.id not in unsure or one.described is None:
            return False
        return not counts(one.described.labels, frozenset(self._labels))

    def _pass(self, moves: list[Moved], position: Position) -> tuple[Move, ...]:
        """Take the moves up to the position off the list."""
        count = sum(one.record <= position.history_id for one in moves)
        passed = tuple(Move(identity(self._account, one.message), one.action) for one in moves[:count])
        del moves[:count]
        return passed

    def _remember(self, stored: Iterable[FoundMail]) -> None:
        if self._log is not None:
            self._log.update(mail.event_id for mail in stored)

    async def _on_log(self) -> set[str]:
        if self._log is None:
            self._log = set(await self._announced())
        return self._log

    def _batch(self, mails: tuple[FoundMail, ...], moves: tuple[Move, ...] = (), *, remaining: int) -> Batch:
        """A batch with the position as it is now, when that says more than what is stored."""
        position = self._position
        assert position is not None
        cursor: dict[str, bytes | None] = {}
        if position.worth_storing(self._stored):
            cursor[positions.ENTRY] = position.encode()
            self._stored = position
        skipped, self._skipped = self._skipped, 0
        return Batch(mails=mails, moves=moves, cursor=cursor, remaining=remaining, skipped=skipped)


def _dealt_with(one: Fetched, position: Position) -> bool:
    """Whether it has not changed since before the history was lost: then it was announced, or passed over, long ago."""
    return one.described is not None and one.described.history_id <= position.floor


def _numbers(ids: Iterable[str]) -> list[int]:
    try:
        return [message_number(one) for one in ids]
    except (ValueError, TypeError):
        raise ProviderTransient("a message id that is none of Gmail's") from None

"""How far a Gmail mailbox was read: what its cursor entry holds, as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from agents.sources.entry import Progress

ENTRY = "history"
"""Name of the cursor entry."""
MARGIN = timedelta(days=2)
"""A resync lists mails this much older than the last time when all was known: clocks differ, imports bear old dates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position(Progress):
    """Everything up to `history_id` was taken; while `since` is set, all but what is listed since then."""

    REFRESH: ClassVar = timedelta(hours=1)
    history_id: int
    done: tuple[int, ...] = ()
    """Mails of the very next record that were taken already: a record may hold many."""
    begins: datetime
    """Mails from before the first contact reached back to here are none of ours."""
    since: datetime | None = None
    """First contact or resync: mails that came after this are listed. `history_id` was pinned before the list began."""
    after: int = 0
    """The last mail of the list that was taken."""
    floor: int = 0
    """A mail whose last change is not after this historyId was dealt with before the history was lost."""

    @property
    def catching_up(self) -> bool:
        """A first contact or a resync is under way."""
        return self.since is not None

    def at(self, history_id: int, done: Iterable[int] = ()) -> Position:
        """Further on. The cursor only moves forward: an older historyId changes nothing."""
        if history_id < self.history_id:
            return self
        kept = self.done if history_id == self.history_id else ()
        return replace(self, history_id=history_id, done=tuple(dict.fromkeys((*kept, *done))))

    def listed_to(self, message: int) -> Position:
        """The list is taken up to this mail."""
        return replace(self, after=message)

    def caught_up(self) -> Position:
        """What was listed is taken: the history goes on from the pinned id."""
        return replace(self, since=None, after=0, floor=0)

    def known_at(self, at: datetime) -> Position:
        """The position when all was known at this time."""
        return replace(self, synced_at=max(at, self.synced_at))

    def lost(self, pinned: int) -> Position:
        """The position when the history up to `history_id` is no longer kept and `pinned` is the newest id.

        One that was catching up begins that anew: its floor and its span still hold. Its place in the list does not,
        for a mail that came after the first pinned id was left to the history, wherever it stands in the list.
        """
        anew = pinned < self.history_id  # another mailbox under the same address: its ids say nothing of the former's
        if self.since is not None:
            return replace(self, history_id=pinned, done=(), after=0, floor=0 if anew else self.floor)
        since = max(self.begins, self.synced_at - MARGIN)
        return replace(self, history_id=pinned, done=(), since=since, floor=0 if anew else self.history_id)


def first_contact(pinned: int, now: datetime, days: float | None) -> Position:
    """The position before a mailbox that was never read: everything of the last `days`; None: everything."""
    begins = datetime(1971, 1, 1, tzinfo=UTC) if days is None else now - timedelta(days=days)
    return Position(history_id=pinned, synced_at=begins, begins=begins, since=begins)

"""How far a folder was read: what its cursor entry holds, as JSON."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar

from agents.sources.entry import Progress

SLACK = timedelta(days=2)
"""A mail may bear a date this much older than its arrival (clocks, moves between folders)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position(Progress):
    """Every mail with a UID up to `uid` was taken or passed over."""

    REFRESH: ClassVar = timedelta(days=1)
    uidvalidity: int
    uid: int = 0
    since: datetime | None = None
    """Among the UIDs up to `until` only mails that arrived later than this count (first contact, rebuilt folder)."""
    until: int = 0
    begins: datetime | None = None
    """Mails that arrived before the first contact reached back to here are none of ours; None: not known."""
    rebuilt: bool = False
    """Among the UIDs up to `until` only mails with an unknown fingerprint count."""

    @property
    def catching_up(self) -> bool:
        """A first contact or the comparison of a rebuilt folder is under way."""
        return self.since is not None

    def reached(self, uid: int) -> Position:
        """The position after the mail with this UID."""
        return replace(self, uid=max(self.uid, uid))

    def caught_up(self) -> Position:
        """The position when only later mails are left, which all count."""
        return replace(self, uid=max(self.uid, self.until), since=None, until=0, rebuilt=False)

    def in_step(self, now: datetime) -> Position:
        """The position when nothing is left to take."""
        return replace(self.caught_up(), synced_at=now)


def first_contact(uidvalidity: int, until: int, now: datetime, days: float) -> Position:
    """The position before a folder that was never read: everything of the last `days`."""
    since = now - timedelta(days=days)
    return Position(uidvalidity=uidvalidity, synced_at=since, since=since, until=until, begins=since)


def after_rebuild(old: Position, uidvalidity: int, until: int) -> Position:
    """The position before a folder whose UIDs became void: what may have arrived since the last sync."""
    since = old.since or old.synced_at - SLACK
    return Position(
        uidvalidity=uidvalidity, synced_at=old.synced_at, since=since, until=until, begins=old.begins, rebuilt=True
    )

"""How far a folder was read: what its cursor entry holds, as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from agents.sources.entry import decoded, moment

SLACK = timedelta(days=2)
"""A mail may bear a date this much older than its arrival (clocks, moves between folders)."""
REFRESH = timedelta(days=1)
"""An unchanged position is stored anew when its `synced_at` is older."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Every mail with a UID up to `uid` was taken or passed over."""

    uidvalidity: int
    uid: int = 0
    synced_at: datetime
    """When the folder was last in step with the server, UTC."""
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

    def encode(self) -> bytes:
        """The cursor entry."""
        fields = {name: value for name, value in asdict(self).items() if value or name == "uid"}
        return json.dumps(fields, default=lambda at: at.isoformat(timespec="seconds")).encode()

    @classmethod
    def decode(cls, entry: bytes | None) -> Position | None:
        """Read a cursor entry; see `entry.decoded`."""
        return decoded(
            entry,
            lambda fields: cls(
                uidvalidity=int(fields["uidvalidity"]),
                uid=int(fields["uid"]),
                synced_at=moment(fields["synced_at"]),
                since=moment(fields["since"]) if "since" in fields else None,
                until=int(fields.get("until", 0)),
                begins=moment(fields["begins"]) if "begins" in fields else None,
                rebuilt=bool(fields.get("rebuilt", False)),
            ),
        )

    def reached(self, uid: int) -> Position:
        """The position after the mail with this UID."""
        return replace(self, uid=max(self.uid, uid))

    def caught_up(self) -> Position:
        """The position when only later mails are left, which all count."""
        return replace(self, uid=max(self.uid, self.until), since=None, until=0, rebuilt=False)

    def in_step(self, now: datetime) -> Position:
        """The position when nothing is left to take."""
        return replace(self.caught_up(), synced_at=now)

    def worth_storing(self, stored: Position | None) -> bool:
        """Whether it says more than what is stored."""
        if stored is None or replace(self, synced_at=stored.synced_at) != stored:
            return True
        return self.synced_at - stored.synced_at > REFRESH


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

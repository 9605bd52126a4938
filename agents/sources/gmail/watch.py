"""The watch of a mailbox: Gmail pushes for seven days after each users.watch. Pure: when to renew, what is kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from agents.sources.entry import decoded, moment

ENTRY = "watch"
"""Name of the cursor entry, so that a restart renews no watch that is fresh."""
RETRY, RETRY_REFUSED = timedelta(seconds=20), timedelta(minutes=5)
"""After an attempt that failed, or was refused: the same would be refused again, until somebody has set it right."""
DOUBT = timedelta(hours=1)
"""A watch whose pushes do not come is replaced at most this often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One that Gmail has granted."""

    topic: str
    labels: tuple[str, ...]
    made_at: datetime
    expires_at: datetime

    def encode(self) -> bytes:
        """The cursor entry."""
        return json.dumps(
            {
                "topic": self.topic,
                "labels": self.labels,
                "made_at": self.made_at.isoformat(),
                "expires_at": self.expires_at.isoformat(),
            }
        ).encode()

    @classmethod
    def decode(cls, entry: bytes | None) -> Watch | None:
        """Read a cursor entry; None when there is none or it cannot be read: then a new watch is made."""
        return decoded(
            entry,
            lambda fields: cls(
                topic=fields["topic"],
                labels=tuple(fields["labels"]),
                made_at=moment(fields["made_at"]),
                expires_at=moment(fields["expires_at"]),
            ),
        )


def renew_at(
    watch: Watch | None, topic: str, labels: Sequence[str], *, every: timedelta, stale_before: datetime
) -> datetime:
    """When the watch must be made or renewed; in the past: now.

    Args:
        watch: the present one.
        topic: where pushes are to go.
        labels: of which mails.
        every: how often it is renewed.
        stale_before: watches made earlier are void: the topic or the subscription was made anew since.
    """
    if watch is None or watch.topic != topic or watch.labels != tuple(labels) or watch.made_at < stale_before:
        return datetime.min.replace(tzinfo=UTC)
    # Renewed in time even where Gmail grants less than its seven days, but not all the time where our clock is wrong.
    return watch.made_at + min(every, max((watch.expires_at - watch.made_at) / 2, RETRY_REFUSED))

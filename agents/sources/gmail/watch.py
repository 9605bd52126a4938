"""The watch of a mailbox: Gmail pushes for seven days after each users.watch. Pure: when to renew, what is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from agents.sources.entry import Entry

ENTRY = "watch"
"""Name of the cursor entry, so that a restart renews no watch that is fresh."""
RETRY, RETRY_REFUSED = timedelta(seconds=20), timedelta(minutes=5)
"""After an attempt that failed, or was refused: the same would be refused again, until somebody has set it right."""
DOUBT = timedelta(hours=1)
"""A watch whose pushes do not come is replaced at most this often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch(Entry):
    """One that Gmail has granted. One that cannot be read is made anew."""

    topic: str
    labels: tuple[str, ...]
    made_at: datetime
    expires_at: datetime


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

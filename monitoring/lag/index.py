"""What is known of the records of one partition from a group's committed offset on. Pure: fed with what fetches saw.

A topic written in transactions holds commit and abort markers and the records of aborted transactions, and a compacted
one has gaps: offsets are no count of mails. So the index remembers the offset and timestamp of each real record."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

CAPACITY = 200_000
"""Records remembered of one partition: 16 bytes each, 3.2 MB at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """What one fetch saw: every real record of [start, next), offsets ascending; timestamps in ms since the epoch."""

    start: int
    next: int
    offsets: Sequence[int]
    timestamps: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Real records in a range; an upper bound when not exact."""

    records: int
    exact: bool


class TailIndex:
    """The real records of one partition from `first` on; everything below `next` has been seen."""

    def __init__(self, position: int, *, capacity: int = CAPACITY) -> None:
        self.first = self.next = position
        self._capacity = capacity
        self._offsets = array("q")
        self._timestamps = array("q")

    def __len__(self) -> int:
        return len(self._offsets)

    @property
    def full(self) -> bool:
        """No room for what comes after `next`; moving forward makes room."""
        return len(self._offsets) >= self._capacity

    def restart(self, position: int) -> None:
        """Forget everything and begin at `position`."""
        self.first = self.next = position
        del self._offsets[:], self._timestamps[:]

    def move(self, position: int, *, end: int) -> None:
        """The group is at `position` now, the log ends at `end`: forget what lies behind, start over after a jump.

        A position before `first` is a rewind; an end before `next` means that the topic was made anew.
        """
        if not self.first <= position < self.next or end < self.next:
            self.restart(position)
            return
        gone = bisect_left(self._offsets, position)
        del self._offsets[:gone], self._timestamps[:gone]
        self.first = position

    def extend(self, chunk: Chunk) -> None:
        """Learn what a fetch saw; a chunk that does not reach on from `next` without a gap is ignored."""
        if not chunk.start <= self.next < chunk.next:
            return
        begin = bisect_left(chunk.offsets, self.next)
        stop = min(len(chunk.offsets), begin + self._capacity - len(self._offsets))
        self._offsets.extend(chunk.offsets[begin:stop])
        self._timestamps.extend(chunk.timestamps[begin:stop])
        # What did not fit is read again when there is room.
        self.next = chunk.next if stop == len(chunk.offsets) else max(self.next, chunk.offsets[stop])

    def count(self, end: int) -> Count:
        """Real records from `first` up to `end`; what has not been seen counts one per offset."""
        known = bisect_left(self._offsets, end)
        unseen = max(0, end - self.next)
        return Count(records=known + unseen, exact=unseen == 0)

    def oldest(self, end: int) -> int | None:
        """Timestamp (ms) of the first real record below `end`; None when none has been seen."""
        return self._timestamps[0] if self._offsets and self._offsets[0] < end else None

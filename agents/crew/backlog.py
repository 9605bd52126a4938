"""What waits for the crew: most important first, newest first among equals, and nothing waits for ever. Pure."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field

from streams.reviews import ReviewRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A request on `mail.review` and where it stands."""

    partition: int
    offset: int
    written_at: float
    """The broker's clock, POSIX seconds."""
    request: ReviewRequest
    traceparent: str = ""


@dataclass(slots=True)
class Backlog:
    """Requests of all partitions of a process."""

    expire_s: float
    _heap: list[tuple[int, float, int, int, Waiting]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self._heap)

    def add(self, one: Waiting) -> None:
        """One more."""
        heapq.heappush(self._heap, (-one.request.importance, -one.written_at, one.partition, one.offset, one))

    def take(self) -> Waiting | None:
        """The most important; None when nothing waits."""
        return heapq.heappop(self._heap)[-1] if self._heap else None

    def too_old(self, one: Waiting, now: float) -> bool:
        """Whether it waited too long for an opinion to be of use."""
        return now - one.written_at > self.expire_s

    def expired(self, now: float) -> list[Waiting]:
        """Take out all that waited too long."""
        old = [entry[-1] for entry in self._heap if self.too_old(entry[-1], now)]
        if old:
            self._heap = [entry for entry in self._heap if not self.too_old(entry[-1], now)]
            heapq.heapify(self._heap)
        return old

    def drop(self, partition: int) -> None:
        """The partition went away."""
        self._heap = [entry for entry in self._heap if entry[-1].partition != partition]
        heapq.heapify(self._heap)

    def __iter__(self) -> Iterator[Waiting]:
        return (entry[-1] for entry in self._heap)

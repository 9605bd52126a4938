"""How fast a queue shrinks, and since when a group has not moved. Pure: the caller brings the clock."""

from __future__ import annotations

from collections import deque

WINDOW_S = 60.0


class Drain:
    """The lags of one group and topic over a sliding window."""

    def __init__(self, *, window_s: float = WINDOW_S) -> None:
        self._window_s = window_s
        self._samples: deque[tuple[float, int]] = deque()

    def observe(self, now_s: float, records: int) -> float | None:
        """Records per second by which the lag shrank over the window; negative: it grew; None: one sample only."""
        self._samples.append((now_s, records))
        while self._samples[0][0] < now_s - self._window_s:
            self._samples.popleft()
        began_s, began = self._samples[0]
        return (began - records) / (now_s - began_s) if now_s > began_s else None


class Movement:
    """Since when a group's committed offsets have not moved although something waits."""

    def __init__(self) -> None:
        self._offsets: object = None
        self._since_s = 0.0

    def observe(self, now_s: float, offsets: object, *, waiting: bool) -> float:
        """Seconds without movement."""
        if offsets != self._offsets or not waiting:
            self._offsets, self._since_s = offsets, now_s
        return now_s - self._since_s


class LastCommit:
    """Since when a group's committed offsets have been the same, whether something waits or not."""

    def __init__(self) -> None:
        self._seen: tuple[object, float] | None = None

    def observe(self, now_s: float, offsets: object) -> float:
        """Seconds since they were seen to change, or since the first look."""
        if self._seen is None or offsets != self._seen[0]:
            self._seen = offsets, now_s
        return now_s - self._seen[1]

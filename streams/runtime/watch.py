"""A deadline for code that never awaits: a ticking timer interrupts the decision that runs for too long.

One timer per slice of a batch instead of two system calls per event, and two attribute writes per event instead of
calls. It counts ticks, not seconds: a process that was stopped for a while (SIGSTOP, a frozen container) gets one tick
for all that time, so no event pays for it. Only the main thread can be interrupted (Python delivers signals there);
elsewhere the watch does nothing."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Final, Self

_TICKS = 4
"""Ticks in a time-out."""
IDLE: Final = -1
"""`Watch.deciding` while no decision runs."""


class EventTimeout(Exception):
    """A decision about one event took longer than the event timeout."""


class Watch:
    """`with watch: for number, event in ...: watch.deciding = number; decide(event); watch.deciding = IDLE`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.deciding: int = IDLE
        """Number, within the slice, of the event that is being decided."""
        self._seen = IDLE
        self._ticks = 0
        self._able = threading.current_thread() is threading.main_thread()

    def __enter__(self) -> Self:
        self._seen = IDLE
        if self._able:
            signal.signal(signal.SIGALRM, self._tick)  # each time: a process may have several watches
            signal.setitimer(signal.ITIMER_REAL, self._seconds / _TICKS, self._seconds / _TICKS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.deciding = IDLE
        if self._able:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _tick(self, _number: int, _frame: FrameType | None) -> None:
        if self.deciding != self._seen:
            self._seen, self._ticks = self.deciding, 0
        if self._seen == IDLE:
            return
        self._ticks += 1
        if self._ticks > _TICKS:  # the first tick may have come at once
            self._ticks = 0  # a decision that catches everything is interrupted again
            raise EventTimeout(f"no decision within {self._seconds:g} s")

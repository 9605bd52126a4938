"""A deadline for code that never awaits: a ticking timer interrupts the decision that runs for too long.

One timer per slice of a batch instead of two system calls per event. It counts ticks, not seconds: a process that was
stopped for a while (SIGSTOP, a frozen container) gets one tick for all that time, so no event pays for it. Only the
main thread can be interrupted (Python delivers signals there); elsewhere the watch does nothing."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Self

_TICKS = 4
"""Ticks in a time-out."""


class EventTimeout(Exception):
    """A decision about one event took longer than the event timeout."""


class Watch:
    """`with watch: for event in batch: watch.start(); decide(event); watch.done()`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._deciding = False
        self._ticks = 0
        self._able = threading.current_thread() is threading.main_thread()

    def __enter__(self) -> Self:
        if self._able:
            signal.signal(signal.SIGALRM, self._tick)  # each time: a process may have several watches
            signal.setitimer(signal.ITIMER_REAL, self._seconds / _TICKS, self._seconds / _TICKS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._deciding = False
        if self._able:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def start(self) -> None:
        """The time of the next event starts now."""
        self._ticks = 0
        self._deciding = True

    def done(self) -> None:
        """No event is being decided."""
        self._deciding = False

    def _tick(self, _number: int, _frame: FrameType | None) -> None:
        if not self._deciding:
            return
        self._ticks += 1
        if self._ticks > _TICKS:  # the first tick may have come at once
            self._ticks = 0  # a decision that catches everything is interrupted again
            raise EventTimeout(f"no decision within {self._seconds:g} s")

"""A deadline for code that never awaits: a ticking timer interrupts the decision that runs for too long.

One timer per batch and one clock reading per event, instead of two system calls per event. Only the main thread can be
interrupted (Python delivers signals there); elsewhere the watch does nothing."""

from __future__ import annotations

import signal
import threading
from time import monotonic
from types import FrameType, TracebackType
from typing import Self


class EventTimeout(Exception):
    """A decision about one event took longer than the event timeout."""


class Watch:
    """`with watch: for event in batch: watch.start(); decide(event); watch.done()`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._started: float | None = None
        self._able = threading.current_thread() is threading.main_thread()
        if self._able:
            signal.signal(signal.SIGALRM, self._tick)

    def __enter__(self) -> Self:
        if self._able:
            signal.setitimer(signal.ITIMER_REAL, self._seconds / 4, self._seconds / 4)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._started = None
        if self._able:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def start(self) -> None:
        """The clock of the next event starts now."""
        self._started = monotonic()

    def done(self) -> None:
        """No event is being decided."""
        self._started = None

    def _tick(self, _number: int, _frame: FrameType | None) -> None:
        started = self._started
        if started is not None and monotonic() - started > self._seconds:
            self._started = monotonic()  # not None: a decision that catches everything is interrupted again
            raise EventTimeout(f"no decision within {self._seconds:g} s")

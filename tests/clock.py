"""A clock that goes on when the test says so."""

from __future__ import annotations


class Clock:
    """Called, it says `now`, seconds."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

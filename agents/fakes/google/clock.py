"""The server's clock: the machine's, plus what a test moved it by. Watches, tokens, history and quota follow it."""

from __future__ import annotations

import time


class Clock:
    """Seconds since the epoch, movable. To a client that keeps the machine's time a moved clock is clock skew."""

    def __init__(self) -> None:
        self.offset_s = 0.0

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time() + self.offset_s

    def ms(self) -> int:
        """Milliseconds since the epoch."""
        return int(self.now() * 1000)

"""Tokens that may be used: per day and account, kept on a topic; per minute, of the process. Pure: time is told.

Before a call its most is reserved, and written down; after it what it really used takes the reservation's place.
Whoever dies in between has spent the reservation."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

MINUTE_S = 60.0


def day_of(seconds: float) -> str:
    """The day in UTC of a POSIX time."""
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


@dataclass(slots=True)
class Spent:
    """What one account used on one day."""

    day: str
    tokens: int = 0

    def encode(self) -> bytes:
        """The value of its record on `crew.spent`."""
        return orjson.dumps({"day": self.day, "tokens": self.tokens})

    @classmethod
    def decode(cls, value: bytes) -> Spent:
        """Read a record. Raises ValueError."""
        try:
            data: dict[str, Any] = orjson.loads(value)
            return cls(day=str(data["day"]), tokens=int(data["tokens"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"no record of crew.spent: {error}") from None


@dataclass(slots=True)
class DayBudget:
    """All accounts of a partition."""

    per_day: int
    """Tokens of one account; 0: no bound."""
    spent: dict[str, Spent] = field(default_factory=dict)

    def reserve(self, account: str, tokens: int, now: float) -> bool:
        """Whether so much is left today; then it is taken."""
        entry = self._today(account, now)
        if self.per_day and entry.tokens + tokens > self.per_day:
            return False
        entry.tokens += tokens
        return True

    def settle(self, account: str, reserved: int, used: int, day: str) -> None:
        """A reservation of `day` has ended."""
        entry = self.spent[account]
        if entry.day == day:
            entry.tokens += used - reserved

    def _today(self, account: str, now: float) -> Spent:
        day = day_of(now)
        entry = self.spent.get(account)
        if entry is None or entry.day < day:  # a clock that goes back does not give a second budget
            entry = self.spent[account] = Spent(day=day)
        return entry


class MinuteBudget:
    """A sliding minute of one process."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._used: deque[tuple[float, int]] = deque()

    def wait_s(self, tokens: int, now: float) -> float:
        """Seconds until so much may be used; 0: it is taken. More than a whole minute's share counts as one."""
        if not self._per_minute:
            return 0.0
        tokens = min(tokens, self._per_minute)
        while self._used and self._used[0][0] <= now - MINUTE_S:
            self._used.popleft()
        if sum(used for _, used in self._used) + tokens <= self._per_minute:
            self._used.append((now, tokens))
            return 0.0
        return self._used[0][0] + MINUTE_S - now

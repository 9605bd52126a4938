"""What one review really sends and uses. CrewAI asks again by itself in places (a refusal): the bound holds there."""

from __future__ import annotations

import json
import time
from contextvars import ContextVar
from dataclasses import dataclass

from infra.errors import Permanent

_CHARACTERS_PER_TOKEN = 3


class TooManyCalls(Permanent):
    """A review asked the model more often than it may."""


@dataclass(slots=True)
class Meter:
    """Of one review."""

    most_calls: int
    timeout_s: float
    """Of one call, from its first byte to its last: a client's own time-out begins anew with every byte."""
    calls: int = 0
    tokens: int = 0
    """As the endpoint says; where it says nothing, as the texts' length makes them."""
    exceeded: bool = False
    deadline: float = 0.0
    """Of the present call, monotonic."""
    _asked_bytes: int = 0

    def began(self, asked_bytes: int) -> None:
        """One more call.

        Raises:
            TooManyCalls
        """
        if self.calls >= self.most_calls:
            self.exceeded = True
            raise TooManyCalls(f"more than {self.most_calls} calls for one review")
        self.calls += 1
        self._asked_bytes, self.deadline = asked_bytes, time.monotonic() + self.timeout_s

    def count(self, body: bytes) -> None:
        """Add what an answered call used."""
        try:
            self.tokens += max(0, int(json.loads(body)["usage"]["total_tokens"]))
        except (KeyError, TypeError, ValueError):
            self.tokens += (self._asked_bytes + len(body)) // _CHARACTERS_PER_TOKEN

    def charge_unanswered(self) -> None:
        """The last call ran into its time-out: whoever sells tokens counts its question all the same."""
        self.tokens += self._asked_bytes // _CHARACTERS_PER_TOKEN


METER: ContextVar[Meter] = ContextVar("meter")
"""The review that the present task, or the thread that works for it, belongs to."""

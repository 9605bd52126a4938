"""How often somebody may call: a token bucket per caller."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable

MOST_CALLERS = 1000


class RateLimit:
    """`rate` calls a second, and `burst` at once after a rest, for each caller."""

    def __init__(self, rate: float, burst: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self._clock = rate, burst, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        """Caller → what is left, as of when. The longest silent is forgotten first."""

    def wait_s(self, caller: str) -> float:
        """Count one call: 0 when it may be made, else the seconds until one may; then it is not counted."""
        now = self._clock()
        left, since = self._buckets.pop(caller, (float(self._burst), now))
        left = min(self._burst, left + (now - since) * self._rate)
        allowed = left >= 1
        self._buckets[caller] = (left - 1 if allowed else left, now)
        if len(self._buckets) > MOST_CALLERS:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - left) / self._rate

    def retry_after(self, caller_wait_s: float) -> str:
        """The header's value (RFC 9110, 10.2.3): whole seconds."""
        return str(max(1, math.ceil(caller_wait_s)))

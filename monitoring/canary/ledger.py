"""Which canaries are on their way, and when one last came through. Pure: the caller brings the clock (monotonic, s)."""

from __future__ import annotations


class Ledger:
    """Every canary that was sent is seen, given up, or still waited for."""

    def __init__(self, *, began_s: float, lost_after_s: float) -> None:
        self._lost_after_s = lost_after_s
        self._last_s = began_s
        self._waiting: dict[str, float] = {}

    def sent(self, event_id: str, now_s: float) -> None:
        """A canary is put on its way."""
        self._waiting[event_id] = now_s

    def seen(self, event_id: str, now_s: float) -> float | None:
        """One came through: seconds since it was sent; None: it was given up, or is another process's."""
        self._last_s = max(self._last_s, now_s)
        sent_s = self._waiting.pop(event_id, None)
        return None if sent_s is None else now_s - sent_s

    def give_up(self, now_s: float) -> int:
        """How many are now lost."""
        lost = [one for one, sent_s in self._waiting.items() if now_s - sent_s > self._lost_after_s]
        for one in lost:
            del self._waiting[one]
        return len(lost)

    def age(self, now_s: float) -> float:
        """Seconds since one came through, or since the beginning."""
        return now_s - self._last_s

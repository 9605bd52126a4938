"""How slowly what an owner taught is forgotten."""

from __future__ import annotations

from datetime import datetime

FRESH_DAYS, HALF_LIFE_DAYS = 90.0, 180.0
"""What was taught counts in full for so long, then half as much after each so many days more."""


def left(at: str, now: str) -> float:
    """What is left at `now` of what was taught `at`, 0..1. Both RFC 3339; 1 where one is unknown."""
    if not (at and now):
        return 1.0
    days = (datetime.fromisoformat(now) - datetime.fromisoformat(at)).total_seconds() / 86_400
    return float(0.5 ** max(0.0, (days - FRESH_DAYS) / HALF_LIFE_DAYS))

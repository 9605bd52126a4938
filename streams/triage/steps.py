"""Amounts as signals: a linear model reads which of some bounds they exceed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence


def step(amount: float, bounds: Sequence[float]) -> int:
    """How many of the bounds, which ascend, an amount exceeds."""
    return bisect_left(bounds, amount)

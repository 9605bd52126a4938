"""Amounts as signals: a linear model reads which of some bounds they exceed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable


def steps(name: str, *bounds: float) -> Callable[[float], str]:
    """What names the signal of an amount: the name, and how many of the bounds, which ascend, the amount exceeds.

    The names are put together here, once, and not for every mail.
    """
    names = tuple(f"{name} {exceeded}" for exceeded in range(len(bounds) + 1))

    def signal(amount: float) -> str:
        return names[bisect_left(bounds, amount)]

    return signal

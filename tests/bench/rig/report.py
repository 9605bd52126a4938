"""How a benchmark talks: progress for people on standard error, one JSON line for programs on standard output."""

from __future__ import annotations

import json
import math
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SIGNIFICANT_DIGITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a benchmark found."""

    name: str
    ratios: Mapping[str, float | None]
    """Of two things measured in this very run; None where one was not there."""
    values: Mapping[str, float | None]
    """On this machine; each name ends with its unit."""

    def line(self) -> str:
        """The JSON line."""
        figures = {
            kind: {name: None if value is None else rounded(value) for name, value in found.items()}
            for kind, found in self._kinds()
        }
        return json.dumps({"name": self.name, **figures})

    def publish(self) -> None:
        """Print it for programs."""
        print(self.line(), flush=True)

    def _kinds(self) -> Sequence[tuple[str, Mapping[str, float | None]]]:
        return (("ratios", self.ratios), ("values", self.values))


def say(text: str) -> None:
    """Tell people how it goes."""
    print(text, file=sys.stderr, flush=True)


def rounded(value: float) -> float:
    """As many digits as a measurement can mean."""
    if not value or not math.isfinite(value):
        return value
    return round(value, SIGNIFICANT_DIGITS - 1 - math.floor(math.log10(abs(value))))


def p50_p99(measured: Sequence[float]) -> tuple[float, float]:
    """Median and 99th percentile of at least two measurements."""
    cuts = statistics.quantiles(measured, n=100, method="inclusive")
    return cuts[49], cuts[98]


def spread(measured: Sequence[float]) -> float:
    """(largest - smallest) / median of the rounds: how far to trust them."""
    return (max(measured) - min(measured)) / statistics.median(measured)

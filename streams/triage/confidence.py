"""How sure a decision is. Two things make it small: a score near the edge of its lane, and categories that argue for
different treatment with nearly the same strength. Training calibrates it to the share of right lanes (see MODEL.md)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from streams.triage.policy import Policy
from streams.triage.verdict import Category

LOWEST, HIGHEST = 0.2, 0.98
"""A rule is never certain, and a verdict is never a blind guess."""


def confidence(score: float, evidence: Mapping[Category, float], category: Category, policy: Policy) -> float:
    """0..1, an ordering: how far the score is from its lane's edges, and the category from being treated otherwise."""
    edge = 1 - 0.5 * math.exp(-1.4 * _distance_to_edge(score, policy))
    others = [
        amount for other, amount in evidence.items() if policy.kinds[other].presses != policy.kinds[category].presses
    ]
    lead = evidence[category] - max(others, default=0.0)
    agreement = 1 - 0.5 * math.exp(-1.2 * max(0.0, lead))
    return _bounded(edge * agreement)


def calibrated(raw: float, line: Sequence[float]) -> float:
    """The probability that the lane is right: `line` is intercept and slope on the log-odds of the raw confidence."""
    intercept, slope = line
    return _bounded(1 / (1 + math.exp(-(intercept + slope * math.log(raw / (1 - raw))))))


def _bounded(share: float) -> float:
    return round(min(HIGHEST, max(LOWEST, share)), 3)


def _distance_to_edge(score: float, policy: Policy) -> float:
    """Points that the score is away from the next lane, priorities being rounded."""
    return min([abs(score - edge) for edge in policy.edges], default=10.0)

"""How sure a decision is: an ordering, not a probability. Nothing calibrates it against outcomes.

Two things make it small: a score near the edge of its lane, and categories that argue for different treatment with
nearly the same strength."""

from __future__ import annotations

import math
from collections.abc import Mapping

from streams.triage.policy import Policy
from streams.triage.verdict import Category

LOWEST, HIGHEST = 0.2, 0.98
"""A rule is never certain, and a verdict is never a blind guess."""


def confidence(score: float, evidence: Mapping[Category, float], category: Category, policy: Policy) -> float:
    """0..1: how far the score is from its lane's edges, and the category ahead of those treated otherwise."""
    edge = 1 - 0.5 * math.exp(-1.4 * _distance_to_edge(score, policy))
    others = [
        amount for other, amount in evidence.items() if policy.kinds[other].presses != policy.kinds[category].presses
    ]
    lead = evidence[category] - max(others, default=0.0)
    agreement = 1 - 0.5 * math.exp(-1.2 * max(0.0, lead))
    return round(min(HIGHEST, max(LOWEST, edge * agreement)), 3)


def _distance_to_edge(score: float, policy: Policy) -> float:
    """Points that the score is away from the next lane, priorities being rounded."""
    edges = [bounds.lowest - 0.5 for bounds in policy.lanes if bounds.lowest > 0]
    return min((abs(score - edge) for edge in edges), default=10.0)

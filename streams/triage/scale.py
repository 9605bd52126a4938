"""From the score that the reasons add up to, to the scale of priorities.

The model learns where on the score's line the lanes begin; between these edges the line is stretched evenly. So a
reason's weight is what it moves the score by, and its effect on the priority has the same sign."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence

from streams.triage.policy import IMPORTANT_COST, Policy


def on_scale(score: float, edges: Sequence[float], policy: Policy) -> float:
    """The priority, not yet rounded, of a score whose lanes begin at `edges`; the same order as the scores'."""
    marks = policy.edges
    at = bisect_right(edges, score)
    if 0 < at < len(edges):
        here, mark = edges[at - 1], marks[at - 1]
        return mark + (score - here) * (marks[at] - mark) / (edges[at] - here)
    end = 0 if at == 0 else -1
    return marks[end] + score - edges[end]


def edges_for(important_cost: float, edges: tuple[float, float, float]) -> tuple[float, float, float]:
    """The model's edges of the lanes normal, high and urgent for what burying an important mail costs.

    A point of the score is one of log-odds, so the edge of "high" moves by the logarithm of the costs' ratio (Elkan
    2001, the foundations of cost-sensitive learning); it stays between its neighbours."""
    if important_cost == IMPORTANT_COST:
        return edges
    normal, high, urgent = edges
    moved = high - math.log(important_cost / IMPORTANT_COST)
    return normal, min(urgent - 0.05, max(normal + 0.05, moved)), urgent

"""From the score that the reasons add up to, to the scale of priorities.

The model learns where on the score's line the lanes begin; between these edges the line is stretched evenly. So a
reason's weight is what it moves the score by, and its effect on the priority has the same sign."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from streams.triage.policy import IMPORTANT_COST, Policy


def lane_edges(policy: Policy) -> list[float]:
    """Where on the scale of priorities one lane ends and the next begins, lowest first; priorities are rounded."""
    return sorted(bounds.lowest - 0.5 for bounds in policy.lanes if bounds.lowest > 0)


def on_scale(score: float, edges: Sequence[float], policy: Policy) -> float:
    """The priority, not yet rounded, of a score whose lanes begin at `edges`; the same order as the scores'."""
    pairs = list(zip(edges, lane_edges(policy), strict=True))
    for (here, edge), (beyond, next_edge) in pairwise(pairs):
        if here <= score < beyond:
            return edge + (score - here) * (next_edge - edge) / (beyond - here)
    here, edge = pairs[0] if score < pairs[0][0] else pairs[-1]
    return edge + score - here


def edges_for(important_cost: float, edges: tuple[float, float, float]) -> tuple[float, float, float]:
    """The model's edges of the lanes normal, high and urgent for what burying an important mail costs.

    A point of the score is one of log-odds, so the edge of "high" moves by the logarithm of the costs' ratio (Elkan
    2001, the foundations of cost-sensitive learning); it stays between its neighbours."""
    if important_cost == IMPORTANT_COST:
        return edges
    normal, high, urgent = edges
    moved = high - math.log(important_cost / IMPORTANT_COST)
    return normal, min(urgent - 0.05, max(normal + 0.05, moved)), urgent

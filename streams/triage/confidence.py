"""How sure a decision is. Two things make it small: a score near the edge of its lane, and categories that argue for
different treatment with nearly the same strength. Training makes a probability of it: that of the right lane, which
also depends on the category and on how near the mail is to what cannot wait (see MODEL.md)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from streams.triage.policy import Policy
from streams.triage.verdict import Category

if TYPE_CHECKING:
    from streams.triage.model_opinion import Opinion

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


class Signs(NamedTuple):
    """What tells how sure a decision with a learned model may be."""

    raw: float
    """By `confidence`."""
    doubt: float
    """0..1: by how little the log-odds decide whether it can wait; near 1 for a mail that may or may not."""
    category: Category


def signs(raw: float, category: Category, opinion: Opinion, policy: Policy) -> Signs:
    """The signs of a decision. Junk and bulk can wait, whatever they say."""
    pressing = opinion.pressing if policy.kinds[category].presses else math.inf
    return Signs(raw, math.exp(-abs(pressing)), category)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Log-odds that the lane is right, learned from mails that the deciding model did not know (Platt 1999)."""

    bias: float
    raw: float
    """For each log-odds of the raw confidence."""
    doubt: float
    categories: Mapping[str, float]

    def of(self, signs: Signs) -> float:
        """The probability that the lane is right."""
        odds = self.bias + self.raw * log_odds(signs.raw) + self.doubt * signs.doubt
        return _bounded(1 / (1 + math.exp(-(odds + self.categories.get(signs.category, 0.0)))))


def log_odds(share: float) -> float:
    """Of a probability between 0 and 1, both excluded."""
    return math.log(share / (1 - share))


def _bounded(share: float) -> float:
    return round(min(HIGHEST, max(LOWEST, share)), 3)


def _distance_to_edge(score: float, policy: Policy) -> float:
    """Points that the score is away from the next lane, priorities being rounded."""
    return min([abs(score - edge) for edge in policy.edges], default=10.0)

"""What the rules' hits amount to by the policy alone: evidence for categories, points of priority, signs of a reply.

Training starts from the same figures, so that what is learned is only what the rules do not know."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from streams.triage.policy import Policy
from streams.triage.rules import RULES
from streams.triage.verdict import Category

JUNK = (Category.SPAM, Category.PHISHING)


def evidence(hits: Sequence[str], policy: Policy) -> dict[Category, float]:
    """Evidence per category, in the policy's order: on a tie the first wins."""
    found = {category: kind.prior for category, kind in policy.kinds.items()}
    for name in hits:
        for category, amount in policy.effects[name].kinds:
            found[category] += amount
    return found


def junk_evidence(found: Mapping[Category, float]) -> float:
    """By how much spam and phishing lead the other categories; below 0: they do not."""
    others = [amount for category, amount in found.items() if category not in JUNK]
    return _together([found[category] for category in JUNK]) - _together(others)


def _together(amounts: Sequence[float]) -> float:
    """Log Σ exp: several categories' evidence as one's."""
    most = max(amounts)
    return most + math.log(sum(map(math.exp, [amount - most for amount in amounts])))


def points(hits: Sequence[str], category: Category, policy: Policy) -> dict[str, float]:
    """What each hit adds to the score: nothing upwards where the category's urgency is not to be believed, and within
    the limit of its group."""
    believed = policy.kinds[category].presses
    weights = {name: policy.effects[name].priority for name in hits}
    raised: dict[str, float] = {}
    for name, weight in weights.items():
        if weight > 0:
            group = RULES[name].group
            raised[group] = raised.get(group, 0.0) + weight
    for name, weight in weights.items():
        if weight > 0:
            group = RULES[name].group
            limit = policy.limits.get(group, math.inf) if believed else 0.0
            weights[name] = weight * min(1.0, limit / raised[group])
    return weights


def reply_evidence(hits: Sequence[str], policy: Policy) -> float:
    """How far the signs of an expected reply are above what the policy wants; from 0 on it is expected."""
    return sum([policy.effects[name].reply for name in hits]) - policy.reply_at


def start(policy: Policy) -> float:
    """The score that every explanation counts from: the first category's."""
    return next(iter(policy.kinds.values())).start

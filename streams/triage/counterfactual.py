"""What a verdict turns on: "would be in the normal lane but for: ...". From its reasons alone, whose weights say what
the score loses without them.

Only for mail that may press: the reasons of bulk and junk are an account of evidence (see MODEL.md)."""

from __future__ import annotations

from collections.abc import Sequence

from streams.triage import acts, habits, own, weighing
from streams.triage.model import MODEL, Model
from streams.triage.policy import Policy, lane_for
from streams.triage.scale import edges_for, on_scale
from streams.triage.verdict import Category, Lane, Reason

MOST = 3
"""Reasons that are taken away together at most."""
_AFTER = frozenset(
    {own.VIP, own.MUTED, own.OUTSIDE_HOURS, habits.SENDER, habits.THREAD, habits.CIRCLE, acts.RAISED, acts.LOWERED}
)  # these move the priority itself


def but_for(
    lane: Lane, category: Category, reasons: Sequence[Reason], policy: Policy, model: Model | None = MODEL
) -> tuple[Lane, tuple[Reason, ...]] | None:
    """The lane that the mail would be in without a few of its reasons, the fewest and strongest that make a
    difference, and these; None where no three do, or where it cannot be told."""
    if not policy.kinds[category].presses:
        return None
    for reason in reasons:
        left = [each for each in reasons if each is not reason]
        if (other := lane_for(priority_of(category, left, policy, model), policy)) is not lane:
            return other, (reason,)
    for upwards in (True, False):
        gone = [reason for reason in reasons if (reason.weight > 0) is upwards][:MOST]
        for count in range(2, len(gone) + 1):
            left = [each for each in reasons if each not in gone[:count]]
            if (other := lane_for(priority_of(category, left, policy, model), policy)) is not lane:
                return other, tuple(gone[:count])
    return None


def priority_of(category: Category, reasons: Sequence[Reason], policy: Policy, model: Model | None = MODEL) -> int:
    """The priority that reasons add up to."""
    kind = policy.kinds[category]
    after = [each for each in reasons if each.rule in _AFTER or each.rule.startswith(own.OWN)]
    score = weighing.start(policy) + sum(each.weight for each in reasons if each not in after)
    if model is not None:
        score = on_scale(score, edges_for(policy.important_cost, model.edges), policy)
    score = min(kind.highest, max(kind.lowest, score)) + sum(each.weight for each in after)
    return min(10, max(0, round(score)))


def sentence(found: tuple[Lane, tuple[Reason, ...]] | None) -> str:
    """For a person; empty where there is nothing to tell."""
    if found is None:
        return ""
    lane, reasons = found
    return f"would be in the {lane} lane but for: {'; '.join(reason.text.rstrip('.') for reason in reasons)}"

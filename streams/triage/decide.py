"""The decision: mail, facts and policy in, verdict out. Pure, total and the same on every run.

Rules hit or miss. Their evidence chooses the category; the category gives the score's start and bounds; the rules'
weights move it between them. The reasons' weights add up to the score before its bounds, counted from the start of
the first category, so that an explanation says what really happened."""

from __future__ import annotations

import math
from collections.abc import Mapping

from streams.mail import Mail
from streams.triage.confidence import confidence
from streams.triage.features import Features
from streams.triage.policy import Policy, lane_for
from streams.triage.rules import RULES
from streams.triage.verdict import Category, Facts, Reason, Verdict

RULES_ALONE = "rules"
"""`model_version` while no learned model takes part. A model's opinion would enter `decide` beside `hits`: as further
evidence for categories and one more reason, before `_score`."""


def decide(mail: Mail, facts: Facts, policy: Policy) -> Verdict:
    """What to do with one mail. Never raises for any `Mail`, and depends on nothing but its arguments."""
    features = Features(mail, facts)
    hits = [name for name, rule in RULES.items() if rule.hits(features)]
    evidence = _evidence(hits, policy)
    category = max(evidence, key=evidence.__getitem__)
    reasons = _reasons(hits, category, policy)
    score = _score(reasons, category, policy)
    priority = min(10, max(0, round(score)))
    return Verdict(
        priority=priority,
        lane=lane_for(priority, policy),
        category=category,
        needs_reply=policy.kinds[category].presses and _reply(hits, policy) >= policy.reply_at,
        confidence=confidence(score, evidence, category, policy),
        reasons=reasons,
        policy_version=policy.version,
        model_version=RULES_ALONE,
    )


def _evidence(hits: list[str], policy: Policy) -> dict[Category, float]:
    """Evidence per category, in the policy's order: on a tie the first wins."""
    evidence = {category: kind.prior for category, kind in policy.kinds.items()}
    for name in hits:
        for category, amount in policy.effects[name].kinds:
            evidence[category] += amount
    return evidence


def _weights(hits: list[str], category: Category, policy: Policy) -> dict[str, float]:
    """What each hit adds to the score: nothing upwards where the category's urgency is not to be believed, and within
    the limit of its group."""
    believed = policy.kinds[category].presses
    weights = {name: policy.effects[name].priority for name in hits}
    raised: dict[str, float] = {}
    for name, weight in weights.items():
        raised[RULES[name].group] = raised.get(RULES[name].group, 0.0) + max(0.0, weight)
    for name, weight in weights.items():
        if weight > 0:
            group = RULES[name].group
            limit = policy.limits.get(group, math.inf) if believed else 0.0
            weights[name] = weight * min(1.0, limit / raised[group])
    return weights


def _shares(hits: list[str], category: Category, policy: Policy) -> Mapping[str, float]:
    """How much each hit argued for the category that won."""
    amounts = {name: dict(policy.effects[name].kinds).get(category, 0.0) for name in hits}
    total = sum(amount for amount in amounts.values() if amount > 0)
    return {name: amount / total for name, amount in amounts.items() if amount > 0} if total else {}


def _reasons(hits: list[str], category: Category, policy: Policy) -> tuple[Reason, ...]:
    """Every hit that moved the score, strongest first. The step from the first category's start is shared out."""
    step = policy.kinds[category].start - next(iter(policy.kinds.values())).start
    shares = _shares(hits, category, policy)
    own = _weights(hits, category, policy)
    weights = {name: own[name] + step * shares.get(name, 0.0) for name in hits}
    moved = [(name, round(weight, 3)) for name, weight in weights.items() if abs(weight) >= 0.0005]
    moved.sort(key=lambda each: (-abs(each[1]), each[0]))
    return tuple(Reason(rule=name, weight=weight, text=RULES[name].sentence) for name, weight in moved)


def _score(reasons: tuple[Reason, ...], category: Category, policy: Policy) -> float:
    kind = policy.kinds[category]
    first = next(iter(policy.kinds.values()))
    score = first.start + sum(reason.weight for reason in reasons)
    return min(kind.highest, max(kind.lowest, score))


def _reply(hits: list[str], policy: Policy) -> float:
    return sum(policy.effects[name].reply for name in hits)

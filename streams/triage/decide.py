"""The decision: mail, facts and policy in, verdict out. Pure, total and the same on every run.

Rules hit or miss. Their evidence and the learned model choose the category; the category gives the score's start and
bounds; the rules' weights and the model's move it between them. The reasons' weights add up to the score before its
bounds, counted from the start of the first category, so that an explanation says what really happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from streams.mail import Mail
from streams.triage import model as learned
from streams.triage import weighing
from streams.triage.confidence import calibrated, confidence
from streams.triage.features import Features
from streams.triage.model import MODEL, Model, Opinion
from streams.triage.policy import Policy, lane_for
from streams.triage.rules import RULES
from streams.triage.scale import on_scale
from streams.triage.verdict import Category, Facts, Reason, Verdict

RULES_ALONE = "rules"
"""`model_version` where no learned model took part."""


def decide(mail: Mail, facts: Facts, policy: Policy, model: Model | None = MODEL) -> Verdict:
    """What to do with one mail. Never raises for any `Mail`, and depends on nothing but its arguments.

    Without a model the rules decide alone.
    """
    features = Features(mail, facts)
    hits = hits_of(features)
    opinion = model.opinion(features, hits) if model else None
    evidence = _with_opinion(weighing.evidence(hits, policy), opinion, model)
    category = max(evidence, key=evidence.__getitem__)
    reasons = _reasons(hits, category, policy, opinion, model)
    score = _score(reasons, category, policy, model)
    priority = min(10, max(0, round(score)))
    sure = confidence(score, evidence, category, policy)
    return Verdict(
        priority=priority,
        lane=lane_for(priority, policy),
        category=category,
        needs_reply=policy.kinds[category].presses and _reply(hits, policy, opinion, model) >= 0,
        confidence=calibrated(sure, model.confidence) if model else sure,
        reasons=reasons,
        policy_version=policy.version,
        model_version=model.version if model else RULES_ALONE,
    )


def hits_of(features: Features) -> list[str]:
    """Names of the rules that hit, in the order of their declaration."""
    return [name for name, rule in RULES.items() if rule.hits(features)]


def _with_opinion(
    evidence: dict[Category, float], opinion: Opinion | None, model: Model | None
) -> dict[Category, float]:
    """The rules' evidence, with that for spam moved so far that junk leads exactly where the model says so.

    Phishing that the rules recognise stays phishing: the model has seen next to none. Spam that they recognise stays
    spam unless the model is sure of the contrary."""
    if opinion is None or model is None:
        return evidence
    by_rules = max(evidence, key=evidence.__getitem__)
    odds = model.junk_from_evidence * weighing.junk_evidence(evidence) + opinion.junk
    if by_rules is Category.PHISHING or (by_rules is Category.SPAM and odds > model.junk_unless):
        return evidence
    best = max(amount for category, amount in evidence.items() if category not in weighing.JUNK)
    kind = max(weighing.JUNK, key=evidence.__getitem__)
    moved = {
        category: min(amount, best - 0.1) if category in weighing.JUNK else amount
        for category, amount in evidence.items()
    }
    return moved | {kind: best + odds - model.junk_at}


def _shares(
    hits: Sequence[str], category: Category, policy: Policy, opinion: Opinion | None, model: Model | None
) -> Mapping[str, float]:
    """How much each hit, and the wording, argued for the category that won."""
    amounts = {name: amount for name in hits for kind, amount in policy.effects[name].kinds if kind is category}
    if opinion is not None and model is not None and category in weighing.JUNK:
        per = max(0.1, model.junk_from_evidence)
        amounts = {name: amounts.get(name, 0.0) + model.junk.rules.get(name, 0.0) / per for name in hits}
        amounts[learned.WORDING] = opinion.wording / per
    total = sum(amount for amount in amounts.values() if amount > 0)
    return {name: amount / total for name, amount in amounts.items() if amount > 0} if total else {}


def _reasons(
    hits: Sequence[str], category: Category, policy: Policy, opinion: Opinion | None, model: Model | None
) -> tuple[Reason, ...]:
    """Everything that moved the score, strongest first. The step from the first category's start is shared out."""
    weights = dict(weighing.points(hits, category, policy))
    if opinion is not None and model is not None and policy.kinds[category].presses:
        for name in hits:
            weights[name] += model.priority.rules.get(name, 0.0)
        weights |= {learned.FORM: opinion.form, learned.REQUEST: opinion.request}
    step = policy.kinds[category].start - weighing.start(policy)
    if step:
        for name, share in _shares(hits, category, policy, opinion, model).items():
            weights[name] = weights.get(name, 0.0) + step * share
    moved = [(name, round(weight, 3)) for name, weight in weights.items() if abs(weight) >= 0.0005]
    moved.sort(key=lambda each: (-abs(each[1]), each[0]))
    return tuple(Reason(rule=name, weight=weight, text=_sentence(name)) for name, weight in moved)


def _sentence(name: str) -> str:
    return RULES[name].sentence if name in RULES else learned.SENTENCES[name]


def _score(reasons: tuple[Reason, ...], category: Category, policy: Policy, model: Model | None) -> float:
    kind = policy.kinds[category]
    score = weighing.start(policy) + sum(reason.weight for reason in reasons)
    if model is not None and kind.presses:
        score = on_scale(score, model.edges, policy)
    return min(kind.highest, max(kind.lowest, score))


def _reply(hits: Sequence[str], policy: Policy, opinion: Opinion | None, model: Model | None) -> float:
    by_rules = weighing.reply_evidence(hits, policy)
    return by_rules if opinion is None or model is None else model.reply_from_evidence * by_rules + opinion.reply

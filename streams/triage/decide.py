"""The decision: mail, facts and policy in, verdict out. Pure, total and the same on every run.

Rules hit or miss. Their evidence and the learned model choose the category; the category gives the score's start and
bounds; the rules' weights and the model's move it between them. The reasons' weights add up to the score before its
bounds, counted from the start of the first category, so that an explanation says what really happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from streams.mail import Mail
from streams.triage import due, habits, weighing
from streams.triage import model as learned
from streams.triage.confidence import calibrated, confidence
from streams.triage.features import Features
from streams.triage.model import MODEL, Model, Opinion
from streams.triage.own import OWN, category_by
from streams.triage.policy import Policy, bounds, lane_for
from streams.triage.rules import RULES
from streams.triage.scale import edges_for, on_scale
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
    own = policy.own.hits(features, category)
    by_habit = habits.kind_by(facts.habits, features, category)
    named = (habits.KIND, habits.SENTENCES[habits.KIND]) if by_habit is not category else None
    category, ruled = category_by(own, by_habit, believed=not features.fails_authentication)
    if ruled is not None:
        named = (OWN + ruled.name, ruled.sentence)
    reasons = _dated(_reasons(hits, category, policy, opinion, model, named=named), features)
    score = _score(reasons, category, policy, model)
    sure = confidence(score, evidence, category, policy)
    moves = habits.moves(facts, features, category, score)
    score += sum(reason.weight for reason in moves)
    if policy.own:
        score, more = policy.own.moves(features, category, own, score, bounds(policy))
        moves += more
    reasons = _ordered((*reasons, *moves)) if moves else reasons
    priority = min(10, max(0, round(score)))
    reply = next((rule.needs_reply for rule in reversed(own) if rule.needs_reply is not None), None)
    return Verdict(
        priority=priority,
        lane=lane_for(priority, policy),
        category=category,
        needs_reply=_reply(hits, category, policy, opinion, model) if reply is None else reply,
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
    hits: Sequence[str],
    category: Category,
    policy: Policy,
    opinion: Opinion | None,
    model: Model | None,
    *,
    named: tuple[str, str] | None,
) -> tuple[Reason, ...]:
    """Everything that moved the score, strongest first. The step from the first category's start is shared out, or is
    all of what named the category, a reason and its sentence."""
    weights = dict(weighing.points(hits, category, policy))
    if opinion is not None and model is not None and policy.kinds[category].presses:
        for name in hits:
            weights[name] += model.priority.rules.get(name, 0.0)
        weights |= {learned.FORM: opinion.form, learned.REQUEST: opinion.request}
    step = policy.kinds[category].start - weighing.start(policy)
    if step and named is not None:
        weights[named[0]] = step
    elif step:
        for name, share in _shares(hits, category, policy, opinion, model).items():
            weights[name] = weights.get(name, 0.0) + step * share
    sentences = dict([named]) if named else {}
    return _ordered(
        Reason(rule=name, weight=round(weight, 3), text=sentences.get(name) or _sentence(name))
        for name, weight in weights.items()
        if abs(weight) >= 0.0005
    )


def _dated(reasons: tuple[Reason, ...], features: Features) -> tuple[Reason, ...]:
    """Reasons about a deadline name its day."""
    if not any(reason.rule in due.RULES for reason in reasons):
        return reasons
    day = due.due(features)
    return tuple(
        replace(each, text=due.told(each.text, day)) if day and each.rule in due.RULES else each for each in reasons
    )


def _ordered(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(sorted(reasons, key=lambda each: (-abs(each.weight), each.rule)))


def _sentence(name: str) -> str:
    return RULES[name].sentence if name in RULES else learned.SENTENCES[name]


def _score(reasons: tuple[Reason, ...], category: Category, policy: Policy, model: Model | None) -> float:
    kind = policy.kinds[category]
    score = weighing.start(policy) + sum(reason.weight for reason in reasons)
    if model is not None and kind.presses:
        score = on_scale(score, edges_for(policy.important_cost, model.edges), policy)
    return min(kind.highest, max(kind.lowest, score))


def _reply(
    hits: Sequence[str], category: Category, policy: Policy, opinion: Opinion | None, model: Model | None
) -> bool:
    if not policy.kinds[category].presses:
        return False
    odds = weighing.reply_evidence(hits, policy)
    if opinion is not None and model is not None:
        odds = model.reply_from_evidence * odds + opinion.reply
    return odds >= 0

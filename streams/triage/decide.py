"""The decision: mail, facts and policy in, verdict out. Pure, total and the same on every run.

Rules hit or miss. Their evidence and the learned model choose the category; the category gives the score's start and
bounds; the rules' weights and the model's move it between them. The reasons' weights add up to the score before its
bounds, counted from the start of the first category, so that an explanation says what really happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

from streams.mail import Mail
from streams.triage import due, habits, pressure, weighing
from streams.triage import model as learned
from streams.triage.confidence import confidence, signs
from streams.triage.counterfactual import TELL_OF_SIGNS, because, but_for
from streams.triage.features import Features
from streams.triage.grounds import Grounds
from streams.triage.model import MODEL, Model
from streams.triage.model_opinion import Opinion
from streams.triage.own import OWN, OwnRule, category_by
from streams.triage.policy import Policy, bounds, lane_for
from streams.triage.rule import hits_of
from streams.triage.rules import RULES
from streams.triage.scale import edges_for, on_scale
from streams.triage.verdict import Category, Facts, Lane, Reason, Verdict

RULES_ALONE = "rules"
"""`model_version` where no learned model took part."""


def decide(mail: Mail, facts: Facts, policy: Policy, model: Model | None = MODEL) -> Verdict:
    """What to do with one mail. Never raises for any `Mail`, and depends on nothing but its arguments.

    Without a model the rules decide alone.
    """
    features = Features(mail, facts)
    hits = hits_of(features)
    opinion = Opinion(model, features, hits) if model else None
    grounds = Grounds(hits=hits, opinion=opinion, facts=facts, own=policy.own)
    found = _weighed(features, grounds, policy, model)
    lane, reasons = lane_for(found.priority, policy), _reasons(found, features)
    raw = confidence(found.score, found.evidence, found.category, policy)
    return Verdict(
        priority=found.priority,
        lane=lane,
        category=found.category,
        needs_reply=_needs_reply(found, grounds, policy),
        confidence=opinion.model.confidence.of(signs(raw, found.category, opinion, policy)) if opinion else raw,
        reasons=reasons,
        policy_version=policy.version,
        model_version=model.version if model else RULES_ALONE,
        because=because(reasons),
        counterfactual=but_for(
            lane,
            reasons,
            partial(_presumed, found, policy, model) if policy.kinds[found.category].presses else None,
            lambda names: lane_for(_weighed(features, grounds.without(names), policy, model).priority, policy),
        ),
    )


class _Weighed(NamedTuple):
    """What the grounds of one mail amount to."""

    evidence: Mapping[Category, float]
    category: Category
    named: tuple[str, str] | None
    """Name and sentence of the reason that named the category."""
    weights: Sequence[tuple[str, float]]
    """Of the reasons that add up to the score, strongest first."""
    line: float
    """What they add up to."""
    score: float
    """The same on the scale of priorities."""
    moves: Sequence[Reason]
    """Reasons that move the priority itself."""
    own: Sequence[OwnRule]
    """The policy's own rules that hold."""
    priority: int


def _weighed(features: Features, grounds: Grounds, policy: Policy, model: Model | None) -> _Weighed:
    hits, opinion, facts = grounds.hits, grounds.opinion, grounds.facts
    evidence, by = _with_opinion(weighing.evidence(hits, policy), opinion)
    category = max(evidence, key=evidence.__getitem__)
    named = (by, learned.SENTENCES[by]) if by else None
    own = grounds.own.hits(features, category)
    by_habit = habits.kind_by(facts.habits, features, category)
    if by_habit is not category:
        named = (habits.KIND, habits.SENTENCES[habits.KIND])
    category, ruled = category_by(own, by_habit, believed=not features.fails_authentication)
    if ruled is not None:
        named = (OWN + ruled.name, ruled.sentence)
    weights = _weights(hits, category, policy, opinion, named=named)
    line = weighing.start(policy) + sum([weight for _, weight in weights])
    score = _score(line, category, policy, model)
    moves = habits.moves(facts, features, category, score)
    moved = score + sum([reason.weight for reason in moves])
    if grounds.own:
        moved, more = grounds.own.moves(features, category, own, moved, bounds(policy))
        moves += more
    return _Weighed(evidence, category, named, weights, line, score, moves, own, _priority(moved))


def _presumed(found: _Weighed, policy: Policy, model: Model | None, gone: Sequence[Reason]) -> Lane:
    """The lane by what the reasons add up to, without some of them."""
    moves = [each for each in found.moves if each not in gone]
    line = found.line - sum([each.weight for each in gone if each not in found.moves])
    score = _score(line, found.category, policy, model) + sum([each.weight for each in moves])
    return lane_for(_priority(score), policy)


def _priority(score: float) -> int:
    return min(10, max(0, round(score)))


def _with_opinion(evidence: dict[Category, float], opinion: Opinion | None) -> tuple[dict[Category, float], str]:
    """The rules' evidence, with that for spam or phishing moved so far that junk leads exactly where the model says so;
    and the name of the reason that alone says so, if there is one.

    Phishing that the rules recognise stays phishing: the model has seen next to none. Spam that they recognise stays
    spam unless the model is sure of the contrary."""
    if opinion is None:
        return evidence, ""
    model = opinion.model
    by_rules = max(evidence, key=evidence.__getitem__)
    odds = model.junk_from_evidence * weighing.junk_evidence(evidence) + opinion.junk
    if by_rules is Category.PHISHING or (by_rules is Category.SPAM and odds > model.junk_unless):
        return evidence, ""
    best = max(amount for category, amount in evidence.items() if category not in weighing.JUNK)
    lead, approach = odds - model.junk_at, opinion.approach - model.approach_at
    if approach > 0:
        deceit = evidence[Category.PHISHING] - evidence[Category.SPAM] + opinion.deceit
        kind = Category.PHISHING if deceit > 0 else Category.SPAM
    else:
        kind = max(weighing.JUNK, key=evidence.__getitem__)
    moved = {
        category: min(amount, best - 0.1) if category in weighing.JUNK else amount
        for category, amount in evidence.items()
    }
    return moved | {kind: best + max(lead, approach)}, learned.APPROACH if approach > 0 >= lead else ""


def _shares(hits: Sequence[str], category: Category, policy: Policy, opinion: Opinion | None) -> Mapping[str, float]:
    """How much each hit, and the wording, argued for the category that won."""
    amounts = {name: amount for name in hits for kind, amount in policy.effects[name].kinds if kind is category}
    if opinion is not None and category in weighing.JUNK:
        model = opinion.model
        per = max(0.1, model.junk_from_evidence)
        amounts = {name: amounts.get(name, 0.0) + model.junk.rules.get(name, 0.0) / per for name in hits}
        amounts[learned.WORDING] = opinion.wording / per
    total = sum(amount for amount in amounts.values() if amount > 0)
    return {name: amount / total for name, amount in amounts.items() if amount > 0} if total else {}


def _weights(
    hits: Sequence[str],
    category: Category,
    policy: Policy,
    opinion: Opinion | None,
    *,
    named: tuple[str, str] | None,
) -> list[tuple[str, float]]:
    """Everything that moved the score, strongest first. The step from the first category's start is shared out, or is
    all of what named the category."""
    weights = weighing.points(hits, category, policy)
    if opinion is not None and policy.kinds[category].presses:
        learnt = opinion.model.priority.rules
        for name in hits:
            weights[name] += learnt.get(name, 0.0)
        weights[learned.FORM], weights[learned.REQUEST] = opinion.form, opinion.request
        weights[learned.PRESSURE] = opinion.pressure
    step = policy.kinds[category].start - weighing.start(policy)
    if step and named is not None:
        weights[named[0]] = step
    elif step:
        for name, share in _shares(hits, category, policy, opinion).items():
            weights[name] = weights.get(name, 0.0) + step * share
    found = [(name, round(weight, 3)) for name, weight in weights.items() if abs(weight) >= 0.0005]
    found.sort(key=lambda each: (-abs(each[1]), each[0]))
    return found


def _reasons(found: _Weighed, features: Features) -> tuple[Reason, ...]:
    """The reasons of a verdict, strongest first; those about a deadline name its day, those about signs name these."""
    day = due.due(features) if any(name in due.RULES for name, _ in found.weights) else None
    named = pressure.named(features.said) if any(name in TELL_OF_SIGNS for name, _ in found.weights) else ()
    sentences = dict([found.named]) if found.named else {}
    reasons = []
    for name, weight in found.weights:
        text = sentences.get(name) or _sentence(name)
        if day and name in due.RULES:
            text = due.told(text, day)
        elif name in TELL_OF_SIGNS:
            text = pressure.told(text, named)
        reasons.append(Reason(rule=name, weight=weight, text=text))
    if found.moves:
        reasons = sorted((*reasons, *found.moves), key=lambda each: (-abs(each.weight), each.rule))
    return tuple(reasons)


def _sentence(name: str) -> str:
    return RULES[name].sentence if name in RULES else learned.SENTENCES[name]


def _score(line: float, category: Category, policy: Policy, model: Model | None) -> float:
    """The priority, not yet rounded, of what the reasons add up to."""
    kind = policy.kinds[category]
    if model is not None and kind.presses:
        line = on_scale(line, edges_for(policy.important_cost, model.edges), policy)
    return min(kind.highest, max(kind.lowest, line))


def _needs_reply(found: _Weighed, grounds: Grounds, policy: Policy) -> bool:
    told = [rule.needs_reply for rule in found.own if rule.needs_reply is not None]
    return told[-1] if told else _reply(grounds.hits, found.category, policy, grounds.opinion)


def _reply(hits: Sequence[str], category: Category, policy: Policy, opinion: Opinion | None) -> bool:
    if not policy.kinds[category].presses:
        return False
    odds = weighing.reply_evidence(hits, policy)
    if opinion is not None:
        odds = opinion.model.reply_from_evidence * odds + opinion.reply
    return odds >= 0

"""Which decided mails get a second opinion, and how much one matters. The one place of this policy; pure.

What it costs the fast path: a few comparisons for every mail, the rules' own decision for those it sends."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from streams.mail import Mail
from streams.triage.decide import decide
from streams.triage.opinion import Bounds
from streams.triage.policy import Policy, bounds
from streams.triage.rules import RULES
from streams.triage.verdict import Category, Facts, Lane, Verdict


class Cause(StrEnum):
    """Why a mail is reviewed."""

    UNCERTAIN = "uncertain"
    """The calibrated confidence is low."""
    DISAGREEMENT = "disagreement"
    """The rules alone would have put it into a lane that is treated otherwise."""
    FIRST_CONTACT = "first_contact"
    """A stranger writes of money, law, security or danger."""
    SUSPICION = "suspicion"
    """Signs of deception, but not enough for the rules to call it phishing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPolicy:
    """Thresholds. The share of all mail that is sent is to stay under 5 % (`crewai_reviews_wanted`)."""

    uncertain_below: float = 0.55
    """Confidence from which down any mail that is not junk is reviewed."""
    disagreement_below: float = 0.6
    """Confidence from which down the rules are asked by themselves: a second decision is the dear part of this."""
    doubtful_below: float = 0.75
    """Confidence from which down the other causes count: who is sure needs no second opinion."""
    stakes: Collection[str] = frozenset(
        {"money_at_stake", "law_at_stake", "security_at_stake", "danger_to_someone", "wants_a_payout",
         "your_payment_failed", "threatens_your_account"}
    )  # fmt: skip
    """Rules whose hit is a stake."""


DEFAULT = ReviewPolicy()
JUNK = frozenset({Category.SPAM, Category.PHISHING, Category.BULK})
_SUSPICIOUS = frozenset(rule.name for rule in RULES.values() if rule.group == "deception")
_WEIGHT = {Lane.URGENT: 40, Lane.HIGH: 30, Lane.NORMAL: 20, Lane.LOW: 10}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A review that is wanted."""

    causes: tuple[Cause, ...]
    importance: int
    """0..100: the most important are reviewed first."""
    bounds: Bounds


def wanted(
    mail: Mail, facts: Facts, verdict: Verdict, policy: Policy, review_policy: ReviewPolicy = DEFAULT
) -> Wanted | None:
    """Whether a decided mail gets a second opinion; None for most."""
    if verdict.confidence >= review_policy.doubtful_below or verdict.category is Category.PHISHING:
        return None
    causes = _causes(facts, verdict, review_policy)
    if not causes and verdict.confidence >= review_policy.disagreement_below:
        return None
    by_rules = decide(mail, facts, policy, None)
    if _treated_otherwise(by_rules, verdict):
        causes = (*causes, Cause.DISAGREEMENT)
    if not causes:
        return None
    stake = Cause.FIRST_CONTACT in causes or Cause.SUSPICION in causes
    doubt = round(30 * (1 - verdict.confidence))
    return Wanted(
        causes=causes,
        importance=min(100, _WEIGHT[verdict.lane] + 30 * stake + doubt),
        bounds=leeway(verdict, by_rules, policy),
    )


def leeway(verdict: Verdict, by_rules: Verdict, policy: Policy) -> Bounds:
    """How far an opinion may move the verdict. Spam is never raised to where it interrupts somebody."""
    ceiling = 10
    if verdict.category is Category.PHISHING:
        ceiling = verdict.priority
    elif verdict.category is Category.SPAM:
        _, normal = bounds(policy)[Lane.NORMAL]
        ceiling = max(verdict.priority, normal)
    return Bounds(floor=min(verdict.priority, by_rules.priority), ceiling=ceiling)


def _causes(facts: Facts, verdict: Verdict, review_policy: ReviewPolicy) -> tuple[Cause, ...]:
    hits = {reason.rule for reason in verdict.reasons}
    junk = verdict.category in JUNK
    found = {
        Cause.UNCERTAIN: verdict.confidence < review_policy.uncertain_below and not junk,
        Cause.FIRST_CONTACT: facts.sender is None and not junk and not hits.isdisjoint(review_policy.stakes),
        Cause.SUSPICION: verdict.category not in {Category.SPAM, Category.PHISHING}
        and not hits.isdisjoint(_SUSPICIOUS),
    }
    return tuple(cause for cause, holds in found.items() if holds)


def _treated_otherwise(by_rules: Verdict, verdict: Verdict) -> bool:
    """Two lanes apart, or one of them takes the mail for junk and the other one does not."""
    order = list(Lane)
    far = abs(order.index(by_rules.lane) - order.index(verdict.lane)) > 1
    return far or (by_rules.category in JUNK) != (verdict.category in JUNK)

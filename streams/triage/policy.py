"""The policy: what each rule is worth, where the lanes lie. Everything the decision weighs is in it; `shipped` has
the figures that ship."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from streams.triage.once import once
from streams.triage.own import Own
from streams.triage.phrases import TABLES
from streams.triage.rules import RULES
from streams.triage.verdict import Category, Lane


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneBounds:
    """A lane and the priorities that lead to it, both ends included."""

    lane: Lane
    lowest: int
    highest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a category means for the priority."""

    start: float
    """Score of a mail of which nothing more is known."""
    lowest: float
    highest: float
    """Bounds of the score, whatever the rules say: a newsletter that shouts stays a newsletter."""
    presses: bool
    """Whether rules may raise it; False for mail whose urgency is not to be believed."""
    prior: float
    """Evidence that the category has before any rule hits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a rule's hit is worth."""

    priority: float = 0.0
    """Added to the score (priorities are 0..10)."""
    reply: float = 0.0
    """Added to the evidence that an answer or an action is expected."""
    kinds: tuple[tuple[Category, float], ...] = ()
    """Evidence for categories."""


def effect(priority: float = 0.0, reply: float = 0.0, **kinds: float) -> Effect:
    """One row of the table: priority, reply, then evidence by category's name."""
    evidence = tuple((Category(name), amount) for name, amount in kinds.items())
    return Effect(priority=priority, reply=reply, kinds=evidence)


IMPORTANT_COST = 4.0
"""What the shipped edges of the lanes stand for: so many false alarms are as bad as one important mail buried."""


def _version(policy: Policy) -> str:
    """What is as it ships is left out where it was added later, so that it does not rename every policy."""
    left_out = {"version", "accounts"}
    left_out |= set() if policy.own else {"own"}
    left_out |= {"important_cost"} if policy.important_cost == IMPORTANT_COST else set()
    content = [(each.name, getattr(policy, each.name)) for each in fields(policy) if each.name not in left_out]
    rules = sorted((rule.name, rule.group, rule.sentence) for rule in RULES.values())
    words = sorted((str(cue), sorted(table.items())) for cue, table in TABLES.items())
    told = repr((content, rules, words)).encode("utf-8", "backslashreplace")
    return hashlib.blake2b(told, digest_size=6).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Everything that decides beside mail and facts. Raises ValueError for gaps between lanes or unknown rules."""

    lanes: tuple[LaneBounds, ...]
    kinds: Mapping[Category, Kind]
    effects: Mapping[str, Effect]
    limits: Mapping[str, float]
    """By group of rules: how far its hits together may raise the score."""
    reply_at: float
    """Evidence from which a reply is expected."""
    important_cost: float = IMPORTANT_COST
    """How many false alarms are as bad as burying one important mail: the more, the earlier the high lane begins."""
    own: Own = field(default_factory=Own)
    """What a deployment or an owner added."""
    accounts: Mapping[str, Policy] = field(default_factory=dict)
    """Policies of accounts that have one of their own; no part of this one's version."""
    version: str = field(init=False, default="")
    """Digest of all of the above, of the rules' names and sentences and of the phrase tables."""

    def __post_init__(self) -> None:
        """Check the table and name it."""
        covered = sorted(step for bounds in self.lanes for step in range(bounds.lowest, bounds.highest + 1))
        if covered != list(range(11)):
            raise ValueError(f"lanes cover {covered}, not each of 0..10 once")
        if unknown := set(self.effects) ^ set(RULES):
            raise ValueError(f"rules without a row, or rows without a rule: {sorted(unknown)}")
        object.__setattr__(self, "version", _version(self))

    @once
    def edges(self) -> tuple[float, ...]:
        """Where on the scale of priorities one lane ends and the next begins, lowest first; priorities are rounded."""
        return tuple(sorted(bounds.lowest - 0.5 for bounds in self.lanes if bounds.lowest > 0))

    def of(self, account: str) -> Policy:
        """The policy that decides about an account's mail."""
        return self.accounts.get(account, self)


def lane_for(priority: int, policy: Policy) -> Lane:
    """The lane of a priority. Raises ValueError outside 0..10."""
    for bounds in policy.lanes:
        if bounds.lowest <= priority <= bounds.highest:
            return bounds.lane
    raise ValueError(f"priority {priority}: must be 0..10")


def bounds(policy: Policy) -> dict[Lane, tuple[int, int]]:
    """Lowest and highest priority of each lane."""
    return {each.lane: (each.lowest, each.highest) for each in policy.lanes}

"""A second opinion about a decided mail, and what may come of it. Pure.

Whoever gives it reads hostile text, so it is bounded on all sides: enumerated answers only, never below what the
deterministic rules say by themselves, never un-junking what is phishing, never raising what is suspected."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from streams.triage.policy import Policy, lane_for
from streams.triage.verdict import Category, Lane


class Sureness(StrEnum):
    """How sure the opinion is of its lane."""

    CERTAIN = "certain"
    LIKELY = "likely"
    UNSURE = "unsure"


class Deception(StrEnum):
    """Whether the mail pretends to be what it is not."""

    NONE = "none"
    POSSIBLE = "possible"
    LIKELY = "likely"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What the reviewers say. `why` is free text for people, the rest is enumerated."""

    lane: Lane
    category: Category
    needs_reply: bool
    sureness: Sureness
    deception: Deception
    why: str = ""
    summary: str = ""
    """Of an urgent mail, for people; empty unless asked for."""
    draft: str = ""
    """Of an answer to it, which nobody sends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Priorities that a second opinion may lead to, both included."""

    floor: int
    """What the rules alone make of the mail, or the fast path's priority when that is lower."""
    ceiling: int

    def __post_init__(self) -> None:
        """Raises ValueError for what is no priority."""
        if not (0 <= self.floor <= 10 and 0 <= self.ceiling <= 10):
            raise ValueError(f"bounds {self.floor} to {self.ceiling}: priorities are 0..10")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The part of a verdict that an opinion can change."""

    priority: int
    lane: Lane
    category: Category
    needs_reply: bool


def revised(standing: Standing, opinion: Opinion, bounds: Bounds, policy: Policy) -> Standing:
    """The verdict after the opinion; the same when it changes nothing."""
    if standing.category is Category.PHISHING:
        return standing
    if opinion.deception is Deception.LIKELY or opinion.category is Category.PHISHING:
        return _warned(standing, bounds, policy)
    if opinion.sureness is Sureness.UNSURE:
        return standing
    priority = _within(_led_to(standing, opinion.lane, policy), bounds)
    if opinion.deception is Deception.POSSIBLE:
        priority = min(priority, standing.priority)
    lane = lane_for(priority, policy)
    hides = opinion.category in {Category.SPAM, Category.BULK} and lane is not Lane.LOW
    return Standing(
        priority=priority,
        lane=lane,
        category=standing.category if hides else opinion.category,
        needs_reply=standing.needs_reply or (opinion.needs_reply and lane is not Lane.LOW),
    )


def _warned(standing: Standing, bounds: Bounds, policy: Policy) -> Standing:
    """Phishing: as far down as the bounds let it, so that a mail of consequence is seen, with its warning."""
    lowest = int(policy.kinds[Category.PHISHING].highest)
    priority = min(standing.priority, max(lowest, bounds.floor))
    return Standing(priority=priority, lane=lane_for(priority, policy), category=Category.PHISHING, needs_reply=False)


def _led_to(standing: Standing, lane: Lane, policy: Policy) -> int:
    """The nearest priority of the lane."""
    found = next(each for each in policy.lanes if each.lane is lane)
    return min(found.highest, max(found.lowest, standing.priority))


def _within(priority: int, bounds: Bounds) -> int:
    return min(bounds.ceiling, max(bounds.floor, priority))

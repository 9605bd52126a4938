"""What a deployment or an owner adds to the policy: rules of one's own, VIPs, mutes, working hours. Data, never code.

It acts after rules and model, on the scale of priorities, so each of its reasons weighs exactly what it moved. Nothing
here raises phishing, or a mail whose sender's authentication fails: an address is easily claimed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, tzinfo

from streams.triage.features import Features
from streams.triage.glob import Glob
from streams.triage.verdict import Category, Lane, Reason

VIP, MUTED, OUTSIDE_HOURS = "vip", "muted", "outside_hours"
"""Names of reasons; those of own rules begin with `OWN`."""
OWN = "own:"
_SENTENCES = {
    VIP: "The sender is one of your VIPs.",
    MUTED: "You muted this sender or list.",
    OUTSIDE_HOURS: "It came outside your working hours and is not urgent.",
}
Bounds = Mapping[Lane, tuple[int, int]]
"""Lowest and highest priority of each lane."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRule:
    """Conditions that all have to hold (of several patterns for one thing, one), and what then happens."""

    name: str
    sentence: str
    senders: tuple[Glob, ...] = ()
    """Of the address in From."""
    recipients: tuple[Glob, ...] = ()
    """Of any address in To or Cc."""
    lists: tuple[Glob, ...] = ()
    """Of List-Id (RFC 2919)."""
    subjects: tuple[Glob, ...] = ()
    headers: tuple[tuple[str, tuple[Glob, ...]], ...] = ()
    """Lower-case name and patterns of its first value."""
    categories: tuple[Category, ...] = ()
    """What the mail was taken for."""

    priority: float = 0.0
    """Added to the priority."""
    at_least: Lane | None = None
    at_most: Lane | None = None
    category: Category | None = None
    needs_reply: bool | None = None

    def holds(self, features: Features, category: Category) -> bool:
        """Whether every condition holds."""
        mail = features.mail
        return (
            (not self.categories or category in self.categories)
            and _fits(self.senders, (mail.sender.address,))
            and _fits(self.recipients, [each.address for each in features.people[:200]])
            and _fits(self.lists, (mail.list_id or "",))
            and _fits(self.subjects, (mail.subject,))
            and all(_fits(globs, (mail.header(name),)) for name, globs in self.headers)
        )


def _fits(globs: Sequence[Glob], texts: Sequence[str]) -> bool:
    return not globs or any(glob.fits(text) for glob in globs for text in texts if text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When the owner works."""

    begin: time
    end: time
    """Before `begin`: the next day."""
    days: frozenset[int]
    """Monday is 0; a night belongs to the day it began on."""
    zone: tzinfo
    at_most: Lane
    """Where mail that is not urgent goes at other times."""

    def __repr__(self) -> str:
        """The same in every process: it is part of the policy's version."""
        return f"Hours({self.begin}, {self.end}, {sorted(self.days)}, {self.zone}, {self.at_most})"

    def covers(self, received_at: str) -> bool:
        """Whether a moment (RFC 3339) is working time; an unknown one is."""
        if not received_at:
            return True
        try:
            there = datetime.fromisoformat(received_at).astimezone(self.zone)
        except OverflowError:  # the calendar's last day or its first, and the zone is beyond it
            return True
        now, day = there.time(), there.weekday()
        if self.begin <= self.end:
            return day in self.days and self.begin <= now < self.end
        return (day in self.days and now >= self.begin) or ((day - 1) % 7 in self.days and now < self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """All of it."""

    rules: tuple[OwnRule, ...] = ()
    """In their order: of two that contradict, the later one has its way."""
    vips: tuple[Glob, ...] = ()
    """Of sender addresses: at least in the high lane, unless bulk or junk."""
    mutes: tuple[Glob, ...] = ()
    """Of sender addresses and List-Ids: in the low lane."""
    hours: Hours | None = None

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.rules or self.vips or self.mutes or self.hours)

    def without(self, names: Collection[str]) -> Own:
        """The same, had it not what these reasons are named after."""
        return Own(
            rules=tuple(rule for rule in self.rules if OWN + rule.name not in names),
            vips=() if VIP in names else self.vips,
            mutes=() if MUTED in names else self.mutes,
            hours=None if OUTSIDE_HOURS in names else self.hours,
        )

    def hits(self, features: Features, category: Category) -> list[OwnRule]:
        """The rules that hold."""
        return [rule for rule in self.rules if rule.holds(features, category)]

    def moves(
        self, features: Features, category: Category, hits: Sequence[OwnRule], priority: float, bounds: Bounds
    ) -> tuple[float, list[Reason]]:
        """The priority, not yet rounded, after all that applies, and what moved it."""
        reasons = []
        for name, sentence, moved in self._steps(features, category, hits, priority, bounds):
            if abs(moved - priority) >= 0.0005:
                reasons.append(Reason(rule=name, weight=round(moved - priority, 3), text=sentence))
            priority = moved
        return priority, reasons

    def _steps(
        self, features: Features, category: Category, hits: Sequence[OwnRule], priority: float, bounds: Bounds
    ) -> Iterator[tuple[str, str, float]]:
        """(name, sentence, priority after it), one after the other."""
        believed = category is not Category.PHISHING and not features.fails_authentication
        vip = believed and bool(self.vips) and _fits(self.vips, (features.mail.sender.address,))
        if vip and category not in {Category.BULK, Category.SPAM}:
            priority = max(priority, bounds[Lane.HIGH][0])
            yield VIP, _SENTENCES[VIP], priority
        if self.hours and not vip and priority < bounds[Lane.URGENT][0] - 0.5:
            if not self.hours.covers(features.facts.received_at):
                priority = min(priority, bounds[self.hours.at_most][1])
            yield OUTSIDE_HOURS, _SENTENCES[OUTSIDE_HOURS], priority
        if self.mutes and _fits(self.mutes, (features.mail.sender.address, features.mail.list_id or "")):
            priority = min(priority, bounds[Lane.LOW][1])
            yield MUTED, _SENTENCES[MUTED], priority
        for rule in hits:
            moved = _moved(rule, priority, bounds)
            priority = moved if believed else min(priority, moved)
            yield OWN + rule.name, rule.sentence, priority


def _moved(rule: OwnRule, priority: float, bounds: Bounds) -> float:
    priority = min(10.0, max(0.0, priority + rule.priority))
    if rule.at_least:
        priority = max(priority, bounds[rule.at_least][0])
    if rule.at_most:
        priority = min(priority, bounds[rule.at_most][1])
    return priority


def category_by(hits: Sequence[OwnRule], category: Category, *, believed: bool) -> tuple[Category, OwnRule | None]:
    """The category that own rules say, and which; phishing stays phishing, and junk too where nobody vouches for the
    sender."""
    if category is Category.PHISHING or (category is Category.SPAM and not believed):
        return category, None
    named = [rule for rule in hits if rule.category not in {None, category}]
    return (named[-1].category or category, named[-1]) if named else (category, None)

"""A policy file's content laid over the policy that ships."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from streams.policies.document import Document, Lanes, Part, Rule, Weight, WorkingHours
from streams.triage.glob import Glob
from streams.triage.own import Hours, Own, OwnRule
from streams.triage.policy import Effect, Kind, LaneBounds, Policy, bounds
from streams.triage.verdict import Category, Lane

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def built(document: Document, shipped: Policy) -> Policy:
    """The policy that a file describes, with those of its accounts."""
    base = _laid_over(shipped, document)
    return replace(base, accounts={name: _laid_over(base, part) for name, part in document.account.items()})


def _laid_over(under: Policy, part: Part) -> Policy:
    if part.lanes:
        under = replace(under, lanes=_lanes(part.lanes))
    _, low = bounds(under)[Lane.LOW]
    own = under.own
    return replace(
        under,
        kinds={category: _below(kind, low) for category, kind in under.kinds.items()},
        effects={name: _effect(each, part.weights.get(name)) for name, each in under.effects.items()},
        important_cost=part.important.cost if part.important else under.important_cost,
        own=Own(
            rules=own.rules + tuple(map(_rule, part.rule)),
            vips=own.vips + _globs(part.vips),
            mutes=own.mutes + _globs(part.mutes),
            hours=_hours(part.hours) if part.hours else own.hours,
        ),
        accounts={},
    )


def _lanes(said: Lanes) -> tuple[LaneBounds, ...]:
    return (
        LaneBounds(lane=Lane.URGENT, lowest=said.urgent, highest=10),
        LaneBounds(lane=Lane.HIGH, lowest=said.high, highest=said.urgent - 1),
        LaneBounds(lane=Lane.NORMAL, lowest=said.normal, highest=said.high - 1),
        LaneBounds(lane=Lane.LOW, lowest=0, highest=said.normal - 1),
    )


def _below(kind: Kind, low: int) -> Kind:
    """Bulk and junk stay in the low lane, wherever it ends."""
    if kind.presses or kind.highest < low + 0.5:
        return kind
    highest = low + 0.4
    return replace(kind, highest=highest, lowest=min(kind.lowest, highest), start=min(kind.start, highest))


def _effect(under: Effect, said: Weight | None) -> Effect:
    if said is None:
        return under
    named: Mapping[str, float] = {
        name: amount for name, amount in said.model_dump(exclude_none=True).items() if name in set(Category)
    }
    kinds = dict(under.kinds) | {Category(name): amount for name, amount in named.items()}
    return Effect(
        priority=under.priority if said.priority is None else said.priority,
        reply=under.reply if said.reply is None else said.reply,
        kinds=tuple(kinds.items()),
    )


def _hours(said: WorkingHours) -> Hours:
    days = frozenset(map(_DAYS.index, said.days))
    return Hours(begin=said.begin, end=said.end, days=days, zone=ZoneInfo(said.zone), at_most=said.at_most)


def _globs(patterns: Sequence[str]) -> tuple[Glob, ...]:
    return tuple(map(Glob, patterns))


def _rule(said: Rule) -> OwnRule:
    return OwnRule(
        name=said.name,
        sentence=said.says or f"Your rule {said.name!r} says so.",
        senders=_globs(said.sender),
        recipients=_globs(said.recipient),
        lists=_globs(said.list_id),
        subjects=_globs(said.subject),
        headers=tuple((name.lower(), _globs(patterns)) for name, patterns in said.header.items()),
        categories=tuple(said.category),
        priority=said.priority,
        at_least=said.at_least,
        at_most=said.at_most,
        category=said.make_category,
        needs_reply=said.needs_reply,
    )

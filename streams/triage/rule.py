"""How a rule is declared: a predicate over `Features` whose docstring's first line is what an operator reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from streams.triage.cues import Cue
from streams.triage.features import Features
from streams.triage.parties import Role
from streams.triage.traits import Trait

Predicate = Callable[[Features], bool]
Mark = Cue | Trait | Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A named predicate. What a hit means for the verdict stands in the policy, not here."""

    name: str
    group: str
    sentence: str
    hits: Predicate
    marks: frozenset[Mark] = frozenset()
    """It can hit only mail that says, has or is one of these; none: any mail."""


RULES: dict[str, Rule] = {}
"""Every rule by name, in the order of declaration."""
_NAMES: list[str] = []
_Placed = dict[int, Predicate]
"""By place in the order of declaration."""
_OF_ANY_MAIL: _Placed = {}
_ABOUT: dict[Mark, _Placed] = {}


def rule(predicate: Predicate) -> Predicate:
    """Declare a rule: its name is the function's, its group the module's, its sentence the docstring's first line."""
    return _declare(predicate, frozenset())


def rule_about(*marks: Mark) -> Callable[[Predicate], Predicate]:
    """Declare a rule that can hit only mail with one of these marks (it says a cue, has a trait, is the owner's in a
    role): of mail that has none of them it is not asked."""
    return lambda predicate: _declare(predicate, frozenset(marks))


def _declare(predicate: Predicate, marks: frozenset[Mark]) -> Predicate:
    name = predicate.__name__
    sentence = (predicate.__doc__ or "").strip().partition("\n")[0]
    if not sentence or name in RULES:
        raise ValueError(f"rule {name!r}: needs a docstring and a name of its own")
    group = predicate.__module__.rpartition(".")[2]
    RULES[name] = Rule(name=name, group=group, sentence=sentence, hits=predicate, marks=marks)
    for known in [_ABOUT.setdefault(mark, {}) for mark in marks] or [_OF_ANY_MAIL]:
        known[len(_NAMES)] = predicate
    _NAMES.append(name)
    return predicate


def hits_of(features: Features) -> list[str]:
    """Names of the rules that hit, in the order of their declaration."""
    asked = dict(_OF_ANY_MAIL)
    for mark in (*features.said, *features.traits):
        if mark in _ABOUT:
            asked |= _ABOUT[mark]
    return [_NAMES[at] for at in sorted([at for at, hits in asked.items() if hits(features)])]

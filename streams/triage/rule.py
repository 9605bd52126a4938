"""How a rule is declared: a predicate over `Features` whose docstring's first line is what an operator reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from streams.triage.cues import Cue
from streams.triage.features import Features

Predicate = Callable[[Features], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A named predicate. What a hit means for the verdict stands in the policy, not here."""

    name: str
    group: str
    sentence: str
    hits: Predicate
    cues: frozenset[Cue] = frozenset()
    """It can hit only mail that says one of these; none: any mail."""


RULES: dict[str, Rule] = {}
"""Every rule by name, in the order of declaration."""
_Placed = tuple[int, str, Predicate]
"""Place in the order of declaration, and name."""
_OF_ANY_MAIL: list[_Placed] = []
_ABOUT: defaultdict[Cue, list[_Placed]] = defaultdict(list)


def rule(predicate: Predicate) -> Predicate:
    """Declare a rule: its name is the function's, its group the module's, its sentence the docstring's first line."""
    return _declare(predicate, frozenset())


def rule_about(*cues: Cue) -> Callable[[Predicate], Predicate]:
    """Declare a rule that can hit only where one of these cues is said: mail that says none of them does not ask it."""
    return lambda predicate: _declare(predicate, frozenset(cues))


def _declare(predicate: Predicate, cues: frozenset[Cue]) -> Predicate:
    name = predicate.__name__
    sentence = (predicate.__doc__ or "").strip().partition("\n")[0]
    if not sentence or name in RULES:
        raise ValueError(f"rule {name!r}: needs a docstring and a name of its own")
    group = predicate.__module__.rpartition(".")[2]
    placed = (len(RULES), name, predicate)
    RULES[name] = Rule(name=name, group=group, sentence=sentence, hits=predicate, cues=cues)
    for known in [_ABOUT[cue] for cue in cues] or [_OF_ANY_MAIL]:
        known.append(placed)
    return predicate


def hits_of(features: Features) -> list[str]:
    """Names of the rules that hit, in the order of their declaration."""
    asked = [*_OF_ANY_MAIL, *{placed for cue in features.said if cue in _ABOUT for placed in _ABOUT[cue]}]
    return [name for _, name in sorted([(at, name) for at, name, hits in asked if hits(features)])]

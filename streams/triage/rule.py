"""How a rule is declared: a predicate over `Features` whose docstring's first line is what an operator reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from streams.triage.features import Features

Predicate = Callable[[Features], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A named predicate. What a hit means for the verdict stands in the policy, not here."""

    name: str
    group: str
    sentence: str
    hits: Predicate


RULES: dict[str, Rule] = {}
"""Every rule by name, in the order of declaration."""


def rule(predicate: Predicate) -> Predicate:
    """Declare a rule: its name is the function's, its group the module's, its sentence the docstring's first line."""
    name = predicate.__name__
    sentence = (predicate.__doc__ or "").strip().partition("\n")[0]
    if not sentence or name in RULES:
        raise ValueError(f"rule {name!r}: needs a docstring and a name of its own")
    RULES[name] = Rule(name=name, group=predicate.__module__.rpartition(".")[2], sentence=sentence, hits=predicate)
    return predicate

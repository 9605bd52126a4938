"""What one decision stands on, beside the policy's figures; and the same with some of it taken away."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from streams.triage import habits
from streams.triage.model_opinion import Opinion
from streams.triage.own import Own
from streams.triage.verdict import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """Everything that can become a reason."""

    hits: Sequence[str]
    """Names of the rules that hit."""
    opinion: Opinion | None
    """None: no learned model takes part."""
    facts: Facts
    own: Own

    def without(self, names: Collection[str]) -> Grounds:
        """As if what the reasons of these names are about were not so."""
        facts = self.facts
        return Grounds(
            hits=[name for name in self.hits if name not in names],
            opinion=self.opinion.without(names) if self.opinion else None,
            facts=replace(facts, habits=habits.without(facts.habits, names)) if facts.habits else facts,
            own=self.own.without(names) if self.own else self.own,
        )

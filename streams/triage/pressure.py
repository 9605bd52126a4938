"""How many different signs say that a mail cannot wait: what is at stake, until when, that only the reader can.

One sign is in every tenth mail, four are in hardly one that can wait."""

from __future__ import annotations

from collections.abc import Mapping

from streams.triage.phrases import Cue

PRESSING = frozenset(
    (
        Cue.NOW,
        Cue.CUTOFF,
        Cue.OR_ELSE,
        Cue.ONLY_YOU,
        Cue.UNREACHED,
        Cue.WAITING,
        Cue.BLOCKED,
        Cue.DANGER,
        Cue.OUTAGE,
        Cue.SECURITY,
    )
)
WEAK = frozenset((Cue.BRIEF, Cue.HAPPENING, Cue.HELPLESS, Cue.CANNOT, Cue.SCENE))
"""Ordinary mail has them too: they count half."""
SIGNS = PRESSING | WEAK | {Cue.SOON}
"""What there is no pressure without."""
CALMING = frozenset((Cue.DRILL, Cue.RESOLVED, Cue.WITHDRAWN, Cue.NO_ACTION))
"""Talk of drills and of what is over has signs without need: it takes two of them back."""
LONG = 150
"""Words by which a text has one sign by chance."""


def pressure(said: Mapping[Cue, int], length: int) -> float:
    """The number of signs, at least 0. `said`: cues of subject and text; `length`: words of the text."""
    hour = Cue.SOON in said or Cue.CUTOFF in said
    found = len(PRESSING & said.keys()) + hour + (hour and (Cue.MONEY in said or Cue.LEGAL in said))
    by_chance = length // LONG
    weak = 0 if by_chance else len(WEAK & said.keys())
    return max(0.0, found + weak / 2 - by_chance - (0 if CALMING.isdisjoint(said) else 2))

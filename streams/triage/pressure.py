"""How many different signs say that a mail cannot wait: what is at stake, until when, that only the reader can.

One sign is in every tenth mail, four are in hardly one that can wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from streams.triage.phrases import Cue

NAMES = {
    Cue.DANGER: "somebody is in danger",
    Cue.OUTAGE: "something is out of order",
    Cue.SECURITY: "a breach",
    Cue.BLOCKED: "work stands still",
    Cue.OR_ELSE: "what happens otherwise",
    Cue.CUTOFF: "an hour of today",
    Cue.NOW: "at once",
    Cue.ONLY_YOU: "only you can",
    Cue.UNREACHED: "you were not reached",
    Cue.WAITING: "somebody waits",
}
"""The signs as people call them, in the order in which they are told."""
PRESSING = frozenset(NAMES)
DUE_NAMES = {Cue.SOON: "today or tomorrow", Cue.MONEY: "money", Cue.LEGAL: "law"}
"""A day that is near, and what it makes a sign of."""
WEAK_NAMES = {
    Cue.HAPPENING: "it goes on now",
    Cue.BRIEF: "minutes or hours",
    Cue.SCENE: "somebody stands there",
    Cue.HELPLESS: "nobody knows what to do",
    Cue.CANNOT: "something cannot be done",
}
WEAK = frozenset(WEAK_NAMES)
"""Ordinary mail has them too: they count half."""
SIGNS = PRESSING | WEAK | {Cue.SOON}
"""What there is no pressure without."""
CALMING = frozenset((Cue.DRILL, Cue.RESOLVED, Cue.WITHDRAWN, Cue.NO_ACTION))
"""Talk of drills and of what is over has signs without need: it takes two of them back."""
LADDER = ("must_not_wait_at_all", "must_not_wait", "can_hardly_wait", "cannot_wait")
"""Rules about the number of signs. Who reads of one does not want to read of those below it."""
TOLD = 5
"""Signs that a reason names at most."""
LONG = 150
"""Words by which a text has one sign by chance."""


def pressure(said: Mapping[Cue, int], length: int) -> float:
    """The number of signs, at least 0. `said`: cues of subject and text; `length`: words of the text."""
    hour = Cue.SOON in said or Cue.CUTOFF in said
    found = len(PRESSING & said.keys()) + hour + (hour and (Cue.MONEY in said or Cue.LEGAL in said))
    by_chance = length // LONG
    weak = 0 if by_chance else len(WEAK & said.keys())
    return max(0.0, found + weak / 2 - by_chance - (0 if CALMING.isdisjoint(said) else 2))


def named(said: Mapping[Cue, int]) -> list[str]:
    """What the signs of a mail are called, `TOLD` of them at most."""
    due = DUE_NAMES if Cue.SOON in said or Cue.CUTOFF in said else {}
    return [name for cue, name in (*NAMES.items(), *due.items(), *WEAK_NAMES.items()) if cue in said][:TOLD]


def told(sentence: str, names: Sequence[str]) -> str:
    """A sentence about such signs with those that were found."""
    return f"{sentence.rstrip('.')} ({', '.join(names)})." if names else sentence

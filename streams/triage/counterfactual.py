"""What a verdict turns on: "would be in the normal lane but for: ...", and the few reasons that mattered most.

What its reasons add up to proposes, since each weight says what the score loses without it; whether it is so, the
decision itself says, made again without them: groups of rules have limits, and evidence also chooses the category. So
it costs two sums for most mail, and one more weighing of the same hits for what lies near a lane's edge."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from streams.triage.model import PRESSURE
from streams.triage.pressure import LADDER
from streams.triage.verdict import Counterfactual, Lane, Reason

MOST = 3
"""Reasons that are taken away together, or are told as those that mattered, at most."""
MATTERS = 0.3
"""Of the strongest reason's weight: what weighs less did not matter beside it."""
TELL_OF_SIGNS = (*LADDER, PRESSURE)
"""Reasons that name the signs that a mail cannot wait."""

LaneWithout = Callable[[Sequence[Reason]], Lane]
"""The lane that a mail would be in without some of its reasons."""


def because(reasons: Sequence[Reason]) -> str:
    """The two or three reasons that mattered most, for a person. `reasons`: strongest first."""
    told = [each for each in _apart(reasons) if abs(each.weight) >= MATTERS * abs(reasons[0].weight)]
    return _listed(told[:MOST] or reasons[:1])


def but_for(
    lane: Lane, reasons: Sequence[Reason], presumed: LaneWithout | None, decided: Callable[[Collection[str]], Lane]
) -> Counterfactual | None:
    """The fewest and strongest reasons that make a difference to the lane; None where no `MOST` of one direction do.

    `presumed`: what the reasons add up to, where that can be told. `decided`: the decision without these rules."""
    for gone in _proposals(lane, reasons, presumed, decided):
        if (other := decided([reason.rule for reason in gone])) is not lane:
            return _told(other, gone)
    return None


def overruled(before: Lane, after: Lane, opinion: Reason) -> Counterfactual | None:
    """What a verdict turns on once somebody's opinion has moved it; None where it stayed in its lane."""
    return None if after is before else _told(before, (opinion,))


def _told(lane: Lane, gone: Sequence[Reason]) -> Counterfactual:
    return Counterfactual(
        lane=lane,
        without=tuple(reason.rule for reason in gone),
        text=f"would be in the {lane} lane but for: {_listed(_apart(gone))}",
    )


def _proposals(
    lane: Lane, reasons: Sequence[Reason], presumed: LaneWithout | None, decided: Callable[[Collection[str]], Lane]
) -> Iterator[Sequence[Reason]]:
    """What might make a difference, fewest first. What the most of one direction cannot do, fewer of them cannot."""
    lowering = [reason for reason in reasons if reason.weight < 0][:MOST]
    if presumed is None:  # bulk and junk: their reasons lower, and are an account of evidence
        if lowering and decided([reason.rule for reason in lowering]) is not lane:
            yield from (lowering[:count] for count in range(1, len(lowering) + 1))
        return
    raising = [reason for reason in reasons if reason.weight > 0][:MOST]
    sides = [side for side in (raising, lowering) if side and presumed(side) is not lane]
    for count in range(1, MOST + 1) if sides else ():
        for side in sides:
            if count <= len(side) and presumed(side[:count]) is not lane:
                yield side[:count]


def _apart(reasons: Sequence[Reason]) -> list[Reason]:
    """Of those that tell of the same signs the strongest alone: it names them all."""
    counting = [each for each in reasons if each.rule in TELL_OF_SIGNS]
    return [each for each in reasons if each not in counting[1:]]


def _listed(reasons: Sequence[Reason]) -> str:
    return "; ".join(reason.text.rstrip(".") for reason in reasons)

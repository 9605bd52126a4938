"""Whether it can wait: several different signs together say no, whatever each of them is worth alone."""

from __future__ import annotations

from streams.triage.features import Features
from streams.triage.parties import Role
from streams.triage.phrases import Cue
from streams.triage.pressure import CALMING, SIGNS
from streams.triage.rule import rule_about

OURS = frozenset({Role.DIRECT, Role.FEW})
"""Roles in which what presses is the owner's to do."""


def ours(mail: Features) -> bool:
    """Whether it is the owner who is to act, and no crowd."""
    return mail.role in OURS or mail.calls_owner


@rule_about(*SIGNS)
def cannot_wait(mail: Features) -> bool:
    """Two different signs that it cannot wait."""
    return mail.pressures >= 1.5 and ours(mail)


@rule_about(*SIGNS)
def can_hardly_wait(mail: Features) -> bool:
    """Three different signs that it cannot wait."""
    return mail.pressures >= 2.5 and ours(mail)


@rule_about(*SIGNS)
def must_not_wait(mail: Features) -> bool:
    """Four different signs that it cannot wait."""
    return mail.pressures >= 3.5 and ours(mail)


@rule_about(*SIGNS)
def must_not_wait_at_all(mail: Features) -> bool:
    """Five or more different signs that it cannot wait."""
    return mail.pressures >= 4.5 and ours(mail)


NOWISH = (Cue.NOW, Cue.CUTOFF, Cue.BRIEF, Cue.HAPPENING)
ACTING = (Cue.ASK, Cue.DECIDE, Cue.HELPLESS, Cue.CANNOT, Cue.ONLY_YOU, Cue.UNREACHED, Cue.WAITING)
SHORTEST, LONGEST = 12, 160
"""Words of a mail in which somebody tells what is going on, and little else."""


def here_and_now(mail: Features) -> int:
    """How many signs say that something goes on now, and wants acting; 0 unless there is one of each.

    What can wait names a later day, a week or a month; what cannot names hours and minutes alone."""
    said = mail.said
    if not SHORTEST <= mail.length <= LONGEST or mail.is_bulk_mail or not ours(mail):
        return 0
    if Cue.LATER in said or Cue.MEETING in said or not CALMING.isdisjoint(said):
        return 0
    now = sum([cue in said for cue in NOWISH])
    acting = sum([cue in said for cue in ACTING]) + (mail.questions > 0)
    return now + acting if now and acting else 0


@rule_about(*NOWISH)
def goes_on_now(mail: Features) -> bool:
    """Tells of hours and minutes and of no later day, and wants something of the owner."""
    return here_and_now(mail) >= 2


@rule_about(*NOWISH)
def goes_on_now_and_wants_you(mail: Features) -> bool:
    """Says in several ways that it goes on now, and that the owner is wanted; no later day is named."""
    return here_and_now(mail) >= 3


@rule_about(Cue.ONLY_YOU, Cue.UNREACHED)
def only_you_can(mail: Features) -> bool:
    """Says that only the owner can do it, or that the owner was not reached."""
    return mail.says(Cue.ONLY_YOU, Cue.UNREACHED) > 0 and mail.pressures >= 2 and ours(mail)


@rule_about(Cue.CUTOFF)
def closes_today(mail: Features) -> bool:
    """Something ends or begins at an hour of today, and something is asked or lost by it."""
    return mail.says(Cue.CUTOFF) > 0 and mail.pressures >= 2 and (mail.says(Cue.OR_ELSE) > 0 or mail.asks)


@rule_about(Cue.DRILL)
def practises(mail: Features) -> bool:
    """Is about a drill, planned work, a course or minutes, not about an emergency."""
    return mail.says(Cue.DRILL) > 0

"""Whether it can wait: several different signs together say no, whatever each of them is worth alone."""

from __future__ import annotations

from streams.triage.features import Features, Role
from streams.triage.phrases import Cue
from streams.triage.rule import rule
from streams.triage.rules.people import asks

OURS = frozenset({Role.DIRECT, Role.FEW})
"""Roles in which what presses is the owner's to do."""


def ours(mail: Features) -> bool:
    """Whether it is the owner who is to act, and no crowd."""
    return mail.role in OURS or mail.calls_owner


@rule
def cannot_wait(mail: Features) -> bool:
    """Two signs that it cannot wait (stakes, an hour, nobody else, somebody waiting)."""
    return mail.pressures >= 1.5 and ours(mail)


@rule
def can_hardly_wait(mail: Features) -> bool:
    """Three different signs that it cannot wait."""
    return mail.pressures >= 2.5 and ours(mail)


@rule
def must_not_wait(mail: Features) -> bool:
    """Four different signs that it cannot wait."""
    return mail.pressures >= 3.5 and ours(mail)


@rule
def must_not_wait_at_all(mail: Features) -> bool:
    """Five or more different signs that it cannot wait."""
    return mail.pressures >= 4.5 and ours(mail)


@rule
def only_you_can(mail: Features) -> bool:
    """Says that only the owner can do it, or that the owner was not reached."""
    return mail.says(Cue.ONLY_YOU, Cue.UNREACHED) > 0 and mail.pressures >= 2 and ours(mail)


@rule
def closes_today(mail: Features) -> bool:
    """Something ends or begins at an hour of today, and something is asked or lost by it."""
    return mail.says(Cue.CUTOFF) > 0 and mail.pressures >= 2 and (mail.says(Cue.OR_ELSE) > 0 or asks(mail))


@rule
def practises(mail: Features) -> bool:
    """Is about a drill, planned work, a course or minutes, not about an emergency."""
    return mail.says(Cue.DRILL) > 0

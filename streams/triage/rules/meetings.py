"""Meetings and plans (RFC 5546 for calendar parts)."""

from __future__ import annotations

from streams.triage.features import Features
from streams.triage.phrases import Cue
from streams.triage.rule import rule_about
from streams.triage.traits import Trait


@rule_about(Trait.CALENDAR)
def invites_you(mail: Features) -> bool:
    """A calendar invitation that wants an answer."""
    return mail.mail.calendar_method == "REQUEST" and not mail.says(Cue.NO_ACTION)


@rule_about(Cue.CHANGED, Cue.NO_ACTION)
def updates_a_meeting(mail: Features) -> bool:
    """A calendar entry was updated."""
    return mail.mail.calendar_method == "REQUEST" and mail.says(Cue.CHANGED, Cue.NO_ACTION) > 0


@rule_about(Trait.CALENDAR)
def answers_an_invitation(mail: Features) -> bool:
    """Somebody answered a calendar invitation."""
    return mail.mail.calendar_method in {"REPLY", "COUNTER"}


@rule_about(Trait.CALENDAR)
def cancels_a_meeting(mail: Features) -> bool:
    """A calendar entry was cancelled."""
    return mail.mail.calendar_method == "CANCEL"


@rule_about(Cue.CHANGED)
def plan_changes_soon(mail: Features) -> bool:
    """A plan for the next days was moved or cancelled."""
    return mail.says(Cue.CHANGED) > 0 and mail.says(Cue.SOON, Cue.DEADLINE) > 0 and not mail.is_bulk_mail


@rule_about(Cue.MEETING)
def proposes_a_meeting(mail: Features) -> bool:
    """Proposes or arranges a meeting and asks about it."""
    return mail.says(Cue.MEETING) > 0 and mail.asks and not mail.is_bulk_mail

"""How it is written."""

from __future__ import annotations

from streams.triage.features import Features
from streams.triage.phrases import Cue
from streams.triage.rule import rule, rule_about
from streams.triage.traits import Trait

LONG = 400
"""Words from which a mail is long."""


@rule_about(Trait.SHOUTING)
def shouting_subject(mail: Features) -> bool:
    """The subject shouts (capitals, rows of exclamation marks)."""
    return mail.shouts


@rule_about(Trait.SHOUTING)
def shouts_at_a_crowd(mail: Features) -> bool:
    """Shouts at a group, and backs it with nothing."""
    return (
        mail.shouts
        and len(mail.mail.to) + len(mail.mail.cc) >= 1
        and not mail.says(Cue.DANGER, Cue.OUTAGE, Cue.SECURITY, Cue.ASK)
    )


@rule_about(Trait.EXCLAIMING)
def exclaims(mail: Features) -> bool:
    """Many exclamation marks."""
    return mail.exclamations >= 4 and mail.exclamations > 0.02 * mail.length


@rule_about(Trait.SHORT)
def nothing_written(mail: Features) -> bool:
    """No text and no subject that says anything."""
    return mail.length == 0 and len(mail.subject) <= 2


@rule
def long_text(mail: Features) -> bool:
    """A long text without a request."""
    return mail.length >= LONG and not mail.says(Cue.ASK, Cue.DECIDE)


@rule_about(Trait.SHORT)
def subject_is_the_mail(mail: Features) -> bool:
    """Everything is in the subject, or nothing but a question mark was added."""
    return mail.length <= 2 and (mail.in_subject.get(Cue.ASK, 0) > 0 or "?" in mail.subject or mail.questions > 0)

"""Time that presses. A bare "urgent" is cheap: it counts for much only where something backs it."""

from __future__ import annotations

from streams.triage import due
from streams.triage.features import Features
from streams.triage.phrases import Cue
from streams.triage.rule import rule, rule_about

CALM = (Cue.DRILL, Cue.RESOLVED, Cue.NO_ACTION, Cue.THANKS)
WEEK = 7
STAKES = (Cue.DANGER, Cue.OUTAGE, Cue.SECURITY, Cue.MONEY, Cue.LEGAL, Cue.BLOCKED)
"""Cues of a consequence."""


@rule_about(Cue.NOW)
def presses_for_now(mail: Features) -> bool:
    """Something must happen within minutes or hours."""
    return mail.density(Cue.NOW) >= 0.4


@rule_about(Cue.NOW)
def presses_hard(mail: Features) -> bool:
    """Several phrases press for action at once."""
    return mail.says(Cue.NOW) >= 2 and mail.density(Cue.NOW) >= 1


@rule_about(Cue.NOW)
def presses_with_stakes(mail: Features) -> bool:
    """Must happen at once, and there is a consequence."""
    return presses_for_now(mail) and mail.density(*STAKES) >= 0.5


@rule_about(Cue.SOON)
def stakes_by_tomorrow(mail: Features) -> bool:
    """There is a consequence, today or tomorrow."""
    return mail.says(Cue.SOON) > 0 and mail.density(*STAKES) >= 0.8 and not mail.is_bulk_mail


@rule_about(Cue.SOON)
def due_within_a_day(mail: Features) -> bool:
    """Asks for something by today or tomorrow."""
    return mail.says(Cue.SOON) > 0 and mail.asks


@rule_about(Cue.SOON)
def speaks_of_today(mail: Features) -> bool:
    """Is about today or tomorrow."""
    return mail.says(Cue.SOON) > 0


@rule_about(Cue.SOON, Cue.NOW)
def soon_in_the_subject(mail: Features) -> bool:
    """The subject speaks of today, tomorrow or now."""
    return mail.in_subject.get(Cue.SOON, 0) + mail.in_subject.get(Cue.NOW, 0) > 0


@rule_about(Cue.DEADLINE)
def has_a_deadline(mail: Features) -> bool:
    """Asks for something by a named day."""
    return mail.says(Cue.DEADLINE) > 0 and mail.asks


def days_left(mail: Features) -> int | None:
    """Days from the mail's own day to the first that is named, where something is asked by a deadline."""
    if not mail.says(Cue.DEADLINE) or not mail.asks or mail.is_bulk_mail:
        return None
    return due.days_left(mail)


@rule_about(Cue.DEADLINE)
def named_day_is_near(mail: Features) -> bool:
    """Asks for something by a named day, and that is today or tomorrow."""
    left = days_left(mail)
    return left is not None and left <= 1


@rule_about(Cue.DEADLINE)
def named_day_is_far(mail: Features) -> bool:
    """Asks for something by a named day that is more than a week away."""
    left = days_left(mail)
    return left is not None and left > WEEK


@rule_about(Cue.DEADLINE)
def mentions_a_deadline(mail: Features) -> bool:
    """Mentions a deadline, and is no drill, no courtesy and nothing that is over."""
    return mail.says(Cue.DEADLINE) > 0 and not mail.asks and not mail.says(*CALM)


@rule_about(Cue.URGENT)
def says_urgent(mail: Features) -> bool:
    """Calls itself urgent or important."""
    return mail.says(Cue.URGENT) > 0


@rule_about(Cue.URGENT)
def urgent_with_stakes(mail: Features) -> bool:
    """Urgent, and there is a consequence or a point of time that backs it."""
    return mail.says(Cue.URGENT) > 0 and mail.says(Cue.SOON, Cue.NOW, *STAKES) > 0


@rule
def marked_important(mail: Features) -> bool:
    """The sender's program marked it as important (Importance, X-Priority)."""
    header = mail.mail.header
    high = header("importance").strip().lower() == "high" or header("priority").strip().lower() == "urgent"
    return high or header("x-priority").strip()[:1] in {"1", "2"}

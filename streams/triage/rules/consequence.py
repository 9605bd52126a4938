"""What is at stake: people, systems, data, money, law."""

from __future__ import annotations

from streams.triage.features import Features
from streams.triage.phrases import Cue
from streams.triage.rule import rule_about
from streams.triage.rules.people import only_thanks


def over(mail: Features) -> bool:
    """Whether the mail says that it is over or that nothing needs doing."""
    return mail.says(Cue.RESOLVED, Cue.WITHDRAWN) > 0


def endangers(mail: Features) -> bool:
    """Whether danger is what a mail is about: not one word in a long text, nor a newsletter's, a drill's
    or thanks."""
    talked_of = mail.is_bulk_mail or mail.says(Cue.DRILL) or only_thanks(mail)
    return mail.density(Cue.DANGER) >= 0.5 and not talked_of


@rule_about(Cue.DANGER)
def danger_to_someone(mail: Features) -> bool:
    """Speaks of harm, illness, fire, a leak or a crime."""
    return endangers(mail)


@rule_about(Cue.DANGER)
def danger_at_length(mail: Features) -> bool:
    """Speaks of danger in more than one way."""
    return endangers(mail) and mail.says(Cue.DANGER) >= 2 and mail.density(Cue.DANGER) >= 1.5


@rule_about(Cue.DANGER)
def danger_now(mail: Features) -> bool:
    """Danger, and it is happening now or somebody must act today."""
    return endangers(mail) and mail.says(Cue.NOW, Cue.SOON) > 0


@rule_about(Cue.OUTAGE)
def something_is_down(mail: Features) -> bool:
    """Something that must run does not."""
    return mail.says(Cue.OUTAGE) > 0 and not over(mail)


@rule_about(Cue.OUTAGE, Cue.SECURITY)
def alarm_is_firing(mail: Features) -> bool:
    """A program reports an open failure."""
    return mail.is_robot and mail.says(Cue.OUTAGE, Cue.SECURITY) >= 2 and not over(mail) and not mail.says(Cue.DRILL)


@rule_about(Cue.SECURITY)
def security_at_stake(mail: Features) -> bool:
    """Speaks of a breach, a leak of data or a vulnerability."""
    return mail.says(Cue.SECURITY) > 0 and not over(mail)


@rule_about(Cue.MONEY)
def money_at_stake(mail: Features) -> bool:
    """Money is refused, overdue or about to be lost."""
    return mail.says(Cue.MONEY) > 0


@rule_about(Cue.LEGAL)
def law_at_stake(mail: Features) -> bool:
    """Courts, authorities, contracts or audits, and something is asked."""
    return mail.says(Cue.LEGAL) > 0 and mail.asks


@rule_about(Cue.BLOCKED)
def work_is_blocked(mail: Features) -> bool:
    """Somebody cannot go on, or waits for an answer."""
    return mail.says(Cue.BLOCKED) > 0


@rule_about(Cue.RESOLVED)
def it_is_over(mail: Features) -> bool:
    """Says that it is resolved."""
    return mail.says(Cue.RESOLVED) > 0

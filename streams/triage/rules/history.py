"""What the tables know of the sender and the thread. Bounded: nobody earns importance by writing often."""

from __future__ import annotations

from streams.triage.features import Features
from streams.triage.phrases import Cue
from streams.triage.rule import rule_about
from streams.triage.traits import Trait

ENOUGH = 3
"""Mails after which a share means something."""


def share(part: int, mails: int) -> float:
    """A share that starts low and needs evidence (one made-up mail of each kind is added)."""
    return max(0, part) / (max(0, mails) + 2)


@rule_about(Trait.KNOWN_SENDER)
def usually_important(mail: Features) -> bool:
    """Most mails of this sender were important."""
    sender = mail.facts.sender
    return sender is not None and sender.mails >= ENOUGH and share(sender.important, sender.mails) >= 0.5


@rule_about(Trait.KNOWN_SENDER)
def never_important(mail: Features) -> bool:
    """None of this sender's many mails was important."""
    sender = mail.facts.sender
    return sender is not None and sender.mails >= 10 and sender.important == 0


@rule_about(Trait.KNOWN_SENDER)
def sends_junk(mail: Features) -> bool:
    """Most mails of this sender were spam or phishing."""
    sender = mail.facts.sender
    return sender is not None and sender.mails >= ENOUGH and share(sender.junk, sender.mails) >= 0.5


@rule_about(Trait.KNOWN_SENDER)
def known_sender(mail: Features) -> bool:
    """The sender has written before, and it was no junk."""
    sender = mail.facts.sender
    return sender is not None and sender.mails >= ENOUGH and sender.junk == 0 and not mail.is_bulk_mail


@rule_about(Trait.KNOWN_THREAD)
def hot_thread(mail: Features) -> bool:
    """An earlier mail of this thread was important."""
    thread = mail.facts.thread
    return thread is not None and thread.top_priority >= 7


@rule_about(Trait.KNOWN_THREAD)
def you_wrote_here(mail: Features) -> bool:
    """The owner has written in this thread."""
    return mail.facts.thread is not None and mail.facts.thread.owner_wrote


@rule_about(Cue.URGENT, Cue.NOW)
def stranger_in_a_hurry(mail: Features) -> bool:
    """A first contact presses for speed and wants credentials or money."""
    from_nowhere = mail.facts.sender is None and not mail.is_colleague and mail.facts.thread is None
    return from_nowhere and mail.says(Cue.URGENT, Cue.NOW) > 0 and mail.says(Cue.CREDENTIALS, Cue.PAYOUT) > 0

"""What a decided mail teaches about its sender and its thread. Pure: the stream's runtime stores the rows.

A row counts, it does not score: the weight of history is the policy's, and bounded there."""

from __future__ import annotations

from dataclasses import dataclass

from streams.mail import Mail
from streams.triage.verdict import Category, Facts, Lane, SenderFacts, ThreadFacts, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """The new rows: of (account, sender address) and of (account, thread id)."""

    sender: SenderFacts
    thread: ThreadFacts


def observe(mail: Mail, facts: Facts, verdict: Verdict) -> Learned:
    """The rows after this mail: the same arguments give the same rows, so that seeing it again is harmless."""
    junk = verdict.category in {Category.SPAM, Category.PHISHING}
    return Learned(sender=_sender(facts, verdict, junk=junk), thread=_thread(mail, facts, verdict, junk=junk))


def _sender(facts: Facts, verdict: Verdict, *, junk: bool) -> SenderFacts:
    known = facts.sender or SenderFacts()
    return SenderFacts(
        mails=known.mails + 1,
        important=known.important + (verdict.lane in {Lane.URGENT, Lane.HIGH}),
        junk=known.junk + junk,
        first_seen=min(filter(None, (known.first_seen, facts.received_at)), default=None),
        last_seen=max(filter(None, (known.last_seen, facts.received_at)), default=None),
    )


def _thread(mail: Mail, facts: Facts, verdict: Verdict, *, junk: bool) -> ThreadFacts:
    """Junk never heats a thread: it may have been forged into it."""
    known = facts.thread or ThreadFacts()
    owners = {address.lower() for address in facts.owner}
    wrote = mail.sender.address.lower() in owners and not junk
    return ThreadFacts(
        mails=known.mails + 1,
        top_priority=known.top_priority if junk else max(known.top_priority, verdict.priority),
        owner_wrote=known.owner_wrote or wrote,
        last_seen=max(filter(None, (known.last_seen, facts.received_at)), default=None),
    )

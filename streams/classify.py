"""Raw mail + what the tables know → verdict. Pure: parse, gather facts, decide, learn. `streams.route`: the lane."""

from __future__ import annotations

from dataclasses import dataclass

from streams.events import Received
from streams.learning import answers_people, habits_of, remembered
from streams.mail import Mail, parse
from streams.moments import utc_text
from streams.people import SENDERS, counted, people
from streams.revisions import row_key
from streams.runtime import Known, Table, Write
from streams.topics import THREADS as THREADS_TOPIC
from streams.triage.decide import decide
from streams.triage.model import MODEL, Model
from streams.triage.observe import observe
from streams.triage.policy import Policy
from streams.triage.verdict import Facts, SenderFacts, ThreadFacts, Verdict

__all__ = ["SENDERS", "THREADS", "Classified", "classify", "learn", "row_key"]

THREADS = Table(name="threads", changelog=THREADS_TOPIC.name, row=ThreadFacts)
"""What is known of (account, thread id)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified:
    """A mail, its verdict, and from what it follows."""

    mail: Mail
    facts: Facts
    verdict: Verdict
    people: SenderFacts | None = None
    """What is counted of people's mail so far; None: it is not."""


def classify(received: Received, known: Known, policy: Policy, model: Model = MODEL) -> Classified:
    """Decide about one received mail.

    Raises:
        MailError: the bytes are no mail.
    """
    mail = parse(received.raw, truncated=received.truncated)
    facts = Facts(
        owner=received.owner,
        received_at=utc_text(received.received_at),
        sender=known.get(SENDERS, row_key(received.account, mail.sender.address)) if mail.sender.address else None,
        thread=known.get(THREADS, row_key(received.account, mail.thread_id)),
        habits=habits_of(received.account, mail, received.owner, known),
    )
    verdict = decide(mail, facts, policy.of(received.account), model)
    row = people(received.account, known) if answers_people(received.account, known) else None
    return Classified(mail=mail, facts=facts, verdict=verdict, people=row)


def learn(received: Received, classified: Classified) -> tuple[Write, ...]:
    """The table rows as this mail leaves them."""
    mail, account = classified.mail, received.account
    recent = remembered(account, received.event_id, mail, classified.facts.owner, classified.verdict)
    learned = observe(mail, classified.facts, classified.verdict)
    thread = Write(table=THREADS, key=row_key(account, mail.thread_id), row=learned.thread)
    if not mail.sender.address:
        return thread, recent
    sender = Write(table=SENDERS, key=row_key(account, mail.sender.address), row=learned.sender)
    if classified.people is None:
        return sender, thread, recent
    return sender, thread, recent, *counted(received, mail, classified.verdict, classified.people)

"""How many mails people wrote to an account whose owner was seen to answer some: what the answers are a share of. Table
senders, the row without a sender; where nobody answers, nothing is counted."""

from __future__ import annotations

from dataclasses import replace

from streams.events import Received
from streams.mail import Mail
from streams.moments import utc_text
from streams.revisions import row_key
from streams.runtime import Known, Table, Write
from streams.topics import SENDERS as SENDERS_TOPIC
from streams.triage.acts import JUNK, QUIET
from streams.triage.verdict import SenderFacts, Verdict

SENDERS = Table(name="senders", changelog=SENDERS_TOPIC.name, row=SenderFacts)
"""What is known of (account, sender address)."""


def people(account: str, known: Known) -> SenderFacts:
    """The row of an account."""
    return known.get(SENDERS, row_key(account, "")) or SenderFacts()


def counted(received: Received, mail: Mail, verdict: Verdict, row: SenderFacts) -> tuple[Write, ...]:
    """The row as a mail leaves it."""
    sender = mail.sender.address.lower()
    if verdict.category in QUIET | JUNK or not sender or sender in {one.lower() for one in received.owner}:
        return ()
    now = utc_text(received.received_at)
    after = replace(row, mails=row.mails + 1, first_seen=row.first_seen or now, last_seen=now)
    return (Write(table=SENDERS, key=row_key(received.account, ""), row=after),)

"""What the triage counts of each committed batch: mails by outcome, lane and source, and how long each took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from monitoring.metrics import EMAILS_PROCESSED, PROCESSING_SECONDS, REVIEWS_WANTED
from streams import header_values
from streams.canary import is_canary
from streams.events import SOURCE_HEADER, Received
from streams.runtime import Event, Outcome
from streams.topics import FEEDBACK, REVIEWED
from streams.triage.verdict import Lane

SOURCES = frozenset({"imap", "gmail", "maildir"})
"""All that may stand in a label."""
UNKNOWN = "unknown"
NO_LANE = "none"
NO_MAILS = {FEEDBACK.name, REVIEWED.name}


def count_mails(events: Sequence[Event], outcomes: Sequence[Outcome]) -> None:
    """The events and what came of them, in the same order; a mail without `note` has become a dead letter."""
    now = datetime.now(UTC)
    counts: Counter[tuple[str, str, str]] = Counter()
    reviews = 0
    took = {
        lane: PROCESSING_SECONDS.labels(lane).observe
        for lane in {outcome.label for outcome in outcomes if outcome.note}
    }
    for event, outcome in zip(events, outcomes, strict=True):
        if is_canary(event.key) or event.topic in NO_MAILS:
            continue  # nobody's mail, control measures it; or no mail
        mail: Received | None = outcome.note
        if mail is None:
            said = header_values.value(event.headers, SOURCE_HEADER)
            counts["failure", NO_LANE, bounded(said.decode("latin-1"))] += 1
        else:
            counts["success", outcome.label, bounded(mail.source)] += 1
            # A mail from mail.dead was late long before somebody put it back: its record's own age is what counts.
            since = datetime.fromtimestamp(event.timestamp / 1000, UTC) if mail.replayed else mail.received_at
            reviews += len(outcome.outputs) > 1  # beside its lane record: the review request
            # Two machines' clocks: a negative age is theirs, not the mail's.
            took[outcome.label](max(0.0, (now - since).total_seconds()))
    for labels, number in counts.items():
        EMAILS_PROCESSED.labels(*labels).inc(number)
    REVIEWS_WANTED.inc(reviews)


def declare_series() -> None:
    """Every series that will ever be, at 0: a rate needs to see the first failure as a step."""
    for source in (*SOURCES, UNKNOWN):
        EMAILS_PROCESSED.labels("failure", NO_LANE, source)
        for lane in Lane:
            EMAILS_PROCESSED.labels("success", lane, source)
            PROCESSING_SECONDS.labels(lane)


def bounded(source: str) -> str:
    """A header's word as a label."""
    return source if source in SOURCES else UNKNOWN

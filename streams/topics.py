"""Every topic, declared once: name and settings. All `mail.*` topics and tables are co-partitioned by account."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from streams.triage.verdict import Lane


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicSpec:
    """A topic as `triage topics create` makes it. `config` holds Kafka's own topic settings."""

    name: str
    purpose: str
    config: dict[str, str] = field(default_factory=dict)
    partitions: int | None = None
    """None: TOPIC_PARTITIONS."""


def _ms(**span: int) -> str:
    return str(int(timedelta(**span).total_seconds() * 1000))


_COMPACTED = {"cleanup.policy": "compact", "min.cleanable.dirty.ratio": "0.1", "segment.ms": _ms(hours=1)}
_MAILS = {"retention.ms": _ms(days=14), "max.message.bytes": "2097152"}
# The broker's clock on outputs: latency figures and time lag must not depend on a worker's clock.
_LANES = {"retention.ms": _ms(days=14), "message.timestamp.type": "LogAppendTime"}

ACCOUNTS = TopicSpec(name="accounts", purpose="which mailboxes exist; key account", config=_COMPACTED)
CURSORS = TopicSpec(
    name="ingest.cursors", purpose="how far each mailbox was read; key account + entry", config=_COMPACTED
)
HINTS = TopicSpec(
    name="ingest.hints",
    purpose="pushes of Gmail on their way to the process that owns the mailbox, and its answers; key account",
    config={"retention.ms": _ms(hours=1), "segment.ms": _ms(minutes=30)},
)
RECEIVED = TopicSpec(name="mail.received", purpose="raw mails as found at the provider", config=_MAILS)
DEAD = TopicSpec(
    name="mail.dead",
    purpose="mails that could not be handled, with their bytes and the reason",
    config={"retention.ms": _ms(days=90), "max.message.bytes": "2097152", "message.timestamp.type": "LogAppendTime"},
)
UNDELIVERED = TopicSpec(
    name="mail.undelivered",
    purpose="verdicts that a webhook endpoint did not take, with the reason, and what became of them",
    config={"retention.ms": _ms(days=90), "max.message.bytes": "2097152", "message.timestamp.type": "LogAppendTime"},
)
DEAD_NOTES = TopicSpec(
    name="triage.dead",
    purpose="which dead letters were replayed or dropped, by whom and why; key partition:offset on mail.dead",
    # A note must outlive its letter: an open letter is one without a note.
    config=_COMPACTED | {"cleanup.policy": "compact,delete", "retention.ms": _ms(days=365)},
)
FEEDBACK = TopicSpec(
    name="mail.feedback",
    purpose="what people did to their mails in the mailbox",
    config={"retention.ms": _ms(days=90), "message.timestamp.type": "LogAppendTime"},
)
STATUS = TopicSpec(
    name="triage.status",
    purpose="what each process says of itself; key instance",
    config=_COMPACTED | {"cleanup.policy": "compact,delete", "retention.ms": _ms(days=1)},
)
CONTROL = TopicSpec(
    name="triage.control",
    purpose="what operators have set on the running system; key setting",
    config=_COMPACTED,
    partitions=1,  # one order of all changes: a position in it is a revision
)
AUDIT = TopicSpec(
    name="triage.audit",
    purpose="who changed or asked what, when and why",
    config={"retention.ms": _ms(days=400)},
    partitions=1,
)
POLICIES = TopicSpec(
    name="triage.policies",
    purpose="every policy and model that decided here or was to, by digest",
    config=_COMPACTED | {"max.message.bytes": "2097152"},
    partitions=1,
)
LANES: dict[Lane, TopicSpec] = {
    lane: TopicSpec(name=f"mail.{lane}", purpose=f"verdicts of the {lane} lane", config=_LANES) for lane in Lane
}
REVIEW = TopicSpec(
    name="mail.review",
    purpose="mails that the fast path is unsure of, for the crew",
    config={"retention.ms": _ms(days=3), "message.timestamp.type": "LogAppendTime"},
)
REVIEWED = TopicSpec(
    name="mail.reviewed",
    purpose="what the crew says of them",
    config={"retention.ms": _ms(days=14), "message.timestamp.type": "LogAppendTime"},
)
CREW_SPENT = TopicSpec(
    name="crew.spent", purpose="tokens that each account's reviews used today; key account", config=_COMPACTED
)
CANARY = TopicSpec(
    name="mail.canary",
    purpose="verdicts about canaries, mails of our own that measure the way to the lanes",
    config={"retention.ms": _ms(hours=1), "segment.ms": _ms(minutes=30), "message.timestamp.type": "LogAppendTime"},
)
SENDERS = TopicSpec(
    name="triage-senders-changelog", purpose="table: what is known of (account, sender)", config=_COMPACTED
)
THREADS = TopicSpec(
    name="triage-threads-changelog", purpose="table: what is known of (account, thread)", config=_COMPACTED
)
REVIEWS = TopicSpec(
    name="triage-reviews-changelog", purpose="table: which reviews of (account, event) were applied", config=_COMPACTED
)
RECENT = TopicSpec(
    name="triage-recent-changelog", purpose="table: what was decided of the last mails of an account", config=_COMPACTED
)
CORRECTED = TopicSpec(
    name="triage-corrected-changelog", purpose="table: which mails their owner corrected", config=_COMPACTED
)
HABITS = TopicSpec(
    name="triage-habits-changelog", purpose="table: what the owner's corrections taught", config=_COMPACTED
)

ALL: tuple[TopicSpec, ...] = (
    ACCOUNTS, CURSORS, HINTS, RECEIVED, *LANES.values(), CANARY, DEAD, DEAD_NOTES, UNDELIVERED, FEEDBACK, SENDERS,
    THREADS, RECENT, HABITS, CORRECTED, REVIEW, REVIEWED, REVIEWS, CREW_SPENT, STATUS, CONTROL, AUDIT, POLICIES,
)  # fmt: skip

LANE_OF: dict[str, Lane] = {spec.name: lane for lane, spec in LANES.items()}

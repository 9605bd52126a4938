"""From what a source found to what is written to Kafka. Pure."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from agents.accounts import Account
from agents.sources.base import Batch, FoundMail
from streams.events import Headers, Received
from streams.feedback import Feedback
from streams.moments import utc_text
from streams.partitioning import partition_of
from streams.topics import CURSORS, FEEDBACK, RECEIVED
from streams.trace_context import new_context

SEPARATOR = "\x00"
HEADER_ROOM = 128 * 1024
"""Bytes that a record's key and headers need at most beside the mail."""
MAX_LOCATION = 8192
MAX_OWNER_BYTES = 16 * 1024
LEAST_CUT = 16 * 1024
"""A mail is never cut below this, whatever the broker refuses."""
MARK = b"\x00\x00transaction"
"""Key of the cursor entry of a transaction that has none of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One record to write."""

    topic: str
    partition: int
    key: bytes
    value: bytes | None
    headers: Headers = ()


@dataclass(frozen=True, slots=True)
class FolderKey:
    """One folder of one account: what a source reads and what a cursor belongs to."""

    account: str
    folder: str

    @property
    def label(self) -> str:
        """For people."""
        return f"{self.account}/{self.folder}" if self.folder else self.account


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A batch on its way to Kafka."""

    account: Account
    key: FolderKey
    batch: Batch

    @property
    def size(self) -> int:
        """Bytes of mail."""
        return sum(len(mail.raw) for mail in self.batch.mails)

    @property
    def records(self) -> int:
        """Records it becomes."""
        return len(self.batch.mails) + len(self.batch.moves) + len(self.batch.cursor)


def entry_key(key: FolderKey, name: str) -> bytes:
    """Key of a cursor entry: account NUL folder NUL name."""
    return SEPARATOR.join((key.account, key.folder, name)).encode("utf-8", "surrogateescape")


def parse_entry_key(raw: bytes) -> tuple[FolderKey, str] | None:
    """The inverse of `entry_key`; None for a key of another form."""
    parts = raw.decode("utf-8", "surrogateescape").split(SEPARATOR, 2)
    return (FolderKey(parts[0], parts[1]), parts[2]) if len(parts) == 3 else None


def transaction(
    group: Sequence[Submission], *, partition: int, partitions: int, limit: int = sys.maxsize, trace_ratio: float = 0.0
) -> list[Outgoing]:
    """The records of one transaction. It always has a cursor entry, by which its outcome can be told later. A share
    `trace_ratio` of the mails is traced."""
    records = [
        record for submission in group for record in _outgoing(submission, partition, partitions, limit, trace_ratio)
    ]
    if not any(record.topic == CURSORS.name for record in records):
        records.append(Outgoing(topic=CURSORS.name, partition=partition, key=MARK, value=b"1"))
    return records


def _outgoing(
    submission: Submission, partition: int, partitions: int, limit: int, trace_ratio: float
) -> Iterator[Outgoing]:
    """A batch: its mails, what people did to earlier ones, then its cursor entries, which stand on the same partition
    number as the account's own record."""
    key = submission.account.id.encode()
    for mail in submission.batch.mails:
        received = _received(submission.account, mail, limit, trace_ratio)
        yield Outgoing(
            topic=RECEIVED.name,
            partition=partition_of(key, partitions),
            key=key,
            value=received.raw,
            headers=received.headers(),
        )
    for move in submission.batch.moves:
        feedback = Feedback(
            event_id=move.event_id,
            account=submission.account.id,
            action=move.action,
            at=utc_text(datetime.now(UTC)),
            provider=submission.account.kind,
        )
        yield Outgoing(
            topic=FEEDBACK.name,
            partition=partition_of(key, partitions),
            key=key,
            value=feedback.encode(),
            headers=feedback.headers(),
        )
    for name, value in submission.batch.cursor.items():
        yield Outgoing(topic=CURSORS.name, partition=partition, key=entry_key(submission.key, name), value=value)


def _received(account: Account, mail: FoundMail, limit: int, trace_ratio: float) -> Received:
    return Received(
        event_id=mail.event_id,
        account=account.id,
        raw=mail.raw[:limit],
        received_at=mail.found_at,
        location=mail.location[:MAX_LOCATION],
        owner=_bounded(account.owner),
        size=mail.size,
        truncated=mail.truncated or len(mail.raw) > limit,
        fingerprint=mail.fingerprint,
        source=account.kind,
        traceparent=str(new_context(trace_ratio)),
    )


def _bounded(owner: tuple[str, ...]) -> tuple[str, ...]:
    kept, room = [], MAX_OWNER_BYTES
    for address in owner:
        room -= len(address.encode("utf-8", "replace")) + 1
        if room < 0:
            break
        kept.append(address)
    return tuple(kept)

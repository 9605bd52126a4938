"""One partition's way to Kafka: batches of its mailboxes are grouped into transactions and stored, each exactly once.

A failure before the commit was sent means that nothing is stored: the same batches are tried again. When the answer to
a commit is missing, the cursors topic is asked. When it holds something that this process did not write, somebody else
owned the partition meanwhile: `Fenced`, and the caller starts over from the cursors."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from agents.ingest.backoff import Backoff
from agents.ingest.cursors import Cursors
from agents.ingest.log_writer import BATCH_BYTES, Fenced, NotStored, Span, TooLarge, Unclear
from agents.ingest.records import LEAST_CUT, FolderKey, Outgoing, Submission, transaction
from agents.ingest.spans import trace
from infra.errors import Transient
from monitoring import metrics
from streams.reading import Record
from streams.topics import CURSORS
from streams.tracing import SPANS

log = logging.getLogger(__name__)

GROUP_RECORDS = 1000
GROUP_BYTES = 4 * 1024 * 1024
RETRY_MAX_S = 5.0
"""Longest pause between attempts while Kafka is away."""


class Writer(Protocol):
    """What `LogWriter` does."""

    async def open(self) -> None:
        """Connect and fence."""

    async def partitions(self) -> int:
        """Of `mail.received`."""
        ...

    async def store(self, records: Sequence[Outgoing]) -> Span:
        """All or nothing."""
        ...

    async def close(self, *, seconds: float = 2.0) -> None:
        """Abort and disconnect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """How the committer reaches Kafka."""

    writer: Callable[[int], Writer]
    """A new producer whose Kafka batches have at most this many bytes."""
    confirm: Callable[[], Awaitable[None]]
    """Returns once the group's coordinator says that the partition is this process's own; raises Fenced when that will
    never be."""
    cursors_since: Callable[[int], Awaitable[Sequence[Record]]]
    """What was committed to the partition's cursors from an offset on."""


@dataclass(frozen=True, slots=True)
class _Pending:
    submission: Submission
    stored: asyncio.Future[None]


class Committer:
    """`open`, then `run` beside the mailboxes, which `submit`; `close` at the end."""

    def __init__(self, partition: int, log_: Log, *, mail_max_bytes: int, trace_ratio: float = 0.0) -> None:
        self._partition = partition
        self._log = log_
        self._limit = mail_max_bytes
        self._trace_ratio = trace_ratio
        self._batch_bytes = BATCH_BYTES
        self._writer: Writer | None = None
        self.partitions = 0
        """Of `mail.received`, known once it is open."""
        self._queue: deque[_Pending] = deque()
        self._arrived = asyncio.Event()
        self._in_flight: frozenset[FolderKey] = frozenset()
        self._landed = asyncio.Event()
        self.trouble = ""
        """Why nothing can be stored at the moment; empty when all is well."""

    async def submit(self, submission: Submission) -> None:
        """Return when the batch is stored. Cancelled before it was taken up, it never will be."""
        pending = _Pending(submission, asyncio.get_running_loop().create_future())
        self._queue.append(pending)
        self._arrived.set()
        await pending.stored

    async def quiet(self, key: FolderKey) -> None:
        """Return when no batch of the folder is on its way: its cursor will not move by itself any more."""
        while key in self._in_flight:
            self._landed.clear()
            await self._landed.wait()

    async def open(self) -> None:
        """Take the partition over, fencing whoever had it; waits as long as Kafka is away.

        Raises:
            Fenced: it belongs to another process by now.
        """
        backoff = Backoff(RETRY_MAX_S)
        while True:
            try:
                await self._reopen()
            except Transient as error:
                self._say(str(error))
                await asyncio.sleep(backoff.next_s())
            else:
                self.trouble = ""
                return

    async def run(self, cursors: Cursors) -> None:
        """Store what is submitted, for ever.

        Raises:
            Fenced
        """
        while True:
            await self._arrived.wait()
            group = self._take()
            if not group:
                self._arrived.clear()
                continue
            self._in_flight = frozenset(pending.submission.key for pending in group)
            await self._store(group, cursors)
            for pending in group:
                cursors.stored(pending.submission)
            self._in_flight = frozenset()
            self._landed.set()
            for pending in group:
                if not pending.stored.done():
                    pending.stored.set_result(None)

    async def idle(self) -> None:
        """Return when nothing is on its way."""
        while self._in_flight:
            self._landed.clear()
            await self._landed.wait()

    async def close(self) -> None:
        """Let go of the producer. Never raises."""
        writer, self._writer = self._writer, None
        if writer:
            await writer.close(seconds=1.0)

    def _take(self) -> list[_Pending]:
        group: list[_Pending] = []
        records = size = 0
        while self._queue:
            pending = self._queue[0]
            records += pending.submission.records
            size += pending.submission.size
            if group and (records > GROUP_RECORDS or size > GROUP_BYTES):
                break
            self._queue.popleft()
            if not pending.stored.done():  # its mailbox was stopped meanwhile
                group.append(pending)
        return group

    async def _store(self, group: Sequence[_Pending], cursors: Cursors) -> None:
        backoff = Backoff(RETRY_MAX_S)
        submissions = [pending.submission for pending in group]
        limit = self._limit
        while True:
            records = transaction(
                submissions,
                partition=self._partition,
                partitions=self.partitions,
                limit=limit,
                trace_ratio=self._trace_ratio,
            )
            doubt: Span | None = None
            try:
                assert self._writer is not None
                span = await self._writer.store(records)
            except TooLarge:
                limit = max(limit // 2, LEAST_CUT)
                self._batch_bytes = max(self._batch_bytes // 2, LEAST_CUT)
                self._say(f"the broker refuses records of this size: mails are cut at {limit} bytes")
            except Unclear as unclear:
                doubt = unclear.span
                self._say(str(unclear))
            except NotStored as error:
                self._say(str(error))
            else:
                break
            metrics.TRANSACTIONS.labels(agent="ingest", outcome="aborted").inc()
            stored = await self._recover(cursors, records, doubt, backoff)
            if stored:
                span = stored
                break
        cursors.next_offset = span.last + 1
        self.trouble = ""
        metrics.TRANSACTIONS.labels(agent="ingest", outcome="committed").inc()
        if SPANS.on:
            trace(SPANS, records)

    async def _recover(
        self, cursors: Cursors, records: Sequence[Outgoing], doubt: Span | None, backoff: Backoff
    ) -> Span | None:
        """Open a new producer; the span when the transaction in doubt turns out to be stored, None when it is not."""
        while True:
            await asyncio.sleep(backoff.next_s())
            try:
                await self._reopen()
                found = await self._log.cursors_since(cursors.next_offset)
            except Transient as error:
                self._say(str(error))
                continue
            if not found:
                return None
            keys = {record.key for record in records if record.topic == CURSORS.name}
            if doubt and found[0].offset == doubt.first and {record.key for record in found} == keys:
                return doubt
            raise Fenced("somebody else has moved the cursors")

    async def _reopen(self) -> None:
        await self.close()
        await self._log.confirm()
        writer = self._log.writer(self._batch_bytes)
        self._writer = writer
        await writer.open()
        self.partitions = await writer.partitions()

    def _say(self, trouble: str) -> None:
        if trouble != self.trouble:
            log.warning("nothing is stored: %s; trying on", trouble, extra={"partition": self._partition})
        self.trouble = trouble

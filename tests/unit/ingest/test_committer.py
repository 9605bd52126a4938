"""The committer against a log that fails in every way it can: each batch is stored once, or the partition is given up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from agents.accounts import Account
from agents.ingest import committer as subject
from agents.ingest.committer import Committer, Log
from agents.ingest.cursors import Cursors
from agents.ingest.log_writer import Fenced, NotStored, Span, TooLarge, Unclear
from agents.ingest.records import LEAST_CUT, FolderKey, Outgoing, Submission
from agents.sources.base import Batch, FoundMail
from streams.reading import Record
from streams.topics import CURSORS, RECEIVED

KEY = FolderKey("box", "INBOX")


class FakeLog:
    """A partition of the log; `faults` are taken one per transaction: before, at or after its commit."""

    def __init__(self, *faults: str) -> None:
        self.faults = list(faults)
        self.records: list[Outgoing] = []
        self.offset = 0
        self.cursors: list[Record] = []
        self.transactions: list[int] = []
        self.opened = 0
        self.refuse_opening = 0

    async def open(self) -> None:
        if self.refuse_opening:
            self.refuse_opening -= 1
            raise NotStored("away")
        self.opened += 1

    async def partitions(self) -> int:
        return 4

    async def close(self, *, seconds: float = 2.0) -> None:
        pass

    async def store(self, records: Sequence[Outgoing]) -> Span:
        await asyncio.sleep(0)
        fault = self.faults.pop(0) if self.faults else ""
        match fault:
            case "before":
                raise NotStored("broker gone")
            case "fenced":
                raise Fenced("ProducerFenced")
            case "large" if any(len(one.value or b"") > LEAST_CUT for one in records):
                self.faults.insert(0, "large")
                raise TooLarge("MessageSizeTooLarge")
            case "lost commit":
                raise Unclear(Span(self.offset + 1, self.offset + 1))
        span = self._append(records)
        if fault == "lost answer":
            raise Unclear(span)
        return span

    def _append(self, records: Sequence[Outgoing]) -> Span:
        self.records += records
        self.transactions.append(len(records))
        offsets = []
        for one in records:
            if one.topic == CURSORS.name:
                self.cursors.append(Record(one.partition, self.offset, one.key, one.value, ()))
                offsets.append(self.offset)
                self.offset += 1
        self.offset += 1  # the commit marker
        return Span(min(offsets), max(offsets))

    def alien(self) -> None:
        self.cursors.append(Record(0, self.offset, b"alien", b"1", ()))
        self.offset += 1

    async def since(self, offset: int) -> list[Record]:
        return [record for record in self.cursors if record.offset >= offset]

    async def confirm(self) -> None:
        pass

    @property
    def mails(self) -> list[bytes]:
        return [one.value or b"" for one in self.records if one.topic == RECEIVED.name]


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "RETRY_MAX_S", 0.001)


def submission(number: int, size: int = 10, folder: str = "INBOX", cursor: bool = True) -> Submission:
    raw = f"{number}:".encode().ljust(size, b"x")
    found = FoundMail(
        event_id=str(number), raw=raw, size=size, truncated=False, location="", found_at=datetime.now(UTC)
    )
    account = Account(id="box", kind="maildir", maildir="/x")
    batch = Batch(mails=(found,), cursor={"uid": str(number).encode()} if cursor else {})
    return Submission(account=account, key=FolderKey("box", folder), batch=batch)


@asynccontextmanager
async def running(log: FakeLog) -> AsyncIterator[tuple[Committer, Cursors, asyncio.Task[None]]]:
    made = Committer(
        0, Log(writer=lambda _: log, confirm=log.confirm, cursors_since=log.since), mail_max_bytes=64 * 1024
    )
    cursors = Cursors()
    await made.open()
    task = asyncio.create_task(made.run(cursors))
    yield made, cursors, task
    task.cancel()
    await asyncio.wait([task])


@pytest.mark.parametrize(
    "faults",
    [[], ["before"], ["before"] * 5, ["lost answer"], ["lost commit"], ["lost commit", "lost answer"],
     ["before", "lost commit", "before"], ["lost answer", "lost answer"]],
    ids=",".join,
)  # fmt: skip
async def test_every_batch_is_stored_once_whatever_fails(faults: list[str]) -> None:
    log = FakeLog(*faults)
    async with running(log) as (made, cursors, _):
        for number in range(3):
            await made.submit(submission(number))
        assert [mail.partition(b":")[0] for mail in log.mails] == [b"0", b"1", b"2"]
        assert cursors.of(KEY) == {"uid": b"2"}
        assert made.trouble == ""


@pytest.mark.parametrize("fault", ["fenced", "before", "lost commit", "lost answer"])
async def test_somebody_elses_cursors_end_the_lease_and_store_nothing_more(fault: str) -> None:
    log = FakeLog(fault)
    async with running(log) as (made, _, task):
        log.alien()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(made.submit(submission(1)), 0.2)
        with pytest.raises(Fenced):
            task.result()
        assert len(log.mails) <= 1


async def test_a_partition_that_was_given_away_is_not_waited_for() -> None:
    """Neither when it is opened nor in the middle of trouble: the group knows, and trying on would never end."""

    async def given_away() -> None:
        raise Fenced("another process has it")

    log = FakeLog("before")
    made = Committer(
        0, Log(writer=lambda _: log, confirm=given_away, cursors_since=log.since), mail_max_bytes=64 * 1024
    )
    with pytest.raises(Fenced):
        await asyncio.wait_for(made.open(), 60)
    async with running(log) as (made, _, task):
        made._log = Log(writer=lambda _: log, confirm=given_away, cursors_since=log.since)
        submitting = asyncio.create_task(made.submit(submission(1)))
        await asyncio.wait([task], timeout=60)
        with pytest.raises(Fenced):
            task.result()
        submitting.cancel()


async def test_what_waits_together_is_one_transaction_within_bounds() -> None:
    log = FakeLog()
    async with running(log) as (made, _, _):
        many = [submission(number, folder=f"F{number}") for number in range(1200)]
        await asyncio.gather(*map(made.submit, many))
        assert len(log.mails) == 1200
        assert max(log.transactions) <= subject.GROUP_RECORDS
        assert len(log.transactions) <= 5


async def test_bytes_bound_a_transaction_too() -> None:
    log = FakeLog()
    async with running(log) as (made, _, _):
        many = [submission(number, size=60 * 1024, folder=f"F{number}") for number in range(100)]
        await asyncio.gather(*map(made.submit, many))
        assert len(log.mails) == 100
        assert max(log.transactions) <= 2 * (subject.GROUP_BYTES // (60 * 1024) + 1)


async def test_a_mail_that_the_broker_refuses_is_cut_and_wedges_nothing() -> None:
    log = FakeLog("large")
    async with running(log) as (made, _, _):
        await made.submit(submission(1, size=64 * 1024))
        (mail,) = log.mails
        assert len(mail) == LEAST_CUT
        (record,) = [one for one in log.records if one.topic == RECEIVED.name]
        assert dict(record.headers)["ce_mailtruncated"] == b"true"
        assert dict(record.headers)["ce_mailsize"] == str(64 * 1024).encode()


async def test_a_stopped_mailboxs_batch_is_not_stored() -> None:
    log = FakeLog()
    log.refuse_opening = 0
    made = Committer(0, Log(writer=lambda _: log, confirm=log.confirm, cursors_since=log.since), mail_max_bytes=1024)
    await made.open()
    waiting = asyncio.create_task(made.submit(submission(1)))
    await asyncio.sleep(0)
    waiting.cancel()
    task = asyncio.create_task(made.run(Cursors()))
    await made.submit(submission(2))
    task.cancel()
    assert [mail[:1] for mail in log.mails] == [b"2"]


async def test_a_folder_is_quiet_only_after_its_batch_has_landed() -> None:
    log = FakeLog("before", "before")
    async with running(log) as (made, cursors, _):
        waiting = asyncio.create_task(made.submit(submission(1)))
        await asyncio.sleep(0.002)
        waiting.cancel()
        await made.quiet(KEY)
        assert cursors.of(KEY) == {"uid": b"1"}
        assert len(log.mails) == 1


async def test_opening_waits_while_kafka_is_away() -> None:
    log = FakeLog()
    log.refuse_opening = 5
    async with running(log) as (made, _, _):
        await made.submit(submission(1))
        assert log.opened == 1


async def test_a_batch_without_a_cursor_entry_can_still_be_told_apart() -> None:
    log = FakeLog("lost answer", "lost commit")
    async with running(log) as (made, _, _):
        await made.submit(submission(1, cursor=False))
        await made.submit(submission(2, cursor=False))
        assert len(log.mails) == 2

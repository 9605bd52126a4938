"""Whoever opens a partition's transactional id owns its cursors: what came before is fenced, what was open is undone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from agents.accounts import Account
from agents.ingest import cursors as cursor_log
from agents.ingest.announced import AnnouncedOnLog, LogMemory
from agents.ingest.committer import Committer, Log
from agents.ingest.log_writer import Fenced, LogWriter, NotStored, Span, TooLarge, Unclear
from agents.ingest.records import FolderKey, Outgoing, Submission, transaction
from agents.sources.base import Batch, FoundMail
from streams.partitioning import partition_of
from streams.topics import CURSORS, RECEIVED
from tests.integration.ingest.conftest import Site
from tests.services.log import settle

KEY = FolderKey("box", "INBOX")
PARTITION = partition_of(b"box", 4)


@pytest.fixture
def site(shared_site: Site) -> Site:
    return shared_site


def batch(number: int, size: int = 100) -> Submission:
    found = FoundMail(
        event_id=f"{number:032x}",
        raw=b"x" * size,
        size=size,
        truncated=False,
        location=f"UID={number}",
        found_at=datetime.now(UTC),
        fingerprint=f"print-{number}",
    )
    account = Account(id="box", kind="maildir", maildir="/x")
    return Submission(account=account, key=KEY, batch=Batch(mails=(found,), cursor={"uid": str(number).encode()}))


def records(number: int, size: int = 100) -> list[Outgoing]:
    return transaction([batch(number, size)], partition=PARTITION, partitions=4)


async def opened(site: Site) -> LogWriter:
    writer = LogWriter(site.settings, PARTITION)
    await writer.open()
    assert await writer.partitions() == 4
    return writer


async def ids(site: Site) -> list[str]:
    return [dict(record.headers)["ce_id"].decode().lstrip("0") for record in await site.received()]


async def settled_ids(site: Site) -> list[str]:
    """The same, once nothing is open: a commit is acknowledged a moment before its marker is written."""
    await asyncio.to_thread(settle, site.settings.kafka_bootstrap_servers, RECEIVED.name)
    return await ids(site)


async def test_the_heir_sees_what_was_committed_and_nothing_else(site: Site) -> None:
    former = await opened(site)
    await former.store(records(1))
    await former._write(records(2))  # acknowledged by the broker, but its transaction stays open
    heir = await opened(site)
    cursors = await cursor_log.load(site.settings, PARTITION)
    assert cursors.of(KEY) == {"uid": b"1"}
    with pytest.raises((Fenced, Unclear, NotStored)):
        await former.store(records(2))
    await heir.store(records(2))
    assert await settled_ids(site) == ["1", "2"]
    await former.close()
    await heir.close()


async def test_an_open_transaction_of_the_former_owner_cannot_be_committed_any_more(site: Site) -> None:
    former = await opened(site)
    await former._write(records(1))
    heir = await opened(site)
    with pytest.raises(Exception, match=r"Fenced|Epoch|producer"):
        await former._producer.commit_transaction()
    assert await ids(site) == []
    await former.close()
    await heir.close()


async def test_an_order_to_close_aborts_at_once_what_readers_would_wait_for(site: Site) -> None:
    writer = await opened(site)
    await writer._write(records(1))
    await writer.close()
    other = await opened(site)
    await other.store(records(2))
    assert await settled_ids(site) == ["2"]
    await other.close()


async def test_a_record_beyond_the_bound_is_too_large_and_not_a_reason_to_try_again_as_it_is(site: Site) -> None:
    writer = await opened(site)
    with pytest.raises(TooLarge):
        await writer.store(records(1, site.settings.mail_max_bytes + 200_000))
    await writer.close()


class LostAnswer:
    """A writer whose first commit is answered by silence; committed or not, as told."""

    def __init__(self, real: LogWriter, faults: list[str]) -> None:
        self._real, self._faults = real, faults

    async def open(self) -> None:
        await self._real.open()

    async def partitions(self) -> int:
        return await self._real.partitions()

    async def close(self, *, seconds: float = 2.0) -> None:
        await self._real.close(seconds=seconds)

    async def store(self, records: Sequence[Outgoing]) -> Span:
        fault = self._faults.pop(0) if self._faults else ""
        if fault == "uncommitted":
            raise Unclear(await self._real._write(records))
        span = await self._real.store(records)
        if fault == "committed":
            raise Unclear(span)
        return span


@pytest.mark.parametrize("faults", [["committed"], ["uncommitted"], ["uncommitted", "committed", "committed"]])
async def test_a_commit_without_an_answer_is_looked_up(site: Site, faults: list[str]) -> None:
    async def confirm() -> None:
        """The group agrees."""

    made = Committer(
        PARTITION,
        Log(
            writer=lambda size: LostAnswer(LogWriter(site.settings, PARTITION, batch_bytes=size), faults),
            confirm=confirm,
            cursors_since=lambda offset: cursor_log.since(site.settings, PARTITION, offset),
        ),
        mail_max_bytes=site.settings.mail_max_bytes,
    )
    await made.open()
    cursors = await cursor_log.load(site.settings, PARTITION)
    running = asyncio.create_task(made.run(cursors))
    for number in (1, 2, 3):
        await asyncio.wait_for(made.submit(batch(number)), 60)
    running.cancel()
    await asyncio.wait([running])
    await made.close()
    assert await settled_ids(site) == ["1", "2", "3"]
    await asyncio.to_thread(settle, site.settings.kafka_bootstrap_servers, CURSORS.name)
    assert (await cursor_log.load(site.settings, PARTITION)).of(KEY) == {"uid": b"3"}


async def test_the_log_remembers_the_fingerprints_of_one_account(site: Site) -> None:
    writer = await opened(site)
    await writer.store(records(1))
    await writer.store(records(2))
    await writer._write(records(3))
    await writer.close()
    assert await AnnouncedOnLog(LogMemory(site.settings), "box", 4).fingerprints() == {"print-1", "print-2"}
    assert await AnnouncedOnLog(LogMemory(site.settings), "somebody", 4).fingerprints() == frozenset()

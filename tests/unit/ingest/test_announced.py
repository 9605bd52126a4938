"""The log's memory: who asks gets all that was committed before, and many who ask cost few readings."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from agents.ingest.announced import EVENT_ID, FINGERPRINT, AnnouncedOnLog, LogMemory
from infra.settings import load
from streams.kafka_errors import KafkaUnavailable
from streams.reading import Record


class Log:
    """A partition that is read slowly."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.readings = 0
        self.away = False

    def add(self, account: str, name: str) -> None:
        headers = ((EVENT_ID, name.encode()), (FINGERPRINT, f"print {name}".encode()))
        self.records.append(Record(0, len(self.records), account.encode(), b"mail", headers))

    async def to_end(self, *_: object) -> AsyncIterator[list[Record]]:
        self.readings += 1
        seen = list(self.records)
        await asyncio.sleep(0.01)
        if self.away:
            raise KafkaUnavailable("no broker")
        yield seen


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Log:
    made = Log()
    monkeypatch.setattr("agents.ingest.announced.to_end", made.to_end)
    return made


async def test_each_account_gets_its_own_and_all_share_a_reading(log: Log) -> None:
    memory = LogMemory(load())
    for account in ("a", "b"):
        log.add(account, f"1 of {account}")
    accounts = [AnnouncedOnLog(memory, name, 1) for name in ("a", "b", "nobody")]
    found = await asyncio.gather(*(one.ids() for one in accounts), accounts[0].fingerprints())
    assert found == [{"1 of a"}, {"1 of b"}, frozenset(), {"print 1 of a"}]
    assert log.readings == 1


async def test_who_asks_while_it_is_read_gets_what_was_committed_before(log: Log) -> None:
    memory = LogMemory(load())
    early = asyncio.create_task(AnnouncedOnLog(memory, "a", 1).ids())
    await asyncio.sleep(0.005)
    log.add("a", "late")
    later = [asyncio.create_task(AnnouncedOnLog(memory, "a", 1).ids()) for _ in range(50)]
    assert await early == frozenset()
    assert await asyncio.gather(*later) == [{"late"}] * 50
    assert log.readings == 2


async def test_a_failure_is_everybodys_and_the_next_who_asks_tries_again(log: Log) -> None:
    memory = LogMemory(load())
    log.away = True
    waiting = [asyncio.create_task(AnnouncedOnLog(memory, "a", 1).ids()) for _ in range(2)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    with pytest.raises(KafkaUnavailable):
        await waiting[1]
    log.away = False
    log.add("a", "one")
    assert await AnnouncedOnLog(memory, "a", 1).ids() == {"one"}

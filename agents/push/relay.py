"""Hints for mailboxes of other processes, over the topic `ingest.hints`: asked by whoever got the push, answered by the
owner when the mails are committed. A record that gets lost costs nothing: it is asked again, and so are mailboxes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from typing import Any

import orjson

from agents.ingest.backoff import Backoff
from agents.push.directory import Directory
from agents.sources.gmail.hints import Hints, Listener
from infra.kafka import aiokafka_options
from infra.settings import Settings
from streams.closing import close_within
from streams.partitioning import partition_of
from streams.topics import ACCOUNTS, HINTS

log = logging.getLogger(__name__)

START_S = 20.0
RETRY_MAX_S = 5.0
CLOSE_S = 1.0
REMEMBERED = 10_000
"""Accounts of others whose commits are remembered."""


class Relay:
    """`run` follows `accounts` and `ingest.hints` until cancelled."""

    def __init__(self, settings: Settings, hints: Hints, directory: Directory) -> None:
        self._settings, self._hints, self._directory = settings, hints, directory
        self._producer: Any = None
        self._others: dict[str, Listener] = {}
        self._answers: set[asyncio.Task[None]] = set()
        self.trouble = ""
        """Why nothing is relayed at the moment; empty when all is well."""

    async def run(self) -> None:
        """Stay connected; whatever goes wrong, connect again."""
        backoff = Backoff(RETRY_MAX_S)
        try:
            while True:
                try:
                    await self._follow(backoff)
                except Exception as error:
                    self.trouble = f"{HINTS.name}: {str(error) or type(error).__name__}"
                    log.warning("%s; connecting again", self.trouble)
                await asyncio.sleep(backoff.next_s())
        finally:
            for task in self._answers:
                task.cancel()

    async def until_committed(self, account: str, history_id: int) -> None:
        """Ask the account's owner; return when it says that everything up to the historyId is on Kafka."""
        listener = self._others.pop(account, None) or Listener()
        self._others[account] = listener  # the last to be forgotten
        while len(self._others) > REMEMBERED:
            del self._others[next(iter(self._others))]
        if listener.reached < history_id:
            await self._send(account, {"hint": history_id})
            await listener.until_committed(history_id)

    async def _follow(self, backoff: Backoff) -> None:
        from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

        options = {**aiokafka_options(self._settings), "client_id": f"{self._settings.instance_id}-hints"}
        consumer = AIOKafkaConsumer(**options, enable_auto_commit=False, auto_offset_reset="latest")
        producer = AIOKafkaProducer(**options, acks=1)
        try:
            async with asyncio.timeout(START_S):
                await producer.start()
                await consumer.start()
                loading = await self._assign(consumer)
            self._producer = producer
            backoff.reset()
            self.trouble = ""
            await self._poll(consumer, loading)
        finally:
            self._producer = None
            await close_within(consumer, CLOSE_S)
            await close_within(producer, CLOSE_S)

    async def _assign(self, consumer: Any) -> dict[Any, int]:
        """All of `accounts` from its beginning, `ingest.hints` from now on; where `accounts` ends now."""
        from aiokafka.structs import TopicPartition

        count = self._settings.topic_partitions
        accounts = [TopicPartition(ACCOUNTS.name, number) for number in range(count)]
        hints = [TopicPartition(HINTS.name, number) for number in range(count)]
        consumer.assign(accounts + hints)
        for partition in accounts:
            consumer.seek(partition, 0)
        ends: dict[Any, int] = await consumer.end_offsets([*accounts, *hints])
        for partition in hints:
            consumer.seek(partition, ends.pop(partition))
        return ends

    async def _poll(self, consumer: Any, loading: dict[Any, int]) -> None:
        while True:
            fetched = await consumer.getmany(timeout_ms=200 if loading else 5000, max_records=1000)
            for partition, records in fetched.items():
                if partition.topic == ACCOUNTS.name:
                    for record in records:
                        self._directory.take_in(record.key, record.value)
                else:
                    self._take_in((record.key, record.value) for record in records)
            loading = {one: end for one, end in loading.items() if await consumer.position(one) < end}
            if not loading:
                self._directory.loaded.set()

    def _take_in(self, records: Iterable[tuple[bytes | None, bytes | None]]) -> None:
        asked: dict[str, int] = {}
        for key, value in records:
            try:
                account, said = (key or b"").decode(), orjson.loads(value or b"")
                if "hint" in said:
                    asked[account] = max(asked.get(account, 0), int(said["hint"]))
                elif other := self._others.get(account):
                    other.commit(int(said["committed"]))
            except (ValueError, KeyError, TypeError):
                log.warning("an unreadable record on %s is passed over", HINTS.name)
        for account, history_id in asked.items():
            if listener := self._hints.of(account):
                listener.hint(history_id)
                self._answer(account, listener, history_id)

    def _answer(self, account: str, listener: Listener, history_id: int) -> None:
        task = asyncio.create_task(self._tell(account, listener, history_id), name=f"hint {account}")
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    async def _tell(self, account: str, listener: Listener, history_id: int) -> None:
        try:
            async with asyncio.timeout(self._settings.push_commit_s):
                await listener.until_committed(history_id)
                await self._send(account, {"committed": listener.reached})
        except TimeoutError:
            return  # whoever asked asks again

    async def _send(self, account: str, said: dict[str, int]) -> None:
        """Write to the topic; while Kafka is away nothing is written, and whoever waits asks again."""
        from aiokafka.errors import KafkaError

        if self._producer is None:
            return
        key = account.encode()
        try:
            await self._producer.send(
                HINTS.name,
                orjson.dumps(said),
                key=key,
                partition=partition_of(key, self._settings.topic_partitions),
            )
        except KafkaError as error:
            log.debug("hint not sent: %s", type(error).__name__)

"""One partition of `mail.review`: its ledger, its accounts' budgets, and one transactional producer for all it writes.

What happened meanwhile (answers, reservations) goes into one transaction with the offsets, as often as one is done.
The transactional id fences whoever had the partition before."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from agents.crew.backlog import Waiting
from agents.crew.budget import DayBudget, Spent, day_of
from agents.crew.cache import Cache
from agents.crew.ledger import Ledger
from agents.crew.offsets import committed
from agents.ingest.backoff import Backoff
from infra.errors import Fatal, Transient
from infra.kafka import aiokafka_options
from infra.settings import Settings
from monitoring import metrics
from streams.closing import close_within
from streams.events import MalformedEvent
from streams.kafka_errors import KafkaUnavailable
from streams.reading import to_end
from streams.reviews import Review, reviewed_headers
from streams.runtime import Event, Output
from streams.runtime.dead import dead_letter
from streams.topics import CREW_SPENT, REVIEW, REVIEWED

log = logging.getLogger(__name__)
NAME, GROUP = "crew", "triage-crew"
OPEN_S, ATTEMPT_S = 20.0, 25.0
RETRY_MAX_S = 5.0


class LostPartition(Fatal):
    """Somebody else has the partition: everything of it that is not committed is theirs."""


@dataclass(slots=True)
class _Group:
    """What one transaction holds."""

    answers: list[tuple[Waiting, Review]] = field(default_factory=list)
    dead: dict[int, Output] = field(default_factory=dict)
    """Dead letters of records that are no requests, by their offsets, which count as answered."""
    accounts: set[str] = field(default_factory=set)
    waiters: list[asyncio.Future[None]] = field(default_factory=list)


class Desk:
    """`open`, then `run` beside those who read and review. It is the `reviewing.Purse` of its accounts."""

    def __init__(self, settings: Settings, partition: int, cache: Cache) -> None:
        self._settings, self.partition, self._cache = settings, partition, cache
        self.ledger = Ledger(position=0)
        self.budget = DayBudget(per_day=settings.crew_tokens_per_day)
        self._group = _Group()
        self._arrived = asyncio.Event()
        self._producer: Any = None
        self._closed = False
        self.trouble = "not open yet"

    async def open(self) -> None:
        """Fence the former owner, then read what it left: offsets, spent tokens, answers for the cache.

        Raises:
            Transient: Kafka is away.
        """
        await self._reopen()
        self.ledger = await self._committed()
        async for chunk in to_end(self._settings, CREW_SPENT.name, [self.partition]):
            for record in chunk:
                if record.key and record.value:
                    self.budget.spent[record.key.decode()] = Spent.decode(record.value)
        if self._settings.cache_enabled:
            await self._remember()
        self.trouble = ""

    async def _remember(self) -> None:
        """Answers that were given lately: a replay of their mails needs no model."""
        async for chunk in to_end(self._settings, REVIEWED.name, [self.partition]):
            for record in chunk:
                try:
                    review = Review.decode(record.value)
                except MalformedEvent:
                    continue
                if review.opinion is not None and review.case:
                    self._cache.remember(review.case, review.opinion)

    async def reserve(self, account: str, tokens: int) -> str | None:
        """See `Purse`. Returns when the reservation is committed."""
        now = time.time()
        if not self.budget.reserve(account, tokens, now):
            return None
        if self._settings.crew_tokens_per_day:
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._group.accounts.add(account)
            self._group.waiters.append(waiter)
            self._arrived.set()
            await waiter
        return day_of(now)

    def settle(self, account: str, reserved: int, used: int, day: str) -> None:
        """See `Purse`. Written down with the next transaction."""
        self.budget.settle(account, reserved, used, day)
        self._group.accounts.add(account)

    def answered(self, waiting: Waiting, review: Review) -> None:
        """This request has its answer; it is committed soon."""
        self._group.answers.append((waiting, review))
        self._arrived.set()

    def dead_letter(self, record: Event, error: MalformedEvent) -> None:
        """A record that is no request: it is put aside with its bytes, and counts as answered."""
        self._group.dead[record.offset] = dead_letter(record, NAME, error)
        self._arrived.set()

    async def run(self) -> None:
        """Commit what arrives, for ever.

        Raises:
            LostPartition
        """
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            group, self._group = self._group, _Group()
            await self._store(group)
            for waiter in group.waiters:
                if not waiter.done():
                    waiter.set_result(None)

    async def close(self) -> None:
        """Let go, for good: a desk that opened again would fence the partition's new owner. Never raises."""
        self._closed = True
        await self._disconnect()

    async def _disconnect(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            await close_within(producer, 1.0)

    async def _store(self, group: _Group) -> None:
        """One transaction, again until it is stored. When its outcome is not known, the committed offsets tell."""
        offsets = [*(waiting.offset for waiting, _ in group.answers), *group.dead]
        self.ledger.done(offsets)
        backoff = Backoff(RETRY_MAX_S)
        while True:
            try:
                async with asyncio.timeout(ATTEMPT_S):
                    await self._write(group)
                break
            except Exception as error:
                metrics.TRANSACTIONS.labels(agent=NAME, outcome="aborted").inc()
                _raise_if_lost(error)
                self.trouble = f"nothing is stored: {type(error).__name__}"
                log.warning("%s; trying on", self.trouble, extra={"partition": self.partition})
            while True:
                await asyncio.sleep(backoff.next_s())
                try:
                    await self._reopen()
                    stored = await self._committed()
                    break
                except Transient as error:
                    self.trouble = str(error)
            if offsets and all(stored.answered(offset) for offset in offsets):
                break
        self.trouble = ""
        metrics.TRANSACTIONS.labels(agent=NAME, outcome="committed").inc()
        if group.dead:
            metrics.DEAD_LETTERS.labels(agent=NAME, error=MalformedEvent.__name__).inc(len(group.dead))

    async def _write(self, group: _Group) -> None:
        from aiokafka.structs import OffsetAndMetadata, TopicPartition

        if self._producer is None:
            raise KafkaUnavailable("no producer")
        await self._producer.begin_transaction()
        sent = [await self._send(waiting, review) for waiting, review in group.answers]
        for letter in group.dead.values():
            headers = list(letter.headers)
            sent.append(
                await self._producer.send(
                    letter.topic, letter.value, key=letter.key, partition=self.partition, headers=headers
                )
            )
        for account in sorted(group.accounts):
            if (spent := self.budget.spent.get(account)) is not None:
                value, key = spent.encode(), account.encode()
                sent.append(await self._producer.send(CREW_SPENT.name, value, key=key, partition=self.partition))
        await asyncio.gather(*sent)
        if group.answers or group.dead:
            place = TopicPartition(REVIEW.name, self.partition)
            offset = OffsetAndMetadata(self.ledger.position, self.ledger.metadata)
            await self._producer.send_offsets_to_transaction({place: offset}, GROUP)
        await self._producer.commit_transaction()

    async def _send(self, waiting: Waiting, review: Review) -> Any:
        return await self._producer.send(
            REVIEWED.name,
            review.encode(),
            key=review.account.encode(),
            partition=self.partition,
            headers=list(reviewed_headers(review, waiting.traceparent)),
        )

    async def _committed(self) -> Ledger:
        position, metadata = await committed(self._settings, GROUP, REVIEW.name, self.partition)
        return Ledger.restored(position, metadata)

    async def _reopen(self) -> None:
        from aiokafka import AIOKafkaProducer
        from aiokafka.errors import KafkaError

        await self._disconnect()
        if self._closed:
            raise LostPartition("let go")
        self._producer = AIOKafkaProducer(
            **aiokafka_options(self._settings),
            client_id=f"{self._settings.instance_id}-{self.partition}",
            transactional_id=f"{GROUP}-{self.partition}",
            transaction_timeout_ms=60_000,
            enable_idempotence=True,
            acks="all",
            max_request_size=2 * 1024 * 1024,  # a dead letter's
            request_timeout_ms=10_000,
        )
        try:
            async with asyncio.timeout(OPEN_S):
                await self._producer.start()
        except (KafkaError, TimeoutError) as error:
            raise KafkaUnavailable(f"no producer: {type(error).__name__}") from None


def _raise_if_lost(error: Exception) -> None:
    from aiokafka import errors

    losses: Sequence[type[Exception]] = (
        errors.ProducerFenced, errors.InvalidProducerEpoch, errors.InvalidProducerIdMapping, errors.InvalidTxnState,
    )  # fmt: skip
    if isinstance(error, tuple(losses)):
        raise LostPartition(type(error).__name__) from None

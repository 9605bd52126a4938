"""Every call of the admin API: a log line at once, and a record on triage.audit as soon as Kafka takes it."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from typing import Any, Self

from infra.kafka import aiokafka_options
from infra.settings import Settings
from streams.closing import close_within
from streams.control.records import AuditEntry
from streams.moments import utc_text
from streams.topics import AUDIT

log = logging.getLogger(__name__)

MOST_WAITING = 10_000
"""Records that wait for Kafka; the log lines have them all."""
SEND_S = 10.0
RETRY_S = 2.0


class AuditTrail:
    """`async with AuditTrail(settings) as trail:` writes while the block runs."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._waiting: asyncio.Queue[AuditEntry] = asyncio.Queue(MOST_WAITING)
        self._task: asyncio.Task[None] | None = None

    def called(self, who: str, call: str, status: int) -> None:
        """Note a call: who, its method and route, and how it was answered."""
        log.info("%s by %s: %d", call, who, status, extra={"category": "audit"})
        entry = AuditEntry(at=utc_text(datetime.now(UTC)), who=who, action="call", name=call, value=status)
        try:
            self._waiting.put_nowait(entry)
        except asyncio.QueueFull:
            log.warning("too many calls wait for %s: this one is only in the log", AUDIT.name)

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._write_forever(), name="audit")
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        try:
            await asyncio.wait_for(self._waiting.join(), 2)
        except TimeoutError:
            log.warning("%d calls are only in the log: Kafka does not take them", self._waiting.qsize())
        self._task.cancel()
        await asyncio.wait([self._task])

    async def _write_forever(self) -> None:
        entry: AuditEntry | None = None
        while True:
            producer: Any = None
            try:
                entry = entry or await self._waiting.get()  # connects with the first call, not before
                producer = _producer(self._settings)
                async with asyncio.timeout(SEND_S):
                    await producer.start()
                while True:
                    async with asyncio.timeout(SEND_S):
                        await producer.send_and_wait(AUDIT.name, entry.encode(), key=entry.name.encode(), partition=0)
                    self._waiting.task_done()
                    entry = None
                    entry = await self._waiting.get()
            except Exception as error:
                log.warning("%s is not written: %s; trying on", AUDIT.name, type(error).__name__)
                await asyncio.sleep(RETRY_S)
            finally:
                if producer is not None:
                    await close_within(producer, 1)


def _producer(settings: Settings) -> Any:
    from aiokafka import AIOKafkaProducer

    return AIOKafkaProducer(
        **aiokafka_options(settings),
        client_id=f"{settings.instance_id}-audit",
        request_timeout_ms=int(SEND_S * 1000),
        enable_idempotence=True,
    )

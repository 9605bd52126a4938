"""A process says how it is: one record on triage.status every interval, a tombstone when it ends in order.

Whatever Kafka does, the process never notices: at most one record waits at any time and every wait is bounded."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from infra.kafka import aiokafka_options
from infra.settings import Settings
from infra.waiting import until_set
from monitoring.metrics_server import PULSE
from streams.closing import close_within
from streams.control.follower import Follower
from streams.moments import utc_text
from streams.status import Check, Status
from streams.topics import STATUS

log = logging.getLogger(__name__)

SEND_SECONDS = 5.0
"""Longest wait for one record; then the connection is made anew."""
VITAL = frozenset({"kafka", "group", "process", "status"})
"""Checks without which a process does no work at all; a mailbox or a database that is away is waited for."""
CONTROL_REVISION = "control_revision"
"""The count that says which revision of triage.control a process has taken up."""
GOODBYE_SECONDS = 1.5
"""Longest time that the tombstone may delay the end of the process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How a process is at this moment."""

    checks: tuple[Check, ...] = ()
    counts: Mapping[str, int | float] = field(default_factory=dict)


class StatusPublisher:
    """`async with StatusPublisher(settings, "ingest", report): ...` publishes while the block runs.

    `report` is called on the event loop; it must be quick. When it raises, that is what gets published.
    """

    def __init__(
        self, settings: Settings, component: str, report: Callable[[], Report], control: Follower | None = None
    ) -> None:
        """`control`: what it follows is told with the report, and at once when it changes."""
        self._settings = settings
        self._control = control
        self._soon = asyncio.Event()
        if control is not None:
            control.on_applied = self._soon.set
        self._component = component
        self._report = report
        self._started_at = utc_text(datetime.now(UTC))
        self._producer: Any = None
        self._task: asyncio.Task[None] | None = None
        self._failing = False

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._publish_forever(), name="status")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop(tombstone=kind is None or issubclass(kind, asyncio.CancelledError))

    async def stop(self, *, tombstone: bool = True) -> None:
        """End publishing; `tombstone` says that the process ends in order. Takes at most a few seconds."""
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.wait([self._task])
        self._task = None
        if tombstone and self._producer is not None and not self._failing:
            await self._attempt(None, GOODBYE_SECONDS)
        await self._disconnect()

    async def _publish_forever(self) -> None:
        while True:
            status = self.status()
            self._beat(status)
            await self._attempt(status.encode(), SEND_SECONDS)
            await until_set(self._soon, self._settings.status_interval_s)
            self._soon.clear()

    def _beat(self, status: Status) -> None:
        PULSE.beat([f"{check.name}: {check.reason}" for check in status.checks if not check.ok and check.name in VITAL])
        if self._settings.heartbeat_file is not None:
            with suppress(OSError):  # a full disk is the disk check's finding, not the end of the status
                self._settings.heartbeat_file.touch()

    def status(self) -> Status:
        """What would be published now."""
        try:
            report = self._report()
        except Exception as error:
            log.exception("the status report failed")
            report = Report(checks=(Check(name="status", ok=False, reason=f"report failed: {type(error).__name__}"),))
        if self._control is not None:
            counts = {**report.counts, CONTROL_REVISION: self._control.revision}
            report = Report(checks=(*report.checks, *self._control.checks), counts=counts)
        return Status(
            instance=self._settings.instance_id,
            component=self._component,
            pid=os.getpid(),
            started_at=self._started_at,
            at=utc_text(datetime.now(UTC)),
            checks=report.checks,
            counts=dict(report.counts),
        )

    async def _attempt(self, value: bytes | None, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._send(value)
        except Exception as error:
            if not self._failing:
                log.warning("status not published: %s; trying on", type(error).__name__)
            self._failing = True
            await self._disconnect()
        else:
            self._failing = False

    async def _send(self, value: bytes | None) -> None:
        if self._producer is None:
            self._producer = _producer(self._settings)
            await self._producer.start()
        await self._producer.send_and_wait(STATUS.name, value, key=self._settings.instance_id.encode())

    async def _disconnect(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            await close_within(producer, 1)


def _producer(settings: Settings) -> Any:
    from aiokafka import AIOKafkaProducer

    return AIOKafkaProducer(
        **aiokafka_options(settings),
        client_id=f"{settings.instance_id}-status",
        request_timeout_ms=int(SEND_SECONDS * 1000),
        acks="all",
    )

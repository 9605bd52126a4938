"""The courier of one endpoint: its consumer group reads the lanes, its post delivers, offsets follow what is done.

lanes ─ consumer triage-deliver-NAME ─→ Schedule ─ up to max_in_flight ─→ Post ─→ delivered → offset
                                          ↑ again: after a pause             └→ not taken → mail.undelivered → offset
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from aiokafka.errors import KafkaError

from agents.breakers import Breaker, BreakerOpen, BreakerState
from agents.deliver.answer import Answer, Fate
from agents.deliver.endpoints import Endpoint
from agents.deliver.post import Post
from agents.deliver.schedule import Delivery, Place, Schedule
from agents.deliver.undelivered import UndeliveredLog, of_verdict
from infra.errors import Transient
from infra.settings import Settings
from monitoring import metrics
from streams.events import MalformedEvent, VerdictRecord
from streams.runtime import Event

log = logging.getLogger(__name__)

FIRST_RETRY_S = 0.5
LEDGER_RETRY_S = 1.0
"""Pause when mail.undelivered cannot be written."""
DRAIN_S = 2.0
"""Attempts under way may end within this when partitions move on; the next owner makes those that do not again."""


class _Sick(Transient):
    """Tells the breaker that the endpoint is in trouble."""


class Courier:
    """Told of records by `take`, it delivers; what may be committed are `positions`. Knows no consumer."""

    def __init__(
        self,
        settings: Settings,
        endpoint: Endpoint,
        post: Post,
        breaker: Breaker,
        undelivered: UndeliveredLog,
        *,
        clock: Callable[[], float] = time.monotonic,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self.endpoint = endpoint
        self.schedule = Schedule()
        self.trouble = ""
        """Why the last attempt failed; empty after one that did not."""
        self.delivered = self.undelivered = 0
        self._settings, self._post, self._breaker, self._log = settings, post, breaker, undelivered
        self._clock, self._draw = clock, draw
        self._tasks: set[asyncio.Task[None]] = set()
        self._hold_until = 0.0
        self.held: frozenset[str] = frozenset()
        """Topics of lanes that wait, as an operator wants it."""
        self.at_once = endpoint.max_in_flight
        """Most attempts under way."""
        self._draining = False

    def take(self, event: Event) -> None:
        """One record of its lanes, in the order of its partition."""
        try:
            verdict = VerdictRecord.checked(event.value)
        except MalformedEvent:  # not a verdict: nobody can want it, and the archive has dead-lettered it
            log.warning("%s/%d/%d is no verdict: passed over", event.topic, event.partition, event.offset)
            self.schedule.skip(event)
            return
        if self.endpoint.wants(verdict):
            self.schedule.add(of_verdict(event, verdict))
        else:
            self._count("filtered")
            self.schedule.skip(event)

    def dispatch(self) -> None:
        """Start as many attempts as may be under way now. Call it often: pauses end by themselves."""
        while self._room() and (delivery := self._next()):
            task = asyncio.create_task(self._attempted(delivery), name=f"deliver {self.endpoint.name}")
            self._tasks.add(task)
            task.add_done_callback(self._ended)

    async def give_back(self) -> dict[Place, int]:
        """Start nothing more, wait a moment for what is under way, drop all; what may be committed before."""
        self._draining = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=DRAIN_S)
        left = [task for task in self._tasks if not task.done()]
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left)
        positions = self.schedule.positions()
        self.schedule = Schedule()
        self._draining = False
        return positions

    def _next(self) -> Delivery | None:
        if self._breaker.state != BreakerState.CLOSED:  # a probe with what has not failed yet tells most
            fresh = self.schedule.take(lambda delivery: delivery.attempts == 0 and self._admits(delivery))
            if fresh is not None:
                return fresh
        return self.schedule.take(self._admits)

    def _admits(self, delivery: Delivery) -> bool:
        return delivery.event.topic not in self.held

    def _room(self) -> bool:
        if self._draining or self._clock() < self._hold_until or self._breaker.retry_in_s:
            return False
        return len(self._tasks) < (self.at_once if self._breaker.state == BreakerState.CLOSED else 1)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self.dispatch()

    async def _attempted(self, delivery: Delivery) -> None:
        try:
            await self._attempt(delivery)
        except Exception:  # a defect of ours: neither the delivery nor its account may hang on it
            log.exception("an attempt broke off", extra={"event_id": delivery.event_id})
            self._later(delivery, self._pause_s(max(1, delivery.attempts)))

    async def _attempt(self, delivery: Delivery) -> None:
        began = self._clock()
        delivery.began_at = began if delivery.began_at is None else delivery.began_at
        try:
            answer = await self._guarded(delivery)
        except BreakerOpen:
            self.schedule.back(delivery)
            return
        delivery.attempts += 1
        metrics.DELIVERY_SECONDS.labels(self.endpoint.name).observe(self._clock() - began)
        self._count(answer.fate)
        self._note(answer)
        if answer.fate == Fate.DELIVERED:
            self._settled(delivery)
        elif answer.fate == Fate.AGAIN and self._clock() - delivery.began_at < self.endpoint.give_up_s:
            self._later(delivery, self._pause_s(delivery.attempts))
        else:
            await self._give_up(delivery, answer.reason)

    async def _guarded(self, delivery: Delivery) -> Answer:
        answer: Answer | None = None
        with suppress(_Sick):
            async with self._breaker.calling():
                answer = await self._post.send(delivery)
                if answer.sick:
                    raise _Sick
        assert answer is not None
        return answer

    def _note(self, answer: Answer) -> None:
        if answer.pause_s:
            self._hold_until = max(self._hold_until, self._clock() + answer.pause_s)
        trouble = "" if answer.fate == Fate.DELIVERED else answer.reason
        if trouble and trouble != self.trouble:
            log.warning("endpoint %s: %s", self.endpoint.name, trouble)
        self.trouble = trouble

    def _settled(self, delivery: Delivery) -> None:
        self.delivered += 1
        metrics.DELIVERY_LATENCY.labels(self.endpoint.name).observe(
            max(0.0, time.time() - delivery.event.timestamp / 1000)
        )
        self.schedule.settle(delivery)

    async def _give_up(self, delivery: Delivery, reason: str) -> None:
        try:
            await self._log.add(self.endpoint, delivery.event, reason, delivery.attempts)
        except (KafkaError, TimeoutError, OSError) as error:
            log.warning("mail.undelivered cannot be written: %s; trying on", type(error).__name__)
            self._later(delivery, LEDGER_RETRY_S)
            return
        self.undelivered += 1
        self._count("undelivered")
        log.warning(
            "endpoint %s does not take a verdict: %s", self.endpoint.name, reason, extra={"event_id": delivery.event_id}
        )
        self.schedule.settle(delivery)

    def _later(self, delivery: Delivery, seconds: float) -> None:
        asyncio.get_running_loop().call_later(seconds, self._again, self.schedule, delivery)

    def _again(self, schedule: Schedule, delivery: Delivery) -> None:
        if schedule is self.schedule:
            schedule.back(delivery)
            self.dispatch()

    def _pause_s(self, attempts: int) -> float:
        """Exponential, between half and all of it by chance: endpoints that come back are not met by all at once."""
        bound = min(self._settings.deliver_retry_max_s, FIRST_RETRY_S * 2.0 ** min(attempts - 1, 32))
        return bound * (0.5 + 0.5 * self._draw())

    def _count(self, outcome: str) -> None:
        metrics.DELIVERIES.labels(self.endpoint.name, outcome).inc()

    def counts(self) -> dict[str, Any]:
        """For the status."""
        return {"delivered": self.delivered, "undelivered": self.undelivered, "waiting": len(self.schedule)}

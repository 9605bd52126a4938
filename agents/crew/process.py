"""The crew process.

mail.review ─ consumer group ─→ Reading ─→ Backlog ─ most important first → reviewers ─→ Desk per partition
                                                                                 one transaction: mail.reviewed
                                                                                 + crew.spent + offsets

While the endpoint is away requests wait, and expire; nobody else waits for them."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import psutil

from agents.breakers import BREAKERS, GAUGE, BreakerState
from agents.crew.backlog import Backlog, Waiting
from agents.crew.cache import Cache
from agents.crew.controls import follow
from agents.crew.desk import Desk
from agents.crew.panel.prompts import VERSION
from agents.crew.reading import Reading
from agents.crew.reviewing import Asks, Reviewer, Said
from agents.ingest.backoff import Backoff
from infra.addresses import without_passwords
from infra.errors import Transient
from infra.settings import Settings
from infra.shutdown import end_within, stop_signal
from infra.stacks import show_on_signal
from monitoring import metrics, metrics_server
from streams.control import Follower
from streams.moments import utc_text
from streams.reviews import Outcome, Review, review_id
from streams.status import Check
from streams.status_publisher import Report, StatusPublisher

log = logging.getLogger(__name__)
STOP_S = 6.0
PAUSE_S = 0.5
SWEEP_S = 1.0


class Crew:
    """Everything of one process between joining the group and leaving it."""

    def __init__(self, settings: Settings, panel: Asks, cache: Cache) -> None:
        self._settings = settings
        self._cache = cache
        self.backlog = Backlog(expire_s=settings.crew_expire_s)
        self.reviewer = Reviewer(settings, panel, cache, BREAKERS.of(settings, "crew"))
        self.reading = Reading(settings, cache, self.backlog)
        self.counts: dict[str, int] = {}
        self.tokens = 0

    async def run(self) -> None:
        """Review until cancelled; after any failure of Kafka's side everything begins anew."""
        backoff = Backoff(10.0)
        while True:
            try:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self.reading.run())
                    tasks.create_task(self._sweep())
                    for _ in range(self._settings.crew_concurrency):
                        tasks.create_task(self._review_forever())
            except* Exception as group:
                reason = _first(group)
                self.reading.failed(f"{type(reason).__name__}: {reason}" if str(reason) else type(reason).__name__)
                known = isinstance(reason, Transient)
                log.warning("%s; starting over", self.reading.trouble, exc_info=None if known else reason)
            await self.reading.close()
            await asyncio.sleep(backoff.next_s())

    async def _review_forever(self) -> None:
        while True:
            waiting = self.backlog.take() if self._may_ask() else None
            if waiting is None:
                with suppress(TimeoutError):
                    async with asyncio.timeout(PAUSE_S):
                        await self.reading.arrived.wait()
                self.reading.arrived.clear()
                if not self._may_ask():
                    await asyncio.sleep(PAUSE_S)
                continue
            await self._one(waiting)

    def _may_ask(self) -> bool:
        breaker = self.reviewer.breaker
        return breaker.state == BreakerState.CLOSED or breaker.retry_in_s == 0

    async def _one(self, waiting: Waiting) -> None:
        desk = self.reading.desks.get(waiting.partition)
        if desk is None:
            return  # its new owner has it
        began = time.monotonic()
        try:
            said = await self.reviewer.review(waiting.request, desk)
        except Transient as error:
            log.info("not reviewed yet: %s", error, extra={"event_id": waiting.request.verdict.event_id})
            self.backlog.add(waiting)
            await asyncio.sleep(PAUSE_S)
            return
        self._answer(desk, waiting, said, time.monotonic() - began)

    async def _sweep(self) -> None:
        """Old requests get no opinion, also while nobody can be asked."""
        while True:
            for waiting in self.backlog.expired(time.time()):
                if (desk := self.reading.desks.get(waiting.partition)) is not None:
                    self._answer(desk, waiting, Said(outcome="expired"), 0.0)
            metrics.REVIEW_BACKLOG.set(len(self.backlog))
            await asyncio.sleep(SWEEP_S)

    def _answer(self, desk: Desk, waiting: Waiting, said: Said, seconds: float) -> None:
        if self.reading.desks.get(waiting.partition) is not desk:
            return
        request = waiting.request
        review = Review(
            review_id=review_id(request.verdict),
            event_id=request.verdict.event_id,
            account=request.verdict.account,
            outcome=said.outcome,
            opinion=said.opinion,
            verdict=request.verdict,
            bounds=request.bounds,
            shadow=self._settings.crew_shadow,
            crew_version=VERSION,
            crew_model=self._settings.crew_model,
            tokens=said.tokens,
            cached=said.cached,
            case=said.case,
            seconds=round(seconds, 3),
            reviewed_at=utc_text(datetime.now(UTC)),
        )
        desk.answered(waiting, review)
        self.tokens += said.tokens
        self.counts[said.outcome] = self.counts.get(said.outcome, 0) + 1
        metrics.REVIEWS.labels(said.outcome, "yes" if said.cached else "no").inc()

    def report(self) -> Report:
        """What the process says of itself on triage.status."""
        reading, reviewer = self.reading, self.reviewer
        joined = reading.joined and not reading.trouble
        checks = [
            Check(name="group", ok=joined, reason=reading.trouble or ("" if joined else "no partition assigned yet")),
            Check(name="model", ok=not reviewer.trouble, reason=reviewer.trouble),
            *BREAKERS.checks(),
        ]
        counts: dict[str, Any] = {
            "partitions": len(reading.desks), "backlog": len(self.backlog), "tokens": self.tokens,
            "rss_bytes": psutil.Process().memory_info().rss,
            **{f"breaker_{name}": GAUGE[state] for name, state in BREAKERS.states().items()},
            **{f"reviews_{name}": self.counts.get(name, 0) for name in _OUTCOMES},
        }  # fmt: skip
        return Report(checks=tuple(checks), counts=counts)


_OUTCOMES: tuple[Outcome, ...] = ("opinion", "expired", "budget", "forbidden", "unanswered")


def _first(error: BaseException) -> BaseException:
    """The first error in a group of groups."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


async def crew(settings: Settings, panel: Asks) -> None:
    """Run until SIGTERM or SIGINT, then stop within a few seconds: what is not committed is asked again."""
    stop = stop_signal()
    show_on_signal()
    # CrewAI makes each call in a thread of the loop's; those of calls that were given up end with their time-out.
    threads = ThreadPoolExecutor(2 * settings.crew_concurrency + 8, thread_name_prefix="crew")
    asyncio.get_running_loop().set_default_executor(threads)
    metrics_server.serve("crew", settings.process_metrics_port, settings.bind_host)
    for outcome in _OUTCOMES:
        metrics.REVIEWS.labels(outcome, "no")
    cache = Cache.of(settings)
    working = Crew(settings, panel, cache)
    async with Follower(settings) as control, StatusPublisher(settings, "crew", working.report, control):
        follow(control, cache)
        await control.caught_up(stop)
        running = asyncio.create_task(working.run(), name="crew")
        log.info("crew starts: %s at %s", settings.crew_model, without_passwords(settings.crew_url))
        await stop.wait()
        end_within(STOP_S, code=0)
        running.cancel()
        await asyncio.wait([running])
        await working.reading.close()
        await cache.close()
    log.info("crew stopped")
    os._exit(0)  # threads of calls that nobody waits for any more

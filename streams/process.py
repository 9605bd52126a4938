"""A stream process: one Faust app in the foreground, until SIGTERM, SIGINT or a failure that a restart may mend."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from time import monotonic
from typing import Any, NoReturn

import psutil
from aiokafka.errors import KafkaError

from infra import logging as log_lines
from infra import loops
from infra.settings import Settings
from infra.shutdown import end_within, on_stop_signal
from infra.stacks import show_on_signal
from infra.waiting import first
from monitoring import metrics, metrics_server
from monitoring.metrics_disk import follow_disk
from streams.app import TriageApp, create_app, rebalance_s
from streams.control import Follower
from streams.controls import Controls
from streams.group_watch import GroupWatch
from streams.runtime import Agent
from streams.status import Check
from streams.status_publisher import Report, StatusPublisher
from streams.tracing import SPANS

log = logging.getLogger(__name__)
STOP_S = 8.0
"""Longest orderly end; what is not committed by then is taken again by the next owner."""
GIVE_UP_S = 9.5
"""After a signal the process is gone by then, whatever still holds it."""
SPANS_S = 1.0
"""Longest wait for a collector to take the last spans."""

PAUSE_S, PAUSE_MAX_S = 0.2, 3.0

Cleanup = Callable[[], Awaitable[None]]
Follow = Callable[[Follower], None]
Ready = Callable[[asyncio.Event], Awaitable[None]]
"""Told of the event that says: stop."""


def run(
    settings: Settings,
    component: str,
    group: str,
    agents: Sequence[Agent],
    cleanup: Cleanup | None = None,
    *,
    follow: Follow = lambda _: None,
    ready: Ready | None = None,
) -> NoReturn:
    """Run agents as the Faust app and consumer group `group`. Exits with 0 when stopped in order, 1 when it failed.

    `follow` subscribes to what operators may turn of this process beside what `Controls` knows; the work begins when
    `ready` returns."""
    log_lines.configure(component, level=settings.log_level, form=settings.log_format)
    log_lines.quiet("faust", "mode", "streams.app", "streams.transport.driver", least=logging.WARNING)
    follow_disk(settings.table_dir)
    SPANS.start(settings, component)
    metrics_server.serve(component, settings.process_metrics_port, settings.bind_host)
    # What start-up made stays: never look at it again. A batch makes thousands of small objects that live until its
    # commit; at the default threshold each batch would be searched for cycles several times over (a tenth of the time).
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    # Not `uvloop.run`: that cancels what is left and waits for it, for ever where a library keeps its cancellation.
    loop = loops.new_event_loop()
    asyncio.set_event_loop(loop)
    code = loop.run_until_complete(
        _run(settings, component, group, agents, cleanup=cleanup, follow=follow, ready=ready)
    )
    logging.shutdown()
    sys.stdout.flush()
    # Not sys.exit: a consumer thread of Faust that was stopped while it started is no daemon and would never end.
    os._exit(code)


async def _run(
    settings: Settings,
    component: str,
    group: str,
    agents: Sequence[Agent],
    *,
    cleanup: Cleanup | None,
    follow: Follow,
    ready: Ready | None,
) -> int:
    stop = asyncio.Event()
    on_stop_signal(partial(_stop, stop))
    show_on_signal()
    controls = Controls(settings, agents)
    running = Running(settings, group, agents, stop, controls)
    async with (
        Follower(settings) as control,
        StatusPublisher(settings, component, lambda: report(running.app, running.watch), control) as publisher,
    ):
        try:
            controls.follow(control)
            follow(control)
            await control.caught_up(stop)
            if ready is not None:
                await ready(stop)
            await running.watch.beside(running.until_stopped(), lambda: running.app.standing)
        except Exception as error:
            running.app.fatal(error)
        finally:
            await running.end()
            if cleanup is not None:
                await cleanup()
            await SPANS.stop_within(SPANS_S)
        if running.app.failure is not None:
            await publisher.stop(tombstone=False)
    return 1 if running.app.failure else 0


def _stop(stop: asyncio.Event) -> None:
    """Begin the end, and see to it that it comes."""
    if not stop.is_set():
        end_within(GIVE_UP_S, code=1)
    stop.set()


class Running:
    """The Faust app of this process; made anew while the brokers are away, since a Faust app does not start twice."""

    def __init__(
        self, settings: Settings, group: str, agents: Sequence[Agent], stop: asyncio.Event, controls: Controls
    ) -> None:
        self._make = partial(create_app, settings, group, agents, flow=controls.flow, limit=controls.limit)
        self._brokers = settings.kafka_bootstrap_servers
        self._stop = stop
        self.app = self._new()
        # Before a share is given away its batches end, or are given up; that goes before what Kafka waits for.
        self.watch = GroupWatch(settings, group, rebalance_s=rebalance_s(settings) + settings.batch_timeout_s)

    def _new(self) -> TriageApp:
        app = self._make()
        app.on_fatal = partial(_stop, self._stop)
        return app

    async def until_stopped(self) -> None:
        """Start, as often as it takes, and wait for a signal or a failure."""
        pause = PAUSE_S
        while not self._stop.is_set():
            if await self._started():
                log.info("running, pid %d", os.getpid())
                await self._stop.wait()
                return
            log.warning("no broker at %s; trying again", self._brokers)
            await self.end()
            await first(self._stop.wait(), asyncio.sleep(pause))
            pause = min(2 * pause, PAUSE_MAX_S)
            self.app = self._new()

    async def _started(self) -> bool:
        starting = asyncio.ensure_future(self.app.start())
        await first(starting, self._stop.wait())
        if not starting.done():
            return True  # a signal came first: let `end` undo what is there
        try:
            starting.result()
        except (KafkaError, OSError):
            return False
        return True

    async def end(self) -> None:
        """Stop the app in order, in bounded time. Not `wait_for`: that waits for ever where a cancellation is kept."""
        stopping = asyncio.ensure_future(self.app.stop())
        await asyncio.wait({stopping}, timeout=STOP_S)
        if stopping.done():
            stopping.result()
        else:
            stopping.cancel()
            log.warning("did not stop in order within %.0f s", STOP_S)


def report(app: TriageApp, watch: GroupWatch) -> Report:
    """What the process says of itself on triage.status."""
    tasks = app.ownership.tasks.values() if app.consumer_started else ()
    stuck = [f"{task.topic}/{task.partition}: {task.progress.stuck}" for task in tasks if task.progress.stuck]
    counts: dict[str, Any] = {
        "partitions": len(tasks),
        "records": sum(task.progress.records for task in tasks),
        "transactions": sum(task.progress.transactions for task in tasks),
        "aborted": sum(task.progress.aborted for task in tasks),
        "held_topics": len(app.flow.held & app.input_topics),
        "rss_bytes": psutil.Process().memory_info().rss,
    }
    for agent in app.declared:
        stores = [task.tables.store for task in tasks if task.topic in agent.reads]
        for table in agent.tables:
            counts[f"rows_{table.name}"] = sum(store.count(table.name) for store in stores)
            metrics.TABLE_ROWS.labels(table.name).set(counts[f"rows_{table.name}"])
            metrics.TABLE_BYTES.labels(table.name).set(sum(store.size(table.name) for store in stores))
    _measure_recovery(app)
    failure = app.failure
    return Report(
        checks=(
            Check(name="group", ok=app.ready and not watch.trouble, reason=watch.trouble or _why_not(app)),
            Check(name="progress", ok=not stuck, reason="; ".join(stuck[:3])),
            Check(name="process", ok=failure is None, reason=str(failure or "")),
        ),
        counts=counts,
    )


def _measure_recovery(app: TriageApp) -> None:
    opening = app.ownership.opening if app.consumer_started else {}
    metrics.RECOVERY_PARTITIONS.set(len(opening))
    metrics.RECOVERY_AGE_SECONDS.set(monotonic() - min(opening.values()) if opening else 0)
    metrics.RECOVERY_LEFT.set(sum(app.ownership.opener.left.values()) if opening else 0)


def _why_not(app: TriageApp) -> str:
    if app.ready:
        return ""
    recovering = list(app.ownership.opener.recovering.values()) if app.consumer_started else []
    return "; ".join(recovering[:3]) or "no partition assigned yet"

"""A stream process: one Faust app in the foreground, until SIGTERM, SIGINT or a failure that a restart may mend."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import psutil
import uvloop

from infra import logging as log_lines
from infra.settings import Settings
from monitoring import metrics
from streams.app import TriageApp, create_app
from streams.runtime import Agent
from streams.status import Check
from streams.status_publisher import Report, StatusPublisher

log = logging.getLogger(__name__)
STOP_S = 8.0
"""Longest orderly end; what is not committed by then is taken again by the next owner."""

Cleanup = Callable[[], Awaitable[None]]


def run(settings: Settings, component: str, group: str, agents: Sequence[Agent], cleanup: Cleanup | None = None) -> int:
    """Run agents as the Faust app and consumer group `group`. Returns the exit code: 0 stopped in order, 1 failed."""
    log_lines.configure(component, level=settings.log_level, form=settings.log_format)
    for noisy in ("faust", "mode", "aiokafka"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLevelName(settings.log_level)))
    metrics.serve(settings.process_metrics_port, settings.bind_host)
    code = uvloop.run(_run(settings, component, group, agents, cleanup))
    sys.stdout.flush()
    return code


async def _run(
    settings: Settings, component: str, group: str, agents: Sequence[Agent], cleanup: Cleanup | None
) -> int:
    app = create_app(settings, group, agents)
    stop = asyncio.Event()
    app.on_fatal = stop.set
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with StatusPublisher(settings, component, lambda: report(app)) as publisher:
        try:
            await _until(app, stop)
        except Exception as error:
            app.fatal(error)
        finally:
            await _end(app, cleanup)
        if app.failure is not None:
            await publisher.stop(tombstone=False)
    return 1 if app.failure else 0


async def _until(app: TriageApp, stop: asyncio.Event) -> None:
    started = asyncio.create_task(app.start())
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({started, stopped}, return_when=asyncio.FIRST_COMPLETED)
    if started.done():
        started.result()
    log.info("running, pid %d", os.getpid())
    await stopped


async def _end(app: TriageApp, cleanup: Cleanup | None) -> None:
    try:
        await asyncio.wait_for(app.stop(), STOP_S)
    except TimeoutError:
        log.warning("did not stop in order within %.0f s", STOP_S)
    if cleanup is not None:
        await cleanup()


def report(app: TriageApp) -> Report:
    """What the process says of itself on triage.status."""
    tasks = app.ownership.tasks.values() if app.consumer_started else ()
    stuck = [f"{task.topic}/{task.partition}: {task.progress.stuck}" for task in tasks if task.progress.stuck]
    counts: dict[str, Any] = {
        "partitions": len(tasks),
        "records": sum(task.progress.records for task in tasks),
        "transactions": sum(task.progress.transactions for task in tasks),
        "aborted": sum(task.progress.aborted for task in tasks),
        "rss_bytes": psutil.Process().memory_info().rss,
    }
    for table in (table for agent in app.declared for table in agent.tables):
        counts[f"rows_{table.name}"] = sum(len(task.rows.get(table.name, ())) for task in tasks)
        metrics.TABLE_ROWS.labels(table.name).set(counts[f"rows_{table.name}"])
    failure = app.failure
    return Report(
        checks=(
            Check(name="group", ok=app.ready, reason="" if app.ready else "no partition assigned yet"),
            Check(name="progress", ok=not stuck, reason="; ".join(stuck[:3])),
            Check(name="process", ok=failure is None, reason=str(failure or "")),
        ),
        counts=counts,
    )

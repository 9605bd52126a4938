"""The ingest process.

accounts ─ consumer group ─→ Membership ─ per partition → Lease ─ per (account, folder) → Mailbox ─→ source
                                                            │                                │ batches
                                                            └── Committer ←──────────────────┘
                                                                   │ one transaction: mail.received + ingest.cursors
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from agents.ingest import controls
from agents.ingest.budget import ByteBudget
from agents.ingest.mailbox import Surroundings
from agents.ingest.membership import Membership
from agents.ingest.report import report
from agents.ingest.states import States
from agents.push import Push
from agents.sources.gmail import Service
from infra.settings import Settings
from infra.shutdown import end_within, stop_signal
from infra.stacks import show_on_signal
from monitoring import metrics_server
from monitoring.metrics_disk import follow_disk
from streams.control import Follower
from streams.status_publisher import StatusPublisher
from streams.tracing import SPANS

log = logging.getLogger(__name__)

STARTS_AT_ONCE = 20
"""Mailboxes that connect at the same time."""
READERS = 64
"""Threads for what may block for long: a name server, a file system over a network."""
SPANS_S = 1.0
"""Longest wait for a collector to take the last spans."""
STOP_S = 4.5
"""After this long a stop is not waited for any more: a process that is killed loses nothing either."""


async def ingest(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT, then stop in order within five seconds."""
    states, budget = States(), ByteBudget(settings.ingest_buffer_bytes)
    slots = asyncio.Semaphore(STARTS_AT_ONCE)
    gmail = Service(settings, share=lambda: len(membership.leases) / settings.topic_partitions)
    around = Surroundings(settings=settings, states=states, budget=budget, slots=slots, gmail=gmail)
    membership = Membership(around)
    follow_disk(settings.token_dir)
    SPANS.start(settings, "ingest")
    metrics_server.serve("ingest", settings.process_metrics_port, settings.bind_host)
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(READERS, thread_name_prefix="reader"))
    push = Push(settings, gmail)
    stop = stop_signal()
    show_on_signal()
    log.info("running, pid %d", os.getpid(), extra={"instance": settings.instance_id})
    async with (
        Follower(settings) as control,
        StatusPublisher(settings, "ingest", lambda: report(membership, states, budget, gmail, push), control),
    ):
        controls.follow(control, around)
        await control.caught_up(stop)
        running = asyncio.create_task(membership.run(), name="membership")
        pushing = asyncio.create_task(push.run(), name="push")
        parts = (running, pushing)
        for task in parts:
            task.add_done_callback(partial(_stop_on_failure, stop))
        await stop.wait()
        started = time.monotonic()
        end_within(STOP_S, code=0)
        for task in parts:
            task.cancel()
        await asyncio.wait(parts)
        await gmail.close()
        await SPANS.stop_within(SPANS_S)
    for task in parts:
        if not task.cancelled() and (error := task.exception()):
            raise error
    log.info("ingest stopped", extra={"duration_ms": round((time.monotonic() - started) * 1000)})


def _stop_on_failure(stop: asyncio.Event, task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception():
        stop.set()

"""`triage control`: watches the system until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import AsyncExitStack

import click

from infra import logging as json_logging
from infra.settings import Settings, load
from monitoring import metrics_server

log = logging.getLogger(__name__)


@click.command()
def control() -> None:
    """Health, metrics and lag over HTTP.

    HEALTH_PORT serves /health, /health/live, /health/ready and /health/components; METRICS_PORT serves /metrics.
    """
    settings = load()
    json_logging.configure("control", level=settings.log_level, form=settings.log_format)
    # aiokafka reports each failed attempt as an error; the probes say once when Kafka goes away and comes back.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    asyncio.run(serve(settings))


async def serve(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT.

    Raises:
        Fatal: a port is in use.
    """
    from monitoring.control.http import health_app, listen, metrics_app
    from monitoring.control.watch import Watch
    from streams.status_publisher import StatusPublisher

    metrics_server.name("control")
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    watch = Watch(settings)
    async with AsyncExitStack() as stack:
        for app, port, setting in (
            (health_app(watch), settings.health_port, "HEALTH_PORT"),
            (metrics_app(watch), settings.metrics_port, "METRICS_PORT"),
        ):
            runner = await listen(app, settings.bind_host, port, setting=setting)
            stack.push_async_callback(runner.cleanup)
        learning = asyncio.create_task(watch.run())
        stack.push_async_callback(_end, learning)
        await stack.enter_async_context(StatusPublisher(settings, "control", watch.own_report))
        log.info("listening on %s:%d and :%d", settings.bind_host, settings.health_port, settings.metrics_port)
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait([stopping, learning], return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        log.info("stopping")
    if learning.done() and not learning.cancelled():
        learning.result()


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task], timeout=2)

"""The process `triage deliver`: a courier and a consumer per endpoint, side by side; none waits for another."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass

from agents.breakers import BREAKERS, GAUGE
from agents.deliver import controls
from agents.deliver.courier import Courier
from agents.deliver.endpoints import Endpoint, load_endpoints
from agents.deliver.post import Post
from agents.deliver.reading import Reading
from agents.deliver.undelivered import UndeliveredLog
from infra.errors import ConfigError
from infra.settings import Settings
from infra.shutdown import end_within, stop_signal
from infra.stacks import show_on_signal
from monitoring import metrics_server
from streams.control import Follower
from streams.status import Check
from streams.status_publisher import Report, StatusPublisher

log = logging.getLogger(__name__)

STOP_S = 8.0
"""After this long a stop is not waited for any more: what is not committed is delivered again."""


@dataclass(frozen=True, slots=True)
class Line:
    """All that serves one endpoint."""

    reading: Reading
    courier: Courier
    post: Post


def endpoints_of(settings: Settings) -> tuple[Endpoint, ...]:
    """The endpoints of DELIVER_FILE.

    Raises:
        ConfigError: no file is named, or it is not as it should be.
    """
    if settings.deliver_file is None:
        raise ConfigError("DELIVER_FILE is not set: name a TOML file with [[endpoint]] tables (README, Webhooks)")
    return load_endpoints(settings.deliver_file)


async def deliver(settings: Settings, endpoints: Sequence[Endpoint]) -> None:
    """Run until SIGTERM or SIGINT, then stop in order."""
    stop = stop_signal()
    show_on_signal()
    metrics_server.serve("deliver", settings.process_metrics_port, settings.bind_host)
    undelivered = UndeliveredLog(settings)
    lines = [_line(settings, endpoint, undelivered) for endpoint in endpoints]
    async with (
        Follower(settings) as control,
        StatusPublisher(settings, "deliver", lambda: report(lines), control),
    ):
        controls.follow(control, lines)
        await control.caught_up(stop)
        tasks = [asyncio.create_task(one.reading.run(), name=one.courier.endpoint.group) for one in lines]
        for task in tasks:
            task.add_done_callback(lambda _: stop.set())
        log.info("%d endpoints, pid %d", len(lines), os.getpid())
        await stop.wait()
        failed = [task for task in tasks if task.done()]
        end_within(STOP_S, code=1 if failed else 0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(one.post.close() for one in lines), undelivered.close())
    for task in failed:
        task.result()


def _line(settings: Settings, endpoint: Endpoint, undelivered: UndeliveredLog) -> Line:
    post = Post(endpoint)
    courier = Courier(settings, endpoint, post, BREAKERS.of(settings, "webhook", endpoint.name), undelivered)
    return Line(Reading(settings, courier), courier, post)


def report(lines: Sequence[Line]) -> Report:
    """How the process is now."""
    trouble = next((one.reading.trouble for one in lines if one.reading.trouble), "")
    waiting = [one.courier.endpoint.name for one in lines if not one.reading.assigned]
    checks = [
        Check(name="kafka", ok=not trouble, reason=trouble),
        Check(name="group", ok=not waiting, reason=", ".join(waiting) and f"no partitions yet: {', '.join(waiting)}"),
    ]
    checks += [
        Check(name=f"endpoint {one.courier.endpoint.name}", ok=False, reason=one.courier.trouble)
        for one in lines
        if one.courier.trouble
    ]
    counts: dict[str, int | float] = {"endpoints": len(lines), "delivered": 0, "undelivered": 0, "waiting": 0}
    for one in lines:
        for name, number in one.courier.counts().items():
            counts[name] += number
    counts |= {f"breaker_{name}": GAUGE[state] for name, state in BREAKERS.states().items()}
    return Report(checks=(*checks, *BREAKERS.checks()), counts=counts)

"""`triage top`: lanes and processes in one live view, from the log and from what each process says of itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click
import orjson

from infra.settings import Settings, load
from infra.terminal import markup
from monitoring.commands.lag import as_topic, count, pace, verdict
from monitoring.commands.status import reasons, report_of
from monitoring.commands.status import table as processes
from monitoring.commands.wording import console, duration

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from monitoring.health.instances import Instances
    from monitoring.health.verdict import Report
    from monitoring.lag.model import LagSnapshot, TopicLag

FIRST_WORD_S = 10.0
"""Longest wait for what the processes have said so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """All that is shown at one moment."""

    at: datetime
    lag: LagSnapshot | None
    """None: it cannot be measured now."""
    trouble: str
    """Why it cannot; empty when it can."""
    report: Report

    def lanes(self) -> list[TopicLag]:
        """Our own queues, in the order of the way: before the triage, then the lanes."""
        from monitoring.lag.groups import QUEUES

        order = [(group, topic) for group, names in QUEUES.items() for topic in names]
        found = {(row.group, row.topic): row for row in (self.lag.topics() if self.lag else ())}
        return [found[place] for place in order if place in found and found[place].lane]


@click.command()
@click.option("--once", is_flag=True, help="Show it once and end; the pace needs a second look.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per measurement.")
def top(once: bool, as_json: bool) -> None:
    """Lanes (lag, age, pace, time to drain, Burrow's state) and processes, every LAG_INTERVAL_S until Ctrl-C."""
    settings = load()
    show = _print_json if as_json else _print_once if once else _print_live
    with suppress(KeyboardInterrupt):
        asyncio.run(show(_views(settings, repeat=not once)))


async def _views(settings: Settings, *, repeat: bool) -> AsyncIterator[View]:
    """Kafka must answer at the start; when it goes away later, the view says so and waits for it."""
    from monitoring.health.follower import follow
    from monitoring.health.instances import Instances
    from monitoring.lag.meter import LagMeter

    instances = Instances(interval_s=settings.status_interval_s)
    meter = LagMeter(interval_s=settings.lag_interval_s)
    first = await _measured(settings, meter, instances)
    if first.lag is None:
        from streams.kafka_errors import KafkaUnavailable

        raise KafkaUnavailable(first.trouble)
    await _first_words(settings, instances)
    yield _view(instances, first.lag)
    if not repeat:
        return
    following = asyncio.create_task(follow(settings, instances))
    try:
        while True:
            await asyncio.sleep(settings.lag_interval_s)
            yield await _measured(settings, meter, instances)
    finally:
        following.cancel()
        await asyncio.wait([following])


async def _measured(settings: Settings, meter: Any, instances: Instances) -> View:
    from monitoring.lag.cluster import Cluster
    from streams.kafka_errors import KafkaUnavailable

    try:
        async with Cluster.connect(settings) as cluster:
            return _view(instances, await meter.measure(cluster))
    except KafkaUnavailable as error:
        return _view(instances, None, trouble=str(error))


async def _first_words(settings: Settings, instances: Instances) -> None:
    from aiokafka.errors import KafkaError

    from monitoring.health.follower import catch_up

    with suppress(KafkaError, LookupError, TimeoutError):  # then nobody is there, and the view shows that
        async with asyncio.timeout(FIRST_WORD_S):
            await catch_up(settings, instances)


def _view(instances: Instances, lag: LagSnapshot | None, *, trouble: str = "") -> View:
    return View(at=datetime.now(UTC), lag=lag, trouble=trouble, report=report_of(instances))


async def _print_json(views: AsyncIterator[View]) -> None:
    async for view in views:
        click.echo(orjson.dumps(as_dict(view)))


async def _print_once(views: AsyncIterator[View]) -> None:
    async for view in views:
        console().print(draw(view))


async def _print_live(views: AsyncIterator[View]) -> None:
    from rich.live import Live

    shown = console()
    with Live(auto_refresh=False, console=shown, screen=shown.is_terminal) as live:
        async for view in views:
            live.update(draw(view), refresh=True)


def as_dict(view: View) -> dict[str, Any]:
    """The view for programs."""
    from monitoring.health.export import details

    return {
        "at": view.at,
        "trouble": view.trouble,
        "lanes": [as_topic(row) for row in view.lanes()],
        **details(view.report),
    }


def draw(view: View) -> RenderableType:
    """The view for people. Names of groups and instances are others' text."""
    from rich.console import Group
    from rich.text import Text

    parts: list[RenderableType] = [f"[bold]{view.at.astimezone():%H:%M:%S}[/]  status: {view.report.status}"]
    parts.append(f"[red]{markup(view.trouble)}[/]" if view.trouble else _lanes(view.lanes()))
    parts += [Text(), processes(view.report), *reasons(view.report)]
    return Group(*parts)


def _lanes(rows: list[TopicLag]) -> Table:
    from rich.table import Table

    shown = Table(box=None, header_style="bold", pad_edge=False)
    shown.add_column("lane")
    for title in ("lag", "oldest", "drains/s", "drained in"):
        shown.add_column(title, justify="right")
    shown.add_column("state")
    for row in rows:
        rate = "?" if row.drain_per_s is None else f"{row.drain_per_s:,.1f}"
        lag = count(row.records, exact=row.exact)
        shown.add_row(row.lane, lag, duration(row.seconds), rate, pace(row), verdict(row.status))
    return shown

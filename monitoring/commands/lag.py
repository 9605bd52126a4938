"""`triage lag`: how much waits, how old it is, and whether it shrinks."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click
import orjson

from infra.settings import Settings, load
from infra.terminal import markup
from monitoring.commands.wording import console, duration

if TYPE_CHECKING:
    from rich.table import Table

    from monitoring.lag.model import GroupLag, LagSnapshot, TopicLag
    from monitoring.lag.state import Status

_COLOURS = {"warn": "yellow", "rewind": "red", "stall": "red", "stop": "red"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object per measurement.")
@click.option("--watch", is_flag=True, help="Measure every LAG_INTERVAL_S until Ctrl-C; shows the pace too.")
@click.option("--partitions", is_flag=True, help="One row per partition.")
@click.option("--all", "everything", is_flag=True, help="Also groups that are no queue (who reads which mailbox).")
def lag(as_json: bool, watch: bool, partitions: bool, everything: bool) -> None:
    """Queue length per group, topic and lane.

    Counts mails, not offsets: transaction markers and aborted records do not wait. "≤" marks an upper bound. States are
    Burrow's (ok, warn, rewind, stall, stop); "?": something waits, and a minute of --watch will tell.
    """
    settings = load()
    show = _print_json if as_json else _print_live if watch else _print_once
    asyncio.run(show(_measured(settings, repeat=watch, everything=everything), partitions=partitions))


async def _measured(settings: Settings, *, repeat: bool, everything: bool) -> AsyncIterator[LagSnapshot]:
    from monitoring.lag.cluster import Cluster
    from monitoring.lag.meter import LagMeter

    meter = LagMeter(everything=everything, interval_s=settings.lag_interval_s)
    async with Cluster.connect(settings) as cluster:
        yield await meter.measure(cluster)
        while repeat:
            await asyncio.sleep(settings.lag_interval_s)
            yield await meter.measure(cluster)


async def _print_json(snapshots: AsyncIterator[LagSnapshot], *, partitions: bool) -> None:
    async for snapshot in snapshots:
        click.echo(orjson.dumps(as_dict(snapshot, partitions=partitions)))


async def _print_once(snapshots: AsyncIterator[LagSnapshot], *, partitions: bool) -> None:
    async for snapshot in snapshots:
        console().print(table(snapshot, partitions=partitions))


async def _print_live(snapshots: AsyncIterator[LagSnapshot], *, partitions: bool) -> None:
    from rich.live import Live

    with Live(auto_refresh=False, console=console()) as live:
        async for snapshot in snapshots:
            live.update(table(snapshot, partitions=partitions), refresh=True)


def as_dict(snapshot: LagSnapshot, *, partitions: bool) -> dict[str, Any]:
    """The snapshot for programs."""
    return {
        "at_ms": snapshot.at_ms,
        "groups": [
            {
                "group": group.group,
                "state": group.state,
                "members": group.members,
                "status": group.status,
                "last_commit_s": group.last_commit_s,
                "lag": group.records,
                "exact": group.exact,
                "seconds": group.seconds,
                "topics": [as_topic(topic) for topic in group.topics],
            }
            | ({"partitions": [asdict(row) for row in group.partitions]} if partitions else {})
            for group in snapshot.groups
        ],
    }


def as_topic(topic: TopicLag) -> dict[str, Any]:
    """One queue for programs."""
    return {
        "topic": topic.topic,
        "lane": topic.lane,
        "status": topic.status,
        "lag": topic.records,
        "exact": topic.exact,
        "seconds": topic.seconds,
        "drain_per_s": topic.drain_per_s,
        "drained_in_s": topic.drained_in_s,
    }


def table(snapshot: LagSnapshot, *, partitions: bool) -> Table:
    """The snapshot for people."""
    from rich.table import Table

    shown = Table(box=None, header_style="bold", pad_edge=False)
    for title in ("group", "members", "topic", "lane"):
        shown.add_column(title)
    for title in ("partition", "committed", "end") if partitions else ():
        shown.add_column(title, justify="right")
    for title in ("lag", "oldest", "drained in"):
        shown.add_column(title, justify="right")
    shown.add_column("state")
    for group in snapshot.groups:
        for row in _partition_rows(group) if partitions else _topic_rows(group):
            shown.add_row(*row)
    return shown


def _topic_rows(group: GroupLag) -> list[list[str]]:
    rows = [
        [
            markup(topic.topic),
            topic.lane,
            count(topic.records, exact=topic.exact),
            duration(topic.seconds),
            pace(topic),
            verdict(topic.status),
        ]
        for topic in group.topics
    ]
    return [
        [*_group_cells(group, first=number == 0), *row]
        for number, row in enumerate(rows or [["-", "", "0", "", "", ""]])
    ]


def _partition_rows(group: GroupLag) -> list[list[str]]:
    lanes = {topic.topic: topic.lane for topic in group.topics}
    rows = []
    for number, row in enumerate(group.partitions):
        committed = "never" if row.committed is None else str(row.committed)
        place = [markup(row.topic), lanes[row.topic], str(row.partition), committed, str(row.end)]
        figures = [count(row.records, exact=row.exact), duration(row.seconds), "", verdict(row.status)]
        rows.append([*_group_cells(group, first=number == 0), *place, *figures])
    return rows


def _group_cells(group: GroupLag, *, first: bool) -> tuple[str, str]:
    members = f"{group.members} {group.state.lower()}" if group.members else f"[red]0 {group.state.lower()}[/red]"
    return (markup(group.group), members) if first else ("", "")


def count(records: int, *, exact: bool) -> str:
    """Records for people."""
    return f"{records:,}" if exact else f"≤ {records:,}"


def pace(topic: TopicLag) -> str:
    """Time to drain for people; empty when nothing waits."""
    if topic.records == 0:
        return ""
    if topic.drain_per_s is None:
        return "?"
    return "grows" if topic.drained_in_s is None else duration(math.ceil(topic.drained_in_s))


def verdict(status: Status | None) -> str:
    """Burrow's state for people; "?": too early to say, which --watch does after a minute."""
    if status is None:
        return "?"
    return f"[{_COLOURS[status]}]{status}[/]" if status in _COLOURS else str(status)

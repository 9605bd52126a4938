"""`triage status`: what runs, and how it is, from what each process says of itself."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click
import orjson

from infra.settings import Settings, load
from infra.terminal import markup
from monitoring.commands.wording import console, duration

if TYPE_CHECKING:
    from rich.table import Table

    from monitoring.health.instances import Instances
    from monitoring.health.verdict import Component, Report

READ_TIMEOUT_S = 10.0


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def status(as_json: bool) -> None:
    """What runs, and how it is. Exit 1 when something is not well."""
    from monitoring.health.export import details
    from monitoring.health.verdict import Health

    report = asyncio.run(heard(load()))
    if as_json:
        click.echo(orjson.dumps(details(report)))
    else:
        _print(report)
    sys.exit(0 if report.status is Health.OK else 1)


async def heard(settings: Settings) -> Report:
    """What the processes say, without our own probes.

    Raises:
        KafkaUnavailable: the status topic cannot be read.
    """
    from monitoring.health.follower import instances_now

    return report_of(await instances_now(settings, READ_TIMEOUT_S))


def report_of(instances: Instances) -> Report:
    """What they say now, by component; one that is expected and silent is there too."""
    from monitoring.health.verdict import EXPECTED, Report, of_instances

    seen = instances.seen(datetime.now(UTC))
    names = sorted({*EXPECTED, *(one.status.component for one in seen)})
    return Report(
        components=tuple(of_instances(name, [one for one in seen if one.status.component == name]) for name in names)
    )


def _print(report: Report) -> None:
    shown = console()
    shown.print(table(report))
    for line in reasons(report):
        shown.print(line)
    shown.print(f"status: {report.status}")


def reasons(report: Report) -> list[str]:
    """Why something is not well, a line each, as rich's markup."""
    return [f"[red]{markup(one.name)}[/red]: {markup(one.reason)}" for one in report.components if one.reason]


def table(report: Report) -> Table:
    """Every process, for people."""
    from rich.table import Table

    shown = Table(box=None, header_style="bold", pad_edge=False)
    for title in ("component", "instance", "pid", "said", "state", "counts"):
        shown.add_column(title)
    for component in report.components:
        for row in _rows(component):
            shown.add_row(*row)
    return shown


def _rows(component: Component) -> list[tuple[str, ...]]:
    if not component.instances:
        return [(markup(component.name), "-", "", "", "[red]none[/red]", "")]
    return [
        (
            markup(component.name),
            markup(one.status.instance),
            str(one.status.pid),
            f"{duration(one.age_s)} ago",
            "[red]silent[/red]" if one.silent else "ok" if one.ok else f"[red]{len(one.failing)} failing[/red]",
            markup(", ".join(f"{name} {value:,}" for name, value in (one.status.counts or {}).items())),
        )
        for one in component.instances
    ]

"""`triage doctor`: what is not as it should be, and the remedy."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click
import orjson

from infra.settings import Settings, load
from infra.terminal import markup
from monitoring.commands.wording import console

if TYPE_CHECKING:
    from monitoring.health.finding import Finding


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--settings", "list_settings", is_flag=True, help="List every setting with its value instead.")
def doctor(as_json: bool, list_settings: bool) -> None:
    """Check versions, open files, brokers, topics, database, accounts, clock, disk.

    Exit 1 when there is something to do.
    """
    settings = load()
    if list_settings:
        _print_settings(settings, as_json=as_json)
        return
    from monitoring.health.examine import examine
    from monitoring.health.finding import well

    findings = asyncio.run(examine(settings))
    ok = well(findings)
    if as_json:
        click.echo(orjson.dumps({"ok": ok, "findings": [asdict(finding) for finding in findings]}))
    else:
        _print_findings(findings)
    sys.exit(0 if ok else 1)


def _print_findings(findings: Sequence[Finding]) -> None:
    shown = console()
    for finding in findings:
        mark = "[green]ok  [/green]" if finding.ok else "[red]BAD [/red]"
        shown.print(f"{mark}{markup(finding.area):10}{markup(finding.found)}", soft_wrap=True)
        if finding.remedy:
            shown.print(f"{'':14}→ {markup(finding.remedy)}", soft_wrap=True)


def _print_settings(settings: Settings, *, as_json: bool) -> None:
    from rich.table import Table

    from monitoring.commands.settings_list import rows

    if as_json:
        click.echo(orjson.dumps([asdict(row) for row in rows(settings)]))
        return
    shown = Table(box=None, header_style="bold", pad_edge=False)
    for title in ("setting", "value", "default", "allowed", "meaning"):
        shown.add_column(title, overflow="fold")
    for row in rows(settings):
        changed = row.default not in {row.value, "per process"}
        value = f"[bold]{markup(row.value)}[/bold]" if changed else markup(row.value)
        shown.add_row(row.name, value, markup(row.default), markup(row.kind), markup(row.doc))
    console().print(shown)

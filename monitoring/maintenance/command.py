"""`triage maintain`: does the database's maintenance now; `triage control` does it by itself when it is due."""

from __future__ import annotations

import asyncio

import click
import orjson

from infra.options import as_json
from infra.settings import load
from monitoring.maintenance.tasks import NAMES


@click.command()
@click.argument("tasks", nargs=-1, metavar="[TASK]...", type=click.Choice(NAMES))
@as_json
def maintain(*, tasks: tuple[str, ...], machine: bool) -> None:
    """Do what is due (retention and analyze daily, vacuum weekly, reindex monthly), or the named tasks at once.

    Nothing of it keeps the archive from writing. `triage control` does the same by itself.
    """
    from monitoring.maintenance.run import maintain as do

    done = asyncio.run(do(load(), tasks))
    if machine:
        click.echo(orjson.dumps({"done": done}))
    else:
        click.echo(
            "\n".join(f"{one.task}: {one.seconds:.1f} s, {one.changed} rows removed" for one in done)
            or "nothing is due"
        )

"""`triage archive`: writes the lanes to PostgreSQL."""

from __future__ import annotations

from functools import partial

import click

from infra.settings import load

GROUP = "triage-archive"


@click.command()
def archive() -> None:
    """Write verdicts from the lanes to PostgreSQL; wait while it is away."""
    from infra.database import migrate
    from streams.archive.agent import archive_agent
    from streams.archive.sink import VerdictSink
    from streams.process import run

    settings = load()
    sink = VerdictSink(settings)
    run(settings, "archive", GROUP, [archive_agent(sink, partial(migrate, settings))], cleanup=sink.close)

"""`triage archive`: writes the lanes to PostgreSQL."""

from __future__ import annotations

from functools import partial

import click

from infra.settings import load
from streams.control import Follower

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

    def follow(control: Follower) -> None:
        names = ("DATABASE_POOL_SIZE", "DATABASE_MAX_OVERFLOW")
        control.on(*names, apply=lambda values: sink.resize(*(int(values[name]) for name in names)))

    agent = archive_agent(sink, partial(migrate, settings))
    run(settings, "archive", GROUP, [agent], cleanup=sink.close, follow=follow)

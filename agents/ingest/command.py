"""`triage ingest`."""

from __future__ import annotations

import click

from infra import logging as json_logging
from infra import loops
from infra import settings as configuration


@click.command()
def ingest() -> None:
    """Read mailboxes and put their mails on Kafka, each exactly once. Runs until SIGTERM.

    Several processes share the accounts among them; accounts that are added, changed or removed take effect within
    seconds. Settings come from the environment and triage.toml.
    """
    from agents.ingest import process

    settings = configuration.load()
    json_logging.configure("ingest", level=settings.log_level, form=settings.log_format)
    loops.run(process.ingest(settings))

"""`triage secrets rotate token-key|database`."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import click

from infra.settings import load


@click.group()
def secrets() -> None:
    """Rotate keys and passwords while mail goes on."""


@secrets.group()
def rotate() -> None:
    """Replace a secret by a new random one."""


@rotate.command("token-key")
@click.option("--begin", "step", flag_value="begin", help="Put a new key in front of the old one in TOKEN_KEY_FILE.")
@click.option("--finish", "step", flag_value="finish", help="Seal every token with it and remove the old one.")
def token_key(*, step: str | None) -> None:
    """Change the key that seals the mailboxes' tokens: --begin, restart ingest and control, --finish."""
    from monitoring.rotation import token_key as key

    if step is None:
        raise click.UsageError("--begin or --finish is needed")
    settings = load()
    if step == "begin":
        key.begin(settings)
        click.echo("a new key stands in front: restart crewai-ingest and crewai-email-triage, then --finish")
    else:
        click.echo(f"{asyncio.run(key.finish(settings))} tokens are sealed with the new key; the old one is gone")


@rotate.command()
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), required=True,
              help="New file for the new DATABASE_URL, readable by its owner only.")  # fmt: skip
def database(*, output: Path) -> None:
    """Change the database role's password.

    Connections that are open go on; set DATABASE_URL to what the file says and restart archive and control. Until
    then the archive waits when it must reconnect, and nothing is lost.
    """
    from monitoring.rotation.database import rotate as change

    def keep(url: str) -> None:
        with os.fdopen(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(url + "\n")
            file.flush()
            os.fsync(file.fileno())

    asyncio.run(change(load(), keep))
    click.echo(f"{output}: the new DATABASE_URL; set it and restart crewai-archive and crewai-email-triage")

"""`triage evidence collect|sbom|installed`."""

from __future__ import annotations

import hashlib
import os
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click
import orjson

from infra.settings import load


@click.group()
def evidence() -> None:
    """Preserve what an investigation needs; check what is installed."""


@evidence.command()
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="A new .tar.gz, readable by its owner only; -: standard output. Default: evidence-TIME.tar.gz here.",
)
@click.option(
    "--logs",
    type=click.Path(path_type=Path, exists=True),
    multiple=True,
    help="A log file or a folder of them; may be repeated.",
)
@click.option("--with-mails", is_flag=True, help="Dead letters with their bytes, too: content of mails.")
def collect(*, output: Path | None, logs: tuple[Path, ...], with_mails: bool) -> None:
    """Put versions, checksums, settings, accounts, sessions, operators' acts, alerts and logs into one archive.

    Secrets and contents of mails stay out. Write its SHA-256 down elsewhere.
    """
    from monitoring.evidence import collect as collecting

    tell = partial(click.echo, err=True)
    if output == Path("-"):
        collecting.collect(load(), sys.stdout.buffer, logs, mails=with_mails, tell=tell)
        return
    path = output or Path(f"evidence-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.tar.gz")
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        collecting.collect(load(), file, logs, mails=with_mails, tell=tell)
    click.echo(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path}")


@evidence.command()
def sbom() -> None:
    """Everything that is installed here, as CycloneDX 1.6 (JSON)."""
    from monitoring.evidence.installed import bill_of_materials

    made = bill_of_materials(datetime.now(UTC).isoformat(timespec="seconds"))
    click.echo(orjson.dumps(made, option=orjson.OPT_INDENT_2))


@evidence.command()
def installed() -> None:
    """Compare every installed file with the checksum that it came with. Exit 1 when one differs."""
    from monitoring.evidence.installed import changed

    wrong = list(changed())
    click.echo("\n".join(wrong) or "all installed files are as they came")
    sys.exit(1 if wrong else 0)

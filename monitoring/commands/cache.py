"""`triage cache`: what is cached can be forgotten."""

from __future__ import annotations

import click

from infra.accountable import why_and_who
from infra.options import as_json
from monitoring.control import operate


@click.group()
def cache() -> None:
    """Cached table rows of workers and cached answers of the crew."""


@cache.command()
@why_and_who
@as_json
def clear(*, why: str, who: str, machine: bool) -> None:
    """Have every process forget it, the crew's shared answers too: `triage control order clear-cache`."""
    operate.give("clear-cache", why=why, who=who, machine=machine)

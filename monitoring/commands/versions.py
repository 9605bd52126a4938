"""`triage shadow` and `triage promote`: a candidate beside what decides, in its place, and back."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

import click

from infra import settings as configuration
from infra.accountable import why_and_who
from infra.errors import Permanent
from infra.options import as_json
from infra.settings import Settings
from infra.terminal import printable
from monitoring.control.operate import put
from streams.control.records import AuditEntry
from streams.replay.command import FILE, candidate_options

POLICY, SHADOW = "POLICY", "SHADOW"


class NothingBefore(Permanent):
    """Nothing was ever promoted here."""


@click.group()
def shadow() -> None:
    """A candidate that decides every mail beside what counts, and changes nothing."""


@shadow.command()
@click.option("--policy", type=FILE, help="A TOML policy file.")
@click.option("--model", type=FILE, help="Weights of `python -m agents.training`.")
@why_and_who
@as_json
def start(*, policy: Path | None, model: Path | None, why: str, who: str, machine: bool) -> None:
    """Have every worker run a candidate beside what decides.

    crewai_shadow_verdicts counts how they differ; `triage shadow show` says which mails, and why.
    """
    if not policy and not model:
        raise click.UsageError("a candidate is --policy FILE, --model FILE, or both")
    name = asyncio.run(_kept(configuration.load(), policy=policy, model=model))
    put(SHADOW, name, lasting=None, why=why, who=who, machine=machine)


@shadow.command()
@why_and_who
@as_json
def stop(*, why: str, who: str, machine: bool) -> None:
    """End it."""
    put(SHADOW, "", lasting=None, why=why, who=who, machine=machine)


@shadow.command()
@click.option("--show", "shown", default=20, show_default=True, type=click.IntRange(0), help="Changes to print.")
@as_json
def show(*, shown: int, machine: bool) -> None:
    """Which candidate, and how it differs from the verdicts since it began. Exit 1 when there is none."""
    from streams.replay.command import progress
    from streams.replay.command import show as say
    from streams.replay.plan import Range
    from streams.replay.run import Task, compared
    from streams.versions.choose import SHADOW as CANDIDATE
    from streams.versions.choose import controlled, given

    settings = configuration.load()
    override = asyncio.run(controlled(settings)).overrides.get(SHADOW)
    if override is None or not override.value:
        click.echo("no candidate is in the shadow", err=True)
        raise click.exceptions.Exit(1)
    by = asyncio.run(given(settings, policy=None, model=None, named=CANDIDATE))
    heading = printable(f"{by.name} in the shadow since {override.at}, by {override.who}: {override.why}")
    task = Task(settings=settings, judge=by, wanted=Range(since=datetime.fromisoformat(override.at)))
    with progress() as told, compared(task, told) as outcome:
        told(-1, 0)
        say(outcome, heading, machine=machine, shown=shown)


@click.command()
@candidate_options
@click.option("--rollback", is_flag=True, help="Return to what decided before the last change.")
@click.option("--deployed", is_flag=True, help="Return to what each worker was started with.")
@why_and_who
@as_json
def promote(
    *,
    policy: Path | None,
    model: Path | None,
    candidate: str,
    rollback: bool,
    deployed: bool,
    why: str,
    who: str,
    machine: bool,
) -> None:
    """Have a candidate decide from now on, on every worker and over restarts: by default the one in the shadow.

    Each mail is decided wholly by one policy and model, and its verdict says by which. --rollback twice undoes itself.
    """
    settings = configuration.load()
    named = bool(policy or model or candidate)
    if named + rollback + deployed > 1:
        raise click.UsageError("one of: a candidate, --rollback, --deployed")
    if rollback:
        name = asyncio.run(_before(settings))
    elif deployed:
        name = ""
    else:
        name = asyncio.run(_kept(settings, policy=policy, model=model, named=candidate or ("" if named else "shadow")))
    put(POLICY, name, lasting=None, why=why, who=who, machine=machine)


async def _kept(settings: Settings, *, policy: Path | None, model: Path | None, named: str = "") -> str:
    """The candidate's name; from here on every worker can fetch it."""
    from streams.versions import store
    from streams.versions.choose import given

    chosen = await given(settings, policy=policy, model=model, named=named)
    await store.keep(settings, chosen)
    return chosen.name


async def _before(settings: Settings) -> str:
    from streams.control import writer

    found = before(await writer.history(settings))
    if found is None:
        raise NothingBefore("nothing was promoted yet, so there is nothing to return to")
    return found


def before(entries: list[AuditEntry]) -> str | None:
    """What POLICY was before its last change, "" for what workers start with; None: it was never changed."""
    changes = [entry for entry in entries if entry.name == POLICY and entry.action in {"set", "clear"}]
    return str(changes[-1].before or "") if changes else None

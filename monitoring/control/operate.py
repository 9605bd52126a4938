"""`triage control set|clear|order|show|history`: what an operator does to the running system."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import click
import orjson

from infra.accountable import why_and_who
from infra.durations import Span
from infra.options import as_json
from infra.settings import Settings, load
from infra.terminal import printable

if TYPE_CHECKING:
    from monitoring.admin.tokens import Role

Result = TypeVar("Result")
APPLIED_S = 15.0
"""How long `set` waits at most to see the change taken up: a second, unless the machine is busy. A process that says
nothing for ten is taken for dead, and no longer waited for."""


def lasting_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """How long it holds."""
    return click.option("--for", "lasting", type=Span(), help="Ends by itself: 90s, 30m, 2h, 1d.")(command)


def run(work: Callable[[Settings], Awaitable[Result]]) -> Result:
    """Load the settings and do it."""

    async def working() -> Result:
        return await work(settings)

    settings = load()
    return asyncio.run(working())


@click.command("set")
@click.argument("name")
@click.argument("value")
@lasting_option
@why_and_who
@as_json
def set_(*, name: str, value: str, lasting: timedelta | None, why: str, who: str, machine: bool) -> None:
    """Give the setting NAME another VALUE on every running process: live, and over restarts."""
    put(name.upper() if ":" not in name else name, value, lasting=lasting, why=why, who=who, machine=machine)


def put(name: str, value: object, *, lasting: timedelta | None, why: str, who: str, machine: bool) -> None:
    """Set it, wait until it is taken up, and say so."""
    from streams.control import writer

    override, revision = run(lambda settings: writer.put(settings, name, value, who=who, why=why, lasting=lasting))
    _say_taken_up(name, revision, machine=machine, value=override.value, expires_at=override.expires_at)


@click.command()
@click.argument("name")
@why_and_who
@as_json
def clear(*, name: str, why: str, who: str, machine: bool) -> None:
    """Give the setting NAME its start value back. Exit 1 when it had no other."""
    end(name.upper() if ":" not in name else name, why=why, who=who, machine=machine)


def end(name: str, *, why: str, who: str, machine: bool) -> None:
    """Clear it, wait until that is taken up, and say so."""
    from streams.control import writer

    revision = run(lambda settings: writer.clear(settings, name, who=who, why=why))
    if revision is None:
        click.echo(f"{name} has its start value", err=True)
        sys.exit(1)
    _say_taken_up(name, revision, machine=machine, value=None, expires_at=None)


@click.command()
@click.argument("name")
@why_and_who
@as_json
def order(*, name: str, why: str, who: str, machine: bool) -> None:
    """Have every running process do something once, e.g. clear-cache."""
    give(name, why=why, who=who, machine=machine)


def give(name: str, *, why: str, who: str, machine: bool) -> None:
    """Order it and say so."""
    from streams.control import writer

    revision = run(lambda settings: writer.order(settings, name, who=who, why=why))
    _say_taken_up(name, revision, machine=machine, value=None, expires_at=None)


@click.command("priority-only")
@click.option("--min-priority", type=click.IntRange(1, 10), help="The least priority that is wanted.")
@click.option("--off", is_flag=True, help="Everything again.")
@lasting_option
@why_and_who
@as_json
def priority_only(
    *, min_priority: int | None, off: bool, lasting: timedelta | None, why: str, who: str, machine: bool
) -> None:
    """Have lanes wait whose mails are all below --min-priority: what is at or above it goes on alone.

    A lane with priorities on both sides of the bound goes on as a whole, so that its order stays.
    """
    if off == (min_priority is not None) or (off and lasting):
        raise click.UsageError("give --min-priority N [--for SPAN], or --off")
    if off:
        end("MIN_PRIORITY", why=why, who=who, machine=machine)
        return
    put("MIN_PRIORITY", min_priority, lasting=lasting, why=why, who=who, machine=machine)
    if not machine:
        _say_lanes(min_priority or 0)


def _say_lanes(least: int) -> None:
    from streams.triage.shipped import DEFAULT

    waiting = [str(bounds.lane) for bounds in DEFAULT.lanes if bounds.highest < least]
    click.echo(f"waiting: {', '.join(waiting) or 'no lane'}")
    for bounds in DEFAULT.lanes:
        if bounds.lowest < least <= bounds.highest:
            click.echo(f"{bounds.lane} holds {bounds.lowest} to {bounds.highest} and goes on as a whole")


@click.command()
@as_json
def show(*, machine: bool) -> None:
    """Each setting: start value, override with who, when and why; and which revision each process has taken up."""
    from monitoring.control.shown import shown

    found = run(shown)
    if machine:
        click.echo(orjson.dumps(found))
        return
    _print_settings(found["settings"])
    told = [f"{one['instance']} {one['revision']}" for one in found["processes"]]
    click.echo(f"revision {found['revision']}; taken up: {', '.join(told) or 'no process is running'}")
    for name, why in found["refused"].items():
        click.echo(f"{name}: not followed: {why}")


@click.command()
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="The latest so many.")
@as_json
def history(*, limit: int, machine: bool) -> None:
    """Who changed or called what, when and why; the latest last."""
    from streams.control import writer

    for entry in run(writer.history)[-limit:]:
        if machine:
            click.echo(orjson.dumps(entry))
        else:
            value = "" if entry.value is None else f" {entry.value}"
            until = f" until {entry.expires_at}" if entry.expires_at else ""
            told = f"{entry.at}  {entry.who}  {entry.action} {entry.name}{value}{until}  {entry.why}"
            click.echo(printable(told.rstrip()))


@click.command()
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(["read", "operate"]),
    default="read",
    show_default=True,
    help="What it may do: look, or change things, too.",
)
@click.option("--for", "lasting", type=Span(), default="90d", show_default=True, help="It expires after this.")
@as_json
def token(*, name: str, role: Role, lasting: timedelta, machine: bool) -> None:
    """Make a token for the admin API: shown once, here; ADMIN_TOKENS gets the entry, which holds only its hash."""
    from monitoring.admin.tokens import new_token

    made, entry = new_token(name, role, lasting, datetime.now(UTC))
    if machine:
        click.echo(orjson.dumps({"name": name, "token": made, "entry": entry}))
        return
    click.echo(f"token, for the caller:   {made}")
    click.echo(f"entry, for ADMIN_TOKENS: {entry}")


def _say_taken_up(name: str, revision: int, *, machine: bool, value: Any, expires_at: str | None) -> None:
    from monitoring.control.shown import taken_up
    from streams.control import knobs

    order_ = knobs.ORDERS.get(name)
    concerned = order_.processes if order_ else knobs.find(name).processes
    done, waiting = run(lambda settings: taken_up(settings, concerned, revision, APPLIED_S))
    if machine:
        found = {"name": name, "value": value, "expires_at": expires_at, "revision": revision}
        click.echo(orjson.dumps(found | {"taken_up": done, "waiting": waiting}))
        return
    said = "" if value is None else f" = {value}"
    click.echo(f"{name}{said}{f' until {expires_at}' if expires_at else ''} (revision {revision})")
    click.echo(f"taken up by {', '.join(done) or 'nobody: no process that follows it is running'}")
    if waiting:
        click.echo(f"not yet by {', '.join(waiting)}", err=True)


def _print_settings(rows: Iterable[dict[str, Any]]) -> None:
    for row in rows:
        override = row["override"]
        now = override["value"] if override else row["start"]
        click.echo(printable(f"{row['name']:<24} {now!s:<10} {row['purpose']}"))
        if override:
            until = f" until {override['expires_at']}" if override["expires_at"] else ""
            told = f"{override['who']}, {override['at']}: {override['why']}"
            click.echo(printable(f"{'':<24} instead of {row['start']}{until}; {told}"))

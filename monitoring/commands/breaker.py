"""`triage breaker`: hold circuit breakers open or closed, or let them judge for themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import click
import orjson

from infra.accountable import why_and_who
from infra.options import as_json
from infra.terminal import printable
from monitoring.control import operate

a_breaker = click.argument("name", metavar="BREAKER")
STATES = {0: "closed", 1: "half-open", 2: "open"}
_PREFIX = "breaker_"


@click.group()
def breaker() -> None:
    """Circuit breakers of providers: gmail, imap, crew, webhook, or one class of accounts, as in gmail/user."""


@breaker.command("open")
@a_breaker
@operate.lasting_option
@why_and_who
@as_json
def open_(*, name: str, lasting: timedelta | None, why: str, who: str, machine: bool) -> None:
    """Make no calls to the provider."""
    operate.put(f"BREAKER:{name}", "open", lasting=lasting, why=why, who=who, machine=machine)


@breaker.command()
@a_breaker
@operate.lasting_option
@why_and_who
@as_json
def close(*, name: str, lasting: timedelta | None, why: str, who: str, machine: bool) -> None:
    """Make calls to the provider however many fail."""
    operate.put(f"BREAKER:{name}", "closed", lasting=lasting, why=why, who=who, machine=machine)


@breaker.command()
@a_breaker
@why_and_who
@as_json
def auto(*, name: str, why: str, who: str, machine: bool) -> None:
    """Let it judge for itself again. Exit 1 when nobody holds it."""
    operate.end(f"BREAKER:{name}", why=why, who=who, machine=machine)


@breaker.command("list")
@as_json
def list_(*, machine: bool) -> None:
    """Each breaker of each process, and which are held."""
    from monitoring.control.shown import shown

    found = operate.run(shown)
    held = {
        row["name"]: row["override"]
        for row in found["settings"]
        if row["name"].startswith("BREAKER:") and row["override"]
    }
    rows = [
        {"instance": one["instance"], "breaker": name.removeprefix(_PREFIX), "state": STATES.get(int(state), "unknown")}
        for one in found["processes"]
        for name, state in sorted(one["counts"].items())
        if name.startswith(_PREFIX)
    ]
    if machine:
        click.echo(orjson.dumps({"breakers": rows, "held": held}))
        return
    _print(rows, held)


def _print(rows: list[dict[str, str]], held: dict[str, Any]) -> None:
    for row in rows:
        click.echo(f"{row['breaker']:<20} {row['state']:<10} {row['instance']}")
    if not rows:
        click.echo("no process has used one yet")
    for name, override in held.items():
        until = f" until {override['expires_at']}" if override["expires_at"] else ""
        click.echo(printable(f"{name} held {override['value']}{until} by {override['who']}: {override['why']}"))

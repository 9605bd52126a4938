"""`triage table`: what the stream worker's tables hold, read from their changelogs: also while every worker is dead."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from typing import Any

import click
import orjson

from infra import settings as configuration
from infra.options import as_json
from infra.settings import Settings
from infra.terminal import printable
from streams.classify import SENDERS, THREADS
from streams.learning import HABITS, RECENT
from streams.reading import latest
from streams.revisions import CORRECTED, REVIEWS, row_key
from streams.runtime import Table
from streams.runtime.tables import POSITION_KEY

TABLES: Mapping[str, Table[Any]] = {
    table.name: table for table in (SENDERS, THREADS, RECENT, HABITS, CORRECTED, REVIEWS)
}


@click.group()
def table() -> None:
    """Look into the tables: what is known of senders and threads."""


@table.command("list")
@as_json
def list_tables(*, machine: bool) -> None:
    """Each table with its rows and accounts."""
    settings = configuration.load()
    found = {name: asyncio.run(_rows(settings, one)) for name, one in TABLES.items()}
    for name, rows in found.items():
        accounts = {account for account, _ in rows}
        if machine:
            counted = {"table": name, "changelog": TABLES[name].changelog, "rows": len(rows), "accounts": len(accounts)}
            click.echo(orjson.dumps(counted))
        else:
            click.echo(f"{name:<10} {len(rows):>9} rows of {len(accounts)} accounts   {TABLES[name].changelog}")


@table.command()
@click.argument("name", metavar="TABLE", type=click.Choice(list(TABLES)))
@click.argument("account")
@click.argument("key", required=False)
@as_json
def show(*, name: str, account: str, key: str | None, machine: bool) -> None:
    """Rows of ACCOUNT in TABLE: all, or that of one sender's address or thread id. Exit 1 when there is none."""
    rows = asyncio.run(_rows(configuration.load(), TABLES[name], account, key))
    for (_, found), (row, offset) in sorted(rows.items()):
        data = orjson.loads(orjson.dumps(row))
        if machine:
            click.echo(orjson.dumps({"account": account, "key": found, "source_offset": offset, **data}))
        else:
            told = "  ".join(f"{field}={value}" for field, value in data.items() if value is not None)
            click.echo(printable(f"{found}   {told}   (offset {offset})"))
    if not rows:
        click.echo(printable(f"{name}: nothing is known of {key or 'anybody'} in {account}"), err=True)
        sys.exit(1)


async def _rows(
    settings: Settings, wanted: Table[Any], account: str | None = None, key: str | None = None
) -> dict[tuple[str, str], tuple[Any, int]]:
    """Rows by account and name, with their source offsets.

    Raises:
        KafkaUnavailable
    """
    held = await latest(settings, wanted.changelog)
    prefix = b"" if account is None else row_key(account, "")
    one = None if account is None or key is None else row_key(account, key)
    found = {}
    for place, value in held.items():
        if place.startswith(POSITION_KEY) or not place.startswith(prefix) or (one is not None and place != one):
            continue
        owner, _, name = place.decode("utf-8", "replace").partition("\x00")
        found[owner, name] = wanted.entry(value)
    return found

"""`triage prove ACCOUNT`: is every mail of a mailbox on the log, once?"""

from __future__ import annotations

import asyncio
import dataclasses
import sys
import time
from datetime import datetime
from typing import TYPE_CHECKING

import click
import orjson

from infra import settings as configuration
from infra.options import as_json
from infra.terminal import printable
from infra.times import Moment

if TYPE_CHECKING:
    from agents.proving.proof import Proof

NAMED = 20
"""So many missing mails are named for people; --json has all."""
PAUSE_S = 1.0


@click.command()
@click.argument("account_id", metavar="ACCOUNT")
@click.option(
    "--since",
    type=Moment(),
    help="Compare mails from then on: RFC 3339, a date, or how long ago (2h, 7d).  [default: where ingest began]",
)
@click.option("--wait", "wait_s", type=click.FloatRange(0), default=0, help="Seconds to wait for missing mails.")
@as_json
def prove(account_id: str, *, since: datetime | None, wait_s: float, machine: bool) -> None:
    """Compare the mails that the provider of ACCOUNT lists with those on the log.

    Missing: listed, but not on the log. Twice: more than once on the log. Extra: on the log, but no longer listed,
    because it was deleted or moved since. Mails of an IMAP folder that was rebuilt are recognised by their content.
    Exit 1 when a mail is missing or twice.
    """
    proof = asyncio.run(_prove(account_id, since, wait_s, machine=machine))
    if machine:
        click.echo(orjson.dumps({"ok": proof.holds, **dataclasses.asdict(proof)}))
    else:
        for place in proof.missing[:NAMED]:
            click.echo(printable(f"missing: {place}"))
        for event_id in proof.twice[:NAMED]:
            click.echo(f"twice: {event_id}")
        click.echo(
            f"{proof.account}: {proof.listed} listed since {proof.since}, {proof.logged} on the log:"
            f" {len(proof.missing)} missing, {len(proof.twice)} twice, {proof.extra} extra (deleted or moved since)"
            + (f", {proof.recognised} recognised in a rebuilt folder" if proof.recognised else "")
        )
    sys.exit(0 if proof.holds else 1)


async def _prove(account_id: str, since: datetime | None, wait_s: float, *, machine: bool) -> Proof:
    from agents.accounts import list_accounts
    from agents.proving.prove import prove as compare

    settings = configuration.load()
    accounts, invalid = await list_accounts(settings)
    account = next((one for one in accounts if one.id == account_id), None)
    if account is None:
        why = invalid.get(account_id, "no such account; `triage account list` shows them")
        raise click.ClickException(f"{account_id}: {why}")
    deadline = time.monotonic() + wait_s
    said_at = [time.monotonic()]

    def progress(what: str, count: int) -> None:
        if not machine and time.monotonic() - said_at[0] > 1:
            said_at[0] = time.monotonic()
            click.echo(f"{account_id}: {count} {what}", err=True)

    while True:
        proof = await compare(settings, account, since=since, progress=progress)
        if not proof.missing or time.monotonic() > deadline:
            return proof
        await asyncio.sleep(PAUSE_S)

"""`triage tail LANE`: a lane topic → a line per verdict, as they are committed."""

from __future__ import annotations

import asyncio
import sys

import click
import orjson

from agents.commands import lane_log
from infra import settings as configuration
from infra.settings import Settings
from infra.terminal import printable
from streams.events import MalformedEvent, VerdictRecord
from streams.topics import LANES
from streams.triage.verdict import Lane


@click.command()
@click.argument("lane", type=click.Choice([str(lane) for lane in Lane]))
@click.option("--account", help="Only this mailbox.")
@click.option("--from-beginning", is_flag=True, help="From the first verdict that is kept, not from now.")
@click.option("-n", "--count", type=click.IntRange(min=1), help="End after this many verdicts.")
@click.option("--json", "machine", is_flag=True, help="Print each verdict as a line of JSON.")
def tail(*, lane: str, account: str | None, from_beginning: bool, count: int | None, machine: bool) -> None:
    """Follow LANE: time, priority, sender, subject and the strongest reason of each verdict, until Ctrl-C."""
    try:
        asyncio.run(
            _tail(configuration.load(), Lane(lane), account, count, from_beginning=from_beginning, machine=machine)
        )
    except KeyboardInterrupt:
        return  # the way to end it


async def _tail(
    settings: Settings, lane: Lane, account: str | None, count: int | None, *, from_beginning: bool, machine: bool
) -> None:
    if sys.stderr.isatty() and not from_beginning:  # a person looks at an empty screen
        click.echo(f"waiting for the next verdict in {lane}; --from-beginning shows those that are there", err=True)
    key = None if account is None else account.encode()
    async for record in lane_log.follow(settings, LANES[lane].name, from_beginning=from_beginning):
        if key is not None and record.key != key:
            continue
        try:
            verdict = VerdictRecord.checked(record.value)
        except MalformedEvent as error:
            click.echo(printable(f"{record.topic}/{record.partition}/{record.offset}: {error}"), err=True)
            continue
        click.echo(orjson.dumps(verdict) if machine else line(verdict))
        count = count and count - 1
        if count == 0:
            return


def line(verdict: VerdictRecord) -> str:
    """A verdict on one printable line."""
    sender = verdict.sender.name or verdict.sender.address
    reason = verdict.reasons[0].text if verdict.reasons else "no rule hit"
    return printable(
        f"{verdict.received_at}  {verdict.priority:>2}  {sender[:30]:<30}  {verdict.subject[:70]}  ({reason})"
        f"  {verdict.event_id[:8]}"
    )

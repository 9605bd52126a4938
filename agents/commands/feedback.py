"""`triage feedback` and `triage learned`: correct a verdict; see, export and take back what the owner's corrections and
acts taught."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from typing import Any

import click
import orjson

from agents.commands.explain import EVENT_ID, NotFound, find
from infra import settings as configuration
from infra.errors import ConfigError, Transient
from infra.kafka import aiokafka_options
from infra.options import as_json
from infra.settings import Settings
from infra.terminal import printable
from streams.events import event_id
from streams.feedback import Feedback
from streams.learning import HABITS
from streams.moments import utc_text
from streams.partitioning import partition_of
from streams.reading import latest
from streams.revisions import row_key
from streams.topics import FEEDBACK
from streams.triage.forgetting import FRESH_DAYS, HALF_LIFE_DAYS
from streams.triage.verdict import Category, Habit, Lane

ASK_S = 20.0


@click.command()
@click.argument("mail", metavar="EVENT_ID")
@click.option("--lane", type=click.Choice([lane.value for lane in Lane]), help="Where it belongs.")
@click.option("--category", type=click.Choice([kind.value for kind in Category]), help="What it is.")
@as_json
def feedback(*, mail: str, lane: str | None, category: str | None, machine: bool) -> None:
    """Say where a mail belongs. Its verdict is revised, and later mail of the sender or thread follows at once.

    EVENT_ID is the 32 hexadecimal digits of a verdict, or the first 8 or more of them.
    """
    wanted = mail.lower()
    if not EVENT_ID.fullmatch(wanted):
        raise click.BadParameter(f"{mail!r} is not 8 to 32 hexadecimal digits", param_hint="EVENT_ID")
    if lane is None and category is None:
        raise click.UsageError("say where it belongs (--lane) or what it is (--category)")
    settings = configuration.load()
    found = asyncio.run(find(settings, wanted))
    if len(found.event_ids) > 1:
        raise click.UsageError(f"{wanted} is the beginning of several: {', '.join(found.event_ids)}")
    if not found.verdicts:
        raise NotFound(f"no verdict of {wanted}; looked in: {'; '.join(found.places)}")
    record = max(found.verdicts, key=lambda each: each.revision)
    told = Feedback(
        event_id=record.event_id,
        account=record.account,
        action="corrected",
        at=utc_text(datetime.now(UTC)),
        provider="cli",
        lane=Lane(lane) if lane else None,
        category=Category(category) if category else None,
        verdict=record,
    )
    asyncio.run(send(settings, told))
    if machine:
        said = {"event_id": record.event_id, "account": record.account, "lane": lane, "category": category}
        click.echo(orjson.dumps(said | {"before": {"lane": record.lane, "category": record.category}}))
    else:
        change = f"{record.lane} {record.category} → {lane or record.lane} {category or record.category}"
        click.echo(printable(f"{record.event_id}: {change}, from {record.sender.address}: {record.subject}"))


@click.group()
def learned() -> None:
    """What an account's owner taught the triage, by corrections and by acts (answers, stars, deletions unread)."""


@learned.command()
@click.argument("account")
@as_json
def show(*, account: str, machine: bool) -> None:
    """What is known: whose mail is moved by how much. Exit 1 when there is nothing."""
    rows = asyncio.run(rows_of(configuration.load(), account))
    for name, row in sorted(rows.items()):
        if machine:
            click.echo(orjson.dumps({"account": account, "of": name, **orjson.loads(orjson.dumps(row))}))
        else:
            kind = f", is {row.category}" if row.category else ""
            told = []
            if row.corrections or row.category:
                told.append(f"{row.shift:+.2f} points by {row.corrections} corrections{kind}; last {row.at}")
            if row.acted_at:
                told.append(f"{row.lean:+.2f} points by acts ({row.told()}); last {row.acted_at}")
            click.echo(printable(f"{name}: {'; '.join(told)}"))
    if not rows:
        click.echo(printable(f"nothing was ever learned in {account}"), err=True)
        sys.exit(1)
    if not machine:
        senders = [row for name, row in rows.items() if name.startswith("sender ")]
        kinds = ("corrections", "replied", "marked", "deleted_unread")
        counts = ", ".join(f"{kind} {sum(getattr(row, kind) for row in senders)}" for kind in kinds)
        click.echo(f"of senders in all: {counts}", err=True)
        click.echo(
            f"in full for {FRESH_DAYS:.0f} days, then half as much after each {HALF_LIFE_DAYS:.0f} days", err=True
        )


@learned.command()
@click.argument("account")
def export(*, account: str) -> None:
    """All of it as one JSON object, for the owner (data portability) or a backup."""
    rows = asyncio.run(rows_of(configuration.load(), account))
    click.echo(orjson.dumps({"account": account, "habits": rows}, option=orjson.OPT_INDENT_2))


@learned.command()
@click.argument("account")
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset(*, account: str, yes: bool) -> None:
    """Forget all that the account's corrections and acts taught. Verdicts stay as they are."""
    settings = configuration.load()
    count = len(asyncio.run(rows_of(settings, account)))
    if not yes:
        click.confirm(f"Forget {count} rows of {printable(account)}?", abort=True)
    at = utc_text(datetime.now(UTC))
    identity = event_id(account, "forgotten", at)
    asyncio.run(send(settings, Feedback(event_id=identity, account=account, action="forgotten", at=at, provider="cli")))
    click.echo(printable(f"{account}: {count} rows are forgotten"))


async def rows_of(settings: Settings, account: str) -> dict[str, Habit]:
    """The rows of an account that count, by what they are about. Raises KafkaUnavailable."""
    prefix = row_key(account, "")
    held = {
        key: HABITS.decode(value)
        for key, value in (await latest(settings, HABITS.changelog)).items()
        if key.startswith(prefix)
    }
    own = held.pop(prefix, None)
    return {
        key.removeprefix(prefix).decode("utf-8", "replace"): row
        for key, row in held.items()
        if own and row.generation == own.generation
    }


async def send(settings: Settings, told: Feedback) -> None:
    """Write one record of feedback to its account's partition.

    Raises:
        Transient: the brokers are away.
        ConfigError: there is no such topic.
    """
    from aiokafka import AIOKafkaProducer
    from aiokafka.errors import KafkaError

    producer: Any = AIOKafkaProducer(**aiokafka_options(settings), acks="all", enable_idempotence=True)
    try:
        async with asyncio.timeout(ASK_S), producer:
            partitions = len(await producer.partitions_for(FEEDBACK.name))
            if not partitions:
                raise ConfigError(f"no topic {FEEDBACK.name}; `triage topics create` makes it")
            key = told.account.encode()
            await producer.send_and_wait(
                FEEDBACK.name,
                told.encode(),
                key=key,
                partition=partition_of(key, partitions),
                headers=list(told.headers()),
            )
    except (KafkaError, OSError, TimeoutError) as error:
        raise Transient(f"feedback was not written: {type(error).__name__}: {error}") from None

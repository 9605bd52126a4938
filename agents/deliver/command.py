"""`triage deliver`: the process, and what an operator does about webhooks."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click
import orjson

from infra import logging as json_logging
from infra import loops
from infra import settings as configuration
from infra.accountable import why_and_who
from infra.errors import ConfigError, Permanent
from infra.options import as_json
from infra.settings import Settings
from infra.terminal import printable

if TYPE_CHECKING:
    from agents.deliver.undelivered import Undelivered

of_endpoint = click.option("--endpoint", metavar="NAME", help="Only this endpoint's.")
of_mails = click.option("--event-id", "event_ids", multiple=True, metavar="ID", help="Only this mail's; its beginning will do.")  # fmt: skip  # noqa: E501


@click.group(invoke_without_command=True)
@click.pass_context
def deliver(context: click.Context) -> None:
    """Deliver verdicts to the webhooks of DELIVER_FILE, signed and in order. Runs until SIGTERM.

    Several processes share the partitions. An endpoint that is slow or away holds back nobody else; what it refuses
    is on mail.undelivered.
    """
    if context.invoked_subcommand is not None:
        return
    import logging

    from agents.deliver import process

    settings = configuration.load()
    endpoints = process.endpoints_of(settings)
    json_logging.configure("deliver", level=settings.log_level, form=settings.log_format)
    loops.run(process.deliver(settings, endpoints))
    logging.shutdown()
    os._exit(0)  # a thread that waits for a name server would hold up the end


@deliver.command()
def secret() -> None:
    """Print a new signing secret; give it to the receiver and, by env:NAME or file:/PATH, to the endpoint."""
    from agents.deliver.signature import new_secret

    click.echo(new_secret())


@deliver.command()
@as_json
def check(*, machine: bool) -> None:
    """Check DELIVER_FILE and its secrets; send nothing. Exit 1 when a secret is missing, 2 when the file is wrong."""
    from agents.accounts import SecretUnavailable, resolve
    from agents.deliver import secret_file, signature
    from agents.deliver.process import endpoints_of

    findings = 0
    for one in endpoints_of(configuration.load()):
        problem = ""
        try:
            secret_file.keys([resolve(reference) for reference in one.secrets], datetime.now(UTC))
        except (SecretUnavailable, signature.InvalidSecret) as error:
            problem, findings = str(error), findings + 1
        lanes = [str(lane) for lane in one.lanes]
        if machine:
            click.echo(orjson.dumps({"endpoint": one.name, "url": one.url, "lanes": lanes, "problem": problem}))
        else:
            click.echo(f"{one.name:<20} {problem or 'ok':<8} {one.url}  {', '.join(lanes)}")
    sys.exit(1 if findings else 0)


@deliver.command()
@of_endpoint
@of_mails
@as_json
def undelivered(*, endpoint: str | None, event_ids: tuple[str, ...], machine: bool) -> None:
    """List what endpoints did not take, and why."""
    found = _chosen(configuration.load(), endpoint, event_ids)
    for one in found:
        click.echo(orjson.dumps(_listed(one)) if machine else _line(one, f"{one.reason} ({one.attempts} attempts)"))
    if not machine:
        click.echo(f"{len(found)} undelivered")


@deliver.command()
@of_endpoint
@of_mails
@click.option("--all", "everything", is_flag=True, help="All that is undelivered.")
@as_json
def redeliver(*, endpoint: str | None, event_ids: tuple[str, ...], everything: bool, machine: bool) -> None:
    """Deliver again, one attempt each, with the same webhook-id. Exit 1 when some were not taken."""
    _require_choice(endpoint, event_ids, everything=everything)
    settings = configuration.load()
    found = _chosen(settings, endpoint, event_ids)
    done = asyncio.run(_redeliver(settings, found, machine=machine))
    if not machine:
        click.echo(f"{done} delivered, {len(found) - done} not")
    sys.exit(0 if done == len(found) else 1)


@deliver.command()
@of_endpoint
@of_mails
@click.option("--all", "everything", is_flag=True, help="All that is undelivered.")
@why_and_who
@as_json
def drop(
    *, endpoint: str | None, event_ids: tuple[str, ...], everything: bool, why: str, who: str, machine: bool
) -> None:
    """Settle undelivered verdicts without delivering them. Who and why are kept on mail.undelivered."""
    _require_choice(endpoint, event_ids, everything=everything)
    settings = configuration.load()
    found = _chosen(settings, endpoint, event_ids)
    asyncio.run(_drop(settings, found, why, who))
    if machine:
        for one in found:
            click.echo(orjson.dumps(_listed(one) | {"outcome": "dropped", "why": why, "who": who}))
    else:
        click.echo(f"{len(found)} dropped")


@deliver.command()
@click.argument("name")
def forget(name: str) -> None:
    """Delete the consumer group of endpoint NAME, which is no longer in DELIVER_FILE: nothing waits for it any more.

    If it is added again, it begins as a new one. Exit 1 when there is no such group, or a process still serves it.
    """
    from confluent_kafka import KafkaException
    from confluent_kafka.admin import AdminClient

    from agents.deliver.endpoints import GROUP_PREFIX
    from infra.kafka import librdkafka_options
    from streams.kafka_errors import answered

    group = GROUP_PREFIX + name
    admin = AdminClient(librdkafka_options(configuration.load()))
    try:
        answered(lambda: admin.delete_consumer_groups([group])[group], 15)
    except KafkaException as error:
        raise Permanent(f"{group} was not deleted: {error.args[0].str()}") from None
    click.echo(f"{group} is forgotten")


def _require_choice(endpoint: str | None, event_ids: tuple[str, ...], *, everything: bool) -> None:
    if not (endpoint or event_ids or everything):
        raise click.UsageError("say which: --endpoint NAME, --event-id ID or --all")


def _chosen(settings: Settings, endpoint: str | None, event_ids: tuple[str, ...]) -> list[Undelivered]:
    from agents.deliver.redeliver import chosen
    from agents.deliver.undelivered import waiting

    return chosen(asyncio.run(waiting(settings)), endpoint=endpoint, event_ids=event_ids)


async def _redeliver(settings: Settings, found: list[Undelivered], *, machine: bool) -> int:
    from agents.deliver.answer import Fate
    from agents.deliver.process import endpoints_of
    from agents.deliver.redeliver import redeliver as again

    endpoints = {one.name: one for one in endpoints_of(settings)}
    if unknown := {one.endpoint for one in found} - set(endpoints):
        raise ConfigError(f"DELIVER_FILE={settings.deliver_file}: no endpoint {', '.join(sorted(unknown))} any more")
    done = 0
    async for one, answer in again(settings, endpoints, found):
        done += answer.fate == Fate.DELIVERED
        outcome = {"outcome": str(answer.fate), "answer": answer.reason}
        click.echo(orjson.dumps(_listed(one) | outcome) if machine else _line(one, answer.reason))
    return done


async def _drop(settings: Settings, found: list[Undelivered], why: str, who: str) -> None:
    from agents.deliver.undelivered import UndeliveredLog
    from streams.kafka_errors import or_unavailable
    from streams.topics import UNDELIVERED

    undelivered = UndeliveredLog(settings)
    try:
        with or_unavailable(settings, f"{UNDELIVERED.name} could not be written at"):
            for one in found:
                await undelivered.settle(one, "dropped", why, who)
    finally:
        await undelivered.close()


def _listed(one: Undelivered) -> dict[str, object]:
    return {
        "endpoint": one.endpoint,
        "event_id": one.event_id,
        "account": (one.key or b"").decode("utf-8", "replace"),
        "topic": one.topic,
        "partition": one.partition,
        "offset": one.offset,
        "at": one.at,
        "attempts": one.attempts,
        "reason": one.reason,
    }


def _line(one: Undelivered, said: str) -> str:
    account = (one.key or b"").decode("utf-8", "replace")
    return printable(f"{one.at}  {one.endpoint:<16} {one.event_id}  {one.topic:<12} {account:<20}  {said}")

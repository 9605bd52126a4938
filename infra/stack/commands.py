"""`triage stack up|down|status|reset`: local Kafka and PostgreSQL."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from infra.stack.stack import Endpoints, LocalStack, ServiceStatus, StackStatus

as_json = click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")


@click.group()
@click.option(
    "--home",
    type=click.Path(path_type=Path),
    default=Path(".triage"),
    envvar="TRIAGE_HOME",
    show_default=True,
    show_envvar=True,
    help="Where the stack keeps its data.",
)
@click.option(
    "--kafka-port", type=click.IntRange(1, 65535), help="Default: last time's, else 19092, else any free one."
)
@click.option(
    "--postgres-port", type=click.IntRange(1, 65535), help="Default: last time's, else 15432, else any free one."
)
@click.option(
    "--wal-archive",
    type=click.Path(path_type=Path),
    envvar="WAL_ARCHIVE_DIR",
    show_envvar=True,
    help="Archive PostgreSQL's log here, for recovery to a chosen second.",
)
@click.pass_context
def stack(
    context: click.Context, home: Path, kafka_port: int | None, postgres_port: int | None, wal_archive: Path | None
) -> None:
    """Local Kafka and PostgreSQL: plain processes on 127.0.0.1, no Docker, no Java, no root."""
    context.obj = LocalStack(state_dir=home, kafka_port=kafka_port, postgres_port=postgres_port, archive=wal_archive)


@stack.command()
@as_json
@click.pass_obj
def up(local: LocalStack, as_json: bool) -> None:
    """Start what does not run yet. The first time fetches Kafka (45 MB)."""
    endpoints = local.start(lambda line: click.echo(line, err=True))
    click.echo(json.dumps(asdict(endpoints)) if as_json else _environment(endpoints))


@stack.command()
@as_json
@click.pass_obj
def down(local: LocalStack, as_json: bool) -> None:
    """Stop both; their data stay."""
    local.stop()
    _done("stopped", as_json)


@stack.command()
@as_json
@click.pass_obj
@click.pass_context
def status(context: click.Context, local: LocalStack, as_json: bool) -> None:
    """What runs and where. Exit 1 unless both services answer."""
    found = local.status()
    click.echo(json.dumps({"up": found.up, **asdict(found)}) if as_json else _table(found))
    if not found.up:
        context.exit(1)


@stack.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
@click.pass_obj
def reset(local: LocalStack, yes: bool, as_json: bool) -> None:
    """Stop both and delete every topic, offset and table they hold."""
    if not yes:
        click.confirm("Delete every topic, offset and table of the local stack?", abort=True, err=True)
    local.reset()
    _done("reset", as_json)


def _environment(endpoints: Endpoints) -> str:
    """The two settings, ready to be evaluated by a shell."""
    return f"export KAFKA_BOOTSTRAP_SERVERS={endpoints.kafka_bootstrap}\nexport DATABASE_URL={endpoints.database_url}"


def _table(found: StackStatus) -> str:
    where = asdict(found.endpoints) if found.endpoints else {}
    rows = (
        _row("kafka", found.kafka, where.get("kafka_bootstrap", "")),
        _row("postgres", found.postgres, where.get("database_url", "")),
    )
    return "\n".join(rows)


def _row(name: str, service: ServiceStatus, where: str) -> str:
    if service.pid is None:
        return f"{name:<9} down"
    state = "up" if service.answers else "not answering"
    return f"{name:<9} {state}  pid {service.pid}  {service.memory_bytes / 1e6:.0f} MB  {where}"


def _done(what: str, as_json: bool) -> None:
    result: dict[str, Any] = {"result": what}
    click.echo(json.dumps(result) if as_json else what)

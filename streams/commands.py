"""`triage topics`: create and check what `streams.topics` declares."""

from __future__ import annotations

import dataclasses
import sys

import click
import orjson

from infra import settings as configuration
from infra.options import as_json
from streams import admin


@click.group()
def topics() -> None:
    """Create and check the Kafka topics."""


@topics.command()
@as_json
def create(*, machine: bool) -> None:
    """Create every topic that is missing.

    Running it again changes nothing.
    """
    done = admin.create_topics(configuration.load())
    if machine:
        click.echo(orjson.dumps(done))
        return
    for name in done.created:
        click.echo(f"created  {name}")
    click.echo(f"{len(done.created)} created, {len(done.existing)} were there")


@topics.command()
@as_json
def check(*, machine: bool) -> None:
    """Compare the cluster's topics with what this version needs. Exit 1 when something differs."""
    findings = admin.check_topics(configuration.load())
    if machine:
        listed = [dataclasses.asdict(finding) for finding in findings]
        click.echo(orjson.dumps({"ok": not findings, "findings": listed}))
    else:
        for finding in findings:
            click.echo(f"{finding.topic}: {finding.message}")
        click.echo(f"{len(findings)} findings" if findings else "all topics are as they should be")
    sys.exit(1 if findings else 0)

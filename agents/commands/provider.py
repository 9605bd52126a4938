"""`triage provider`: is a mailbox's provider reachable, and does it let us in?"""

from __future__ import annotations

import asyncio

import click

from agents.commands.chosen import choose
from agents.commands.probes import finish, probe_all
from infra import settings as configuration
from infra.options import as_json


@click.group()
def provider() -> None:
    """Try the providers of mailboxes."""


@provider.command()
@click.argument("account_id", metavar="ACCOUNT")
@as_json
def test(account_id: str, *, machine: bool) -> None:
    """Try one mailbox step by step: name, connection, encryption, login, scopes, quota, ... and how long each takes.

    Exit 1 when a step fails; it says what helps.
    """
    settings = configuration.load()
    finish(asyncio.run(probe_all(settings, asyncio.run(choose(settings, account_id)))), machine=machine)
